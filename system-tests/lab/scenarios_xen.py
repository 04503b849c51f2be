"""A Xen host: devices that come and go, and what is left in libxl's books (X0 to X5, X12)."""
import functools

from lab import wait
from lab.scenario import scenario
from lab.vm import XEN
from lab.xen import LINUX

HYPERVISORS = ("xen-qmp", "xl")
REPAIRED = r"clear|repair|leftover|stale"


def on_each_hypervisor(key, title, smoke_with=(), machine=XEN, **options):
    """Registers a scenario twice, as `key.xen-qmp` and `key.xl`."""

    def register(function):
        for name in HYPERVISORS:
            scenario(f"{key}.{name}", f"{title}, by {name}", smoke=name in smoke_with, machine=machine, **options)(
                functools.partial(_run, function, name))
        return function

    return register


def _run(function, hypervisor, lab):
    lab.hypervisor = hypervisor
    return function(lab)


@scenario("X0", "the lab's own eyes: xl by hand in place of the program", machine=XEN)
def by_hand(lab):
    guest = lab.guest()
    guest.keeps_ledger(1)
    lab.plug("1", "hub")
    first, second = lab.plug("1.1", "wacom"), lab.plug("1.2", "keyboard")
    for device in (first, second):
        lab.xl_attach(guest, device)
    guest.sees(first, second)
    guest.holds_exactly(first, second)
    lab.xl("usbdev-detach", guest.name, 0, 1)
    guest.sees(second)
    guest.holds_exactly(second)
    assert [command["arguments"]["id"] for command in guest.commands() if command["execute"] == "device_del"], "the trace of commands is empty"

    lab.unplug("1.2")
    assert guest.noted() == {("0", "2"): "2-1.2"}, f"a dead port is wanted: {guest.noted()}"
    assert guest.usb_list() == {}, "xl shows a dead port as free"
    lab.xl_attach(guest, first, fails=True)
    guest.clear()
    plain = lab.new_guest("plain", usbctrl=(), own_look=False)
    assert plain.holds() == []
    lab.xl("usbctrl-attach", plain.name, "version=3")
    lab.xl_attach(plain, first)
    plain.holds_exactly(first)


@on_each_hypervisor("X1", "a keyboard plugged in below -u usb2", smoke_with=HYPERVISORS)
def plugged(lab):
    guest = lab.guest()
    lab.attach(guest, "-u", "usb2")
    device = lab.plug("2", "keyboard")
    guest.sees(device)
    guest.holds_exactly(device)
    guest.keeps_ledger(1)
    wait.stays("the keyboard in the guest", lambda: guest.seen() == [device.usb_id], 6)


@on_each_hypervisor("X2", "unplugged: gone everywhere, and xl works", smoke_with=HYPERVISORS)
def unplugged(lab):
    guest = lab.guest()
    lab.plug("1", "hub")
    other = lab.plug("2", "tablet")
    lab.attach(guest, "-u", "2-1")
    device = lab.plug("1.1", "wacom")
    guest.sees(device)
    guest.holds_exactly(device)
    lab.unplug("1.1")
    guest.sees()
    guest.holds_exactly()
    lab.xl_attach(guest, other)
    guest.sees(other)
    guest.holds_exactly(other)
    (controller, port), = guest.noted()
    lab.xl("usbdev-detach", guest.name, controller, port)
    guest.sees()
    guest.holds_exactly()


@on_each_hypervisor("X3", "unplug and replug into one port, 20 times", smoke_with=("xen-qmp",))
def replug_twenty_times(lab):
    guest = lab.guest()
    before = guest.ledger()
    lab.plug("1", "hub")
    tool = lab.attach(guest, "-u", "2-1")
    last = None
    for _ in range(20):
        device = lab.plug("1.1", "wacom")
        guest.sees(device)
        assert guest.seen_entries() != last, "the guest still shows the device of the last round"
        last = guest.seen_entries()
        lab.unplug("1.1")
        guest.sees()
    guest.holds_exactly()
    guest.keeps_ledger(1)
    assert guest.ledger() == before, f"left over: {guest.ledger()}, before {before}"
    tool.no_stack_trace()


@on_each_hypervisor("X4.none", "a guest without a controller")
def no_controller(lab):
    guest = lab.new_guest("bare", usbctrl=())
    lab.plug("1", "hub")
    first = lab.plug("1.1", "wacom")
    lab.attach(guest, "-u", "2-1")
    guest.holds_exactly(first)
    second = lab.plug("1.2", "keyboard")
    guest.holds_exactly(first, second)
    guest.keeps_ledger(1)
    versions = {controller["version"] for controller in guest.ledger().values()}
    assert versions == {"3"}, f"not an xHCI: {versions}"
    lab.unplug("1.1")
    guest.holds_exactly(second)
    guest.holds_exactly(second, lab.plug("1.1", "wacom"))
    guest.keeps_ledger(1)


