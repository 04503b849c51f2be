"""A plain Linux host and a QEMU guest: the main job (L1 to L7, L11)."""
import random

from lab.scenario import scenario


def on_each_source(key, title, smoke_with=("udev",)):
    """Registers a scenario as `key` with the default device source, and as L11.n with sysfs-poll."""

    def register(function):
        scenario(key, title, smoke="udev" in smoke_with)(lambda lab: function(lab))
        scenario(f"L11.{key[1:]}", f"{title}, by sysfs-poll", smoke="sysfs-poll" in smoke_with)(
            lambda lab: function(lab, "--device-source", "sysfs-poll"))
        return function

    return register


@on_each_source("L1", "three devices before start, two below the hub", smoke_with=("udev", "sysfs-poll"))
def three_before_start(lab, *options):
    guest = lab.guest()
    lab.plug("1", "hub")
    first = lab.plug("1.1", "serial")
    second = lab.plug("1.2", "wacom")
    lab.plug("2", "keyboard")
    lab.attach(guest, "-u", "2-1", *options)
    guest.sees(first, second)
    guest.holds_exactly(first, second)


@on_each_source("L2", "plug below the hub, a hub below it, and elsewhere")
def plug_in_three_places(lab, *options):
    guest = lab.guest()
    lab.plug("1", "hub")
    tool = lab.attach(guest, "-u", "2-1", *options)
    lab.plug("2", "keyboard")
    near = lab.plug("1.1", "wacom")
    guest.sees(near)
    lab.plug("1.2", "hub")
    far = lab.plug("1.2.3", "serial")
    guest.sees(near, far)
    guest.holds_exactly(near, far)
    assert tool.running()


@on_each_source("L3", "unplug and replug into one port, 20 times")
def replug_twenty_times(lab, *options):
    guest = lab.guest()
    before = {controller["path"]: controller["devices"] for controller in guest.controllers()}
    lab.plug("1", "hub")
    lab.attach(guest, "-u", "2-1", *options)
    last = None
    for _ in range(20):
        device = lab.plug("1.1", "wacom")
        guest.sees(device)
        assert guest.seen_entries() != last, "the guest still shows the device of the last round"
        last = guest.seen_entries()
        lab.unplug("1.1")
        guest.sees()
    guest.holds_exactly()
    after = {controller["path"]: controller["devices"] for controller in guest.controllers()}
    assert after == before, f"controllers or used ports left over: {after}, before {before}"


@on_each_source("L4", "pull a hub with four devices, put it back")
def pull_the_hub(lab, *options):
    guest = lab.guest()
    kinds = {"1.1": "serial", "1.2": "wacom", "1.3": "ccid", "1.4": "keyboard"}
    lab.plug("1", "hub")
    devices = [lab.plug(port, kind) for port, kind in kinds.items()]
    lab.attach(guest, "-u", "2-1", *options)
    guest.sees(*devices)
    lab.unplug("1")
    guest.sees()
    guest.holds_exactly()
    lab.plug("1", "hub", settle=False)
    devices = [lab.plug(port, kind, settle=False) for port, kind in kinds.items()]
    guest.sees(*devices)
    guest.holds_exactly(*devices)


@scenario("L5", "a SuperSpeed stick by -u usb3, another by -x anywhere", smoke=True)
def stick_and_listed_device(lab):
    guest = lab.guest()
    lab.attach(guest, "-u", "usb3", "-x", "0403:6001")
    stick = lab.plug("3", "stick")
    listed = lab.plug("5", "serial")
    lab.plug("6", "keyboard")
    guest.sees(stick, listed)
    guest.holds_exactly(stick, listed)


@scenario("L6", "the tool before the guest; QEMU quits; a new one comes", smoke=True)
def guest_comes_and_goes(lab):
    lab.plug("1", "hub")
    device = lab.plug("1.1", "wacom")
    absent = ("-d", "g6", "-s", "/run/lab/g6.qmp", "-u", "2-1")
    lab.tool(*absent, "-n").ends(3)

    waiting = lab.tool(*absent, "-w", "-v")
    waiting.says("wait")
    first = lab.new_guest("g6")
    first.holds_exactly(device)
    first.quit()
    assert waiting.running(), "ended with the guest in spite of -w"
    second = lab.new_guest("g6")
    second.holds_exactly(device)
    waiting.stop()
    second.holds_exactly(device)  # attachments stay when the program ends

    ending = lab.tool(*absent)
    ending.says("attached|adopted|already")
    second.quit()
    ending.ends(0)


@scenario("L6.find", "the monitor of -d NAME is found without -s", smoke=True)
def monitor_is_found(lab):
    guest = lab.new_guest("found-by-name")
    lab.new_guest("another")
    lab.plug("1", "hub")
    device = lab.plug("1.1", "wacom")
    lab.tool("-d", "found-by-name", "-u", "2-1")
    guest.holds_exactly(device)


@scenario("L7", "kill -9 while devices come and go, then a changed -u", smoke=False)
def killed_and_restarted(lab):
    guest = lab.guest()
    dice = random.Random(7)
    ports = ["1.1", "1.2", "1.3", "2.1", "2.2", "2.3"]
    lab.plug("1", "hub")
    lab.plug("2", "hub")
    for round_number in range(6):
        tool = lab.attach(guest, "-u", "2-1", "-u", "2-2")
        for step in range(4):
            port = dice.choice(ports)
            if port in lab.board.plugged:
                lab.unplug(port, settle=False)
            else:
                lab.plug(port, dice.choice(("wacom", "serial", "keyboard")), settle=False)
            if step == 0 and round_number % 2:
                tool.says("attached|adopted|detached", timeout=40)  # let it get to work in every other round
        tool.kill9()
    for device in lab.board.plugged.values():
        lab.board.settle(device)
    below = [device for device in lab.board.plugged.values() if device.kind != "hub"]
    tool = lab.attach(guest, "-u", "2-1", "-u", "2-2")
    guest.holds_exactly(*below, timeout=60)
    guest.sees(*below)
    guest.no_device_twice()
    tool.kill9()

    if "2.3" not in lab.board.plugged:
        lab.plug("2.3", "ccid")
    lab.attach(guest, "-u", "2-2")
    wanted = [device for port, device in lab.board.plugged.items() if port.startswith("2.")]
    guest.holds_exactly(*wanted, timeout=60)
    guest.sees(*wanted)
