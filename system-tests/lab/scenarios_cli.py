"""What one types wrong, or may not do."""
from lab.scenario import scenario


def refused(lab, code, words, *arguments, prefix=()):
    tool = lab.tool(*arguments, prefix=prefix)
    tool.ends(code)
    tool.says(words, timeout=1)
    tool.no_stack_trace()
    lines = [line for line in tool.err.splitlines() if line.strip()]
    assert len(lines) <= 3, f"not one short message: {lines}"


@scenario("C1", "bad input: exit code, one message, no stack trace", smoke=True)
def bad_input(lab):
    guest = lab.new_guest("c1")
    base = ("-d", "c1", "-s", guest.monitor)
    refused(lab, 2, "1-x", *base, "-u", "1-x")
    refused(lab, 2, "12345:1", *base, "-u", "2-1", "-x", "12345:1")
    refused(lab, 2, "-d|guest", "-u", "2-1")
    refused(lab, 4, "nosuch", *base, "-u", "2-1", "--device-source", "nosuch")
    refused(lab, 4, "permission", *base, "-u", "2-1", prefix=("setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"))


@scenario("C2", "a hub that is absent now is waited for")
def absent_hub(lab):
    guest = lab.new_guest("c2")
    tool = lab.attach(guest, "-u", "2-1")
    tool.says(r"2-1\b")
    lab.plug("1", "hub")
    guest.holds_exactly(lab.plug("1.1", "serial"))


@scenario("C3", "list, backends and --dry-run change nothing", smoke=True)
def reading_commands(lab):
    guest = lab.new_guest("c3")
    lab.plug("1", "hub")
    device = lab.plug("1.1", "wacom")
    for arguments, words in ((["list"], device.usb_id), (["list", "--json"], device.usb_id), (["backends"], "udev"), (["backends", "--json"], "sysfs-poll")):
        tool = lab.tool(*arguments)
        tool.ends(0)
        assert words in tool.out, f"{arguments}: no {words} in {tool.out}"
    dry = lab.attach(guest, "-u", "2-1", "--dry-run")
    dry.says(r"2-1\.1")
    assert not guest.holds(), "attached in a dry run"
