"""Monitors that misbehave, devices that lie, controllers that vanish (L8 to L10, L13)."""
from lab import wait
from lab.scenario import scenario


@scenario("L8", "a busy monitor, and one that closes in mid-command", smoke=True)
def difficult_monitor(lab):
    guest = lab.new_guest("g8")
    lab.plug("1", "hub")
    device = lab.plug("1.1", "wacom")
    other = "/run/lab/g8.qmp"
    lab.agent.qmp(address=other, command="query-status")  # we are the other client, and stay
    tool = lab.attach(guest, "-u", "2-1")
    tool.says("busy")
    assert not guest.holds(), "attached through a monitor that somebody else holds?"
    lab.agent.qmp_close(address=other)
    guest.holds_exactly(device, timeout=60)
    tool.stop()
    lab.unplug("1.1")
    guest.clear()


def cut(lab, when):
    guest = lab.new_guest("g8c")
    lab.plug("1", "hub")
    with lab.proxy(guest) as recorder:
        lab.tool("-d", guest.name, "-s", recorder.path, "-u", "2-1", "-w")
        wait.until("the program at the monitor", lambda: recorder.commands("query-status") or recorder.commands("qom-list"), 40)
        recorder.rule(cut="device_add", when=when)
        device = lab.plug("1.1", "wacom")
        wait.until("the cut", lambda: recorder.saw("cut"), 30)
        guest.holds_exactly(device, timeout=60)
        again = lab.plug("1.2", "serial")
        guest.holds_exactly(device, again, timeout=60)
        expected = {"before": 3, "after": 2}[when]
        tried = [command for command in recorder.commands("device_add") if command.get("driver") == "usb-host"]
        assert len(tried) == expected, f"{len(tried)} device_add for two devices: {tried}"

        recorder.rule(cut="device_del", when=when)
        lab.unplug("1.1")
        wait.until("the cut", lambda: len(recorder.saw("cut")) == 2, 30)
        guest.holds_exactly(again, timeout=60)


@scenario("L8.before", "the monitor closes before QEMU gets the command")
def cut_before(lab):
    cut(lab, "before")


@scenario("L8.after", "the monitor closes before the answer comes", smoke=True)
def cut_after(lab):
    cut(lab, "after")


@scenario("L9", "adopted from the guest's command line, with and without an id", smoke=True)
def adoption(lab):
    lab.plug("1", "hub")
    named = lab.plug("1.1", "wacom")
    anonymous = lab.plug("1.2", "serial")
    usb = lab.agent.usb()
    node = "usb-host,hostdevice=/dev/bus/usb/{bus:03}/{address:03}"
    guest = lab.new_guest("g9", devices=(
        "qemu-xhci,id=xhci,p2=15,p3=15",
        node.format(**usb[named.path]) + ",id=mine,bus=xhci.0",
        node.format(**usb[anonymous.path]) + ",bus=xhci.0"))
    before = {entry["path"] for entry in guest.holds()}
    assert len(before) == 2, f"not the start that this scenario wants: {guest.holds()}"
    lab.attach(guest, "-u", "2-1")
    third = lab.plug("1.3", "keyboard")
    guest.holds_exactly(named, anonymous, third)  # the third shows that the program is at work
    assert before <= {entry["path"] for entry in guest.holds()}, "the objects from the command line were replaced"
    lab.unplug("1.1")
    guest.holds_exactly(anonymous, third)
    lab.unplug("1.2")
    guest.holds_exactly(third)


@scenario("L10", "a gadget with hostile strings", smoke=True)
def hostile_strings(lab):
    guest = lab.new_guest("g10")
    strings = {"manufacturer": "Evil\x1b]0;owned\x07Corp", "serialnumber": "S\x07N\u202e1",
               "product": "Evil\x1b[31mRED\nSecond, ID: spoof\u202etxt.exe\u009b31m"}
    try:
        lab.agent.gadget_create(name="evil", vendor=0x1D6B, product=0x0104, strings=strings)
        tool = lab.attach(guest, "-x", "1d6b:0104", "-v", "-v")
        lab.agent.gadget_plug(name="evil", controller=0)
        tool.says("attached .*1d6b:0104")
        assert len(guest.holds()) == 1, guest.holds()
        listed = lab.tool("list")
        listed.ends(0)
        as_json = lab.tool("list", "--json")
        as_json.ends(0)
        lab.agent.gadget_unplug(name="evil")
        wait.until("the gadget to be taken from the guest", lambda: not guest.holds(), 30)
        for program in (tool, listed, as_json):
            program.printed_safely()
            lines = [line for line in program.said.splitlines() if line.lstrip().startswith("Second")]
            assert not lines, f"a device's string made a line of its own: {lines}"
        assert "1d6b:0104" in listed.out, listed.out
    finally:
        lab.agent.gadget_remove(name="evil")


@scenario("L13", "the host controller is unbound and bound again")
def controller_rebound(lab):
    guest = lab.guest()
    lab.plug("1", "hub")
    device = lab.plug("1.1", "wacom")
    lab.attach(guest, "-u", "2-1")
    guest.sees(device)
    old = guest.seen_entries()
    pci = lab.ssh("basename $(dirname $(readlink -f /sys/bus/usb/devices/usb2))")["out"].strip()
    done = lab.ssh(f"cd /sys/bus/pci/drivers/xhci_hcd && echo {pci} > unbind && echo {pci} > bind")
    assert done["exit"] == 0, done
    lab.board.settle(device, timeout=40)
    guest.holds_exactly(device, timeout=60)

    def alive():
        links = lab.ssh(f"ls -l /proc/{guest.pid}/fd | grep /dev/bus/usb/")["out"].strip()
        return links and "(deleted)" not in links

    wait.until("QEMU to hold the new device only", alive, 60, details=lambda: lab.ssh(f"ls -l /proc/{guest.pid}/fd")["out"][-800:])
    wait.until("the guest to see a new device", lambda: guest.seen() == [device.usb_id] and guest.seen_entries() != old, 60,
               details=guest.seen_entries)