@on_each_hypervisor("X4.full", "a guest whose only controller has one port")
def full_controller(lab):
    guest = lab.new_guest("full", usbctrl=("version=3,ports=1",))
    lab.plug("1", "hub")
    devices = [lab.plug("1.1", "wacom"), lab.plug("1.2", "serial"), lab.plug("1.3", "keyboard")]
    lab.attach(guest, "-u", "2-1")
    guest.holds_exactly(*devices)
    guest.keeps_ledger(2)


@on_each_hypervisor("X4.ghost", "a guest with a ghost controller, made by plain xl")
def ghost_controller(lab):
    guest = lab.new_guest("haunted", usbctrl=())
    lab.plug("1", "hub")
    device = lab.plug("1.1", "wacom")
    lab.xl_attach(guest, device, fails=True)
    assert set(guest.ledger()) == {"0"} and not guest.controllers(), f"a ghost is wanted: {guest.ledger()}, {guest.controllers()}"
    lab.attach(guest, "-u", "2-1")
    guest.holds_exactly(device)
    # not at once: a controller looks the same while libxl is making it
    wait.until("the ghost to go", lambda: len(guest.ledger()) == len([1 for each in guest.controllers() if each["id"].startswith("xenusb-")]), 40)
    guest.keeps_ledger()


@on_each_hypervisor("X5", "what plain xl left over is repaired at the start")
def repair(lab):
    guest = lab.new_guest("worn")
    other = _leave_over(lab, guest)
    tool = lab.attach(guest, "-u", "2-1")
    tool.says(REPAIRED)
    guest.holds_exactly()
    lab.xl_attach(guest, other)
    guest.holds_exactly(other)


@on_each_hypervisor("X5.replugged", "... and so it is when a device is in that port again")
def repair_replugged(lab):
    guest = lab.new_guest("worn")
    other = _leave_over(lab, guest)
    again = lab.plug("1.1", "wacom")
    lab.xl_attach(guest, again, fails=True)
    lab.attach(guest, "-u", "2-1")
    guest.holds_exactly(again)
    lab.xl_attach(guest, other)
    guest.holds_exactly(again, other)


@on_each_hypervisor("X5.no-repair", "... but not with --no-repair")
def no_repair(lab):
    guest = lab.new_guest("worn")
    _leave_over(lab, guest)
    left = guest.noted(), guest.holds()
    tool = lab.attach(guest, "-u", "2-1", "--no-repair")
    tool.says("watching")
    wait.stays("what was left over", lambda: (guest.noted(), guest.holds()) == left, 8)


def _leave_over(lab, guest):
    """Leaves a dead port and a dead object; gives another device, which xl refuses for that reason."""
    lab.plug("1", "hub")
    device, other = lab.plug("1.1", "wacom"), lab.plug("2", "tablet")
    lab.xl_attach(guest, device)
    guest.holds_exactly(device)
    lab.unplug("1.1")
    assert list(guest.noted().values()) == ["2-1.1"] and len(guest.holds()) == 1, f"not what plain xl leaves: {guest.noted()}, {guest.holds()}"
    lab.xl_attach(guest, other, fails=True)
    return other


@on_each_hypervisor("X12", "attached by hand before the start, then unplugged")
def adopted(lab):
    guest = lab.new_guest("adopter")
    lab.plug("1", "hub")
    by_hand, listed = lab.plug("1.1", "wacom"), lab.plug("1.2", "serial")
    lab.xl_attach(guest, by_hand)
    before = guest.holds()
    lab.attach(guest, "-u", "2-1")
    guest.holds_exactly(by_hand, listed)
    assert before[0] in guest.holds(), "what was attached by hand was attached anew"
    lab.unplug("1.1")
    guest.holds_exactly(listed)
    guest.keeps_ledger(1)


@scenario("X13", "a monitor of the guest's own is found, and kept", machine=XEN)
def own_monitor(lab):
    """While somebody else sits at libxl's monitor for good."""
    guest = lab.new_guest("roomy", monitor=True)
    lab.plug("1", "hub")
    lab.hypervisor = "xen-qmp"
    for _ in range(2):
        tool = lab.serve(guest.name, "-u", "2-1", "-w")
        tool.says("watching")
        libxl = f"/run/xen/qmp-libxl-{guest.domid}"
        lab.agent.qmp(address=libxl, command="query-status")
        device = lab.plug("1.1", "wacom")
        guest.holds_exactly(device)
        lab.unplug("1.1")
        guest.holds_exactly()
        guest.keeps_ledger(1)
        lab.agent.qmp_close(address=libxl)
        tool.stop()
        guest.quit()
        guest.start()


@scenario("X14", "without --hypervisor: HVM guests by xen-qmp, a PV guest by xl", machine=XEN)
def by_kind(lab):
    guest = lab.new_guest("full-hvm")
    para = lab.new_guest("para", runs=LINUX, kind="pv", usbctrl=())
    for hub in ("1", "2"):
        lab.plug(hub, "hub")
    lab.serve(guest.name, "-u", "2-1", "-v").says("xen-qmp")
    refused = lab.serve(para.name, "-u", "2-2", "-v")
    refused.says(r"\bxl\b")
    lab.plug("2.1", "serial")
    refused.says("type=qusb")
    device = lab.plug("1.1", "wacom")
    guest.holds_exactly(device)
    refused.no_stack_trace()
