"""Guests whose controllers have no fitting place (L12, L14)."""
from lab import wait
from lab.scenario import scenario

FULL = ("qemu-xhci,id=xhci,p2=1,p3=1", "usb-tablet,bus=xhci.0,port=1")


def made(guest):
    """The controllers that the program created."""
    return [controller for controller in guest.controllers() if controller["id"].startswith("autousb-xhci-")]


@scenario("L12.rootport", "full controller on q35 with a free root port", smoke=True)
def free_root_port(lab):
    guest = lab.new_guest("g12", devices=(*FULL, "pcie-root-port,id=rp1,chassis=1", "pcie-root-port,id=rp2,chassis=2",
                                          "virtio-rng-pci,bus=rp1"))
    _second_controller(lab, guest)
    bus = guest.qmp("qom-get", path=made(guest)[0]["path"], property="parent_bus")
    assert "rp2" in bus, f"the new controller went to {bus}, where no guest will find it: rp1 is taken"


@scenario("L12.pc", "full controller on pc")
def machine_pc(lab):
    _second_controller(lab, lab.new_guest("g12", machine="pc", devices=FULL))


def _second_controller(lab, guest):
    lab.plug("1", "hub")
    devices = [lab.plug("1.1", "wacom"), lab.plug("1.2", "serial")]
    lab.attach(guest, "-u", "2-1")
    guest.holds_exactly(*devices)
    assert len(made(guest)) == 1, f"wanted one new controller: {guest.controllers()}"
    lab.unplug("1.2")
    guest.holds_exactly(devices[0])
    guest.holds_exactly(devices[0], lab.plug("1.2", "serial"))
    assert len(made(guest)) == 1, f"a controller for each plug: {guest.controllers()}"


@scenario("L12.none", "full controller on q35 without a root port")
def no_root_port(lab):
    guest = lab.new_guest("g12", devices=FULL)
    lab.plug("1", "hub")
    lab.plug("1.1", "wacom")
    with lab.proxy(guest) as recorder:
        tool = lab.tool("-d", guest.name, "-s", recorder.path, "-u", "2-1")
        tool.says(r"-device\b.*pcie-root-port")
        calm = len(recorder.commands("device_add"))
        wait.stays("calm after the error", lambda: len(recorder.commands("device_add")) <= calm + 3, 8)
        said = len([line for line in tool.err.splitlines() if "pcie-root-port" in line])
        assert said == 1, f"the error was said {said} times"
        assert not guest.holds()


@scenario("L14", "a full-speed keyboard for a guest with EHCI only", smoke=True)
def ehci_only(lab):
    guest = lab.new_guest("g14", devices=("usb-ehci,id=ehci", "pcie-root-port,id=rp1,chassis=1"))
    lab.plug("1", "hub")
    device = lab.plug("1.1", "keyboard")
    assert lab.agent.usb()[device.path]["speed"] == "12", "not a full-speed keyboard"
    with lab.proxy(guest) as recorder:
        tool = lab.tool("-d", guest.name, "-s", recorder.path, "-u", "2-1", "-v")
        guest.holds_exactly(device)
        tried = [command for command in recorder.commands("device_add") if command.get("bus") == "ehci.0"]
        assert not tried, f"tried where it cannot work: {tried}"
        tool.says("ehci.*speed|speed.*ehci")
        assert len(made(guest)) == 1, guest.controllers()
