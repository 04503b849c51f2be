"""A Xen host: guests that come and go, others at work at the same time, a program that is killed (X6 to X11)."""
import random
import re
import time

from lab import wait
from lab.scenario import scenario
from lab.scenarios_xen import on_each_hypervisor
from lab.vm import XEN_C
from lab.xen import RESET


@on_each_hypervisor("X6.reboot", "xl reboot")
def reboot(lab):
    guest = lab.guest()
    lab.plug("1", "hub")
    device = lab.plug("1.1", "wacom")
    tool = lab.attach(guest, "-u", "2-1", "-w")
    guest.sees(device)
    before = guest.domid
    guest.reboot()
    guest.up()
    assert guest.domid != before, "no new instance"
    guest.sees(device)
    guest.holds_exactly(device)
    assert tool.running()


@on_each_hypervisor("X6.create", "xl destroy and xl create, three times")
def created_again(lab):
    guest = lab.new_guest("again")
    lab.plug("1", "hub")
    device = lab.plug("1.1", "wacom")
    tool = lab.attach(guest, "-u", "2-1", "-w")
    guest.holds_exactly(device)
    for _ in range(3):
        guest.quit()
        guest.start()
        guest.holds_exactly(device)
        guest.keeps_ledger(1)
    assert tool.running(), "ended with the guest in spite of -w"


@on_each_hypervisor("X6.loop", "a guest that resets itself again and again")
def resets(lab):
    guest = lab.new_guest("loop", runs=RESET)
    lab.plug("1", "hub")
    device = lab.plug("1.1", "wacom")
    tool = lab.attach(guest, "-u", "2-1", "-w")
    tool.says("watching")
    seen, used = {}, []
    domid = guest.domid
    while len(seen) < 6:
        domid = guest.has_started(after=domid, timeout=90).domid
        wait.until("the device in the instance, or its end", lambda: guest.noted() or guest.domid != domid, 30, 0.1)
        seen[domid] = bool(guest.noted())
        used.append(tool.memory())
    assert sum(seen.values()) >= 4, f"attached in which instance: {seen}; it said {tool.said[-1500:]}"
    first, last = used[1], used[-1]
    assert last["threads"] <= first["threads"] + 4 and last["descriptors"] <= first["descriptors"] + 4, f"grows: {used}"
    lines = tool.err.splitlines()
    assert len(lines) <= 10 + 3 * len(seen), f"an error storm: {lines[-20:]}"
    tool.no_stack_trace()
    return f"attached in {sum(seen.values())} of {len(seen)} instances; threads {first['threads']} -> {last['threads']}, " \
           f"descriptors {first['descriptors']} -> {last['descriptors']}"


@on_each_hypervisor("X6.rename", "a guest that gets another name, and its own again")
def renamed(lab):
    guest = lab.new_guest("first")
    lab.plug("1", "hub")
    device = lab.plug("1.1", "wacom")
    tool = lab.attach(guest, "-u", "2-1", "-w")
    guest.holds_exactly(device)
    guest.rename("second")
    tool.says("guest first is gone")
    other = lab.plug("1.2", "serial")
    wait.stays("the guest of another name as it was", lambda: list(guest.noted().values()) == [device.path], 6)
    guest.rename("first")
    guest.holds_exactly(device, other)
    guest.keeps_ledger(1)


@on_each_hypervisor("X7", "the tool before the guest; -n; with and without -w")
def guest_comes_and_goes(lab):
    lab.plug("1", "hub")
    device = lab.plug("1.1", "wacom")
    lab.serve("later", "-u", "2-1", "-n").ends(3)

    waiting = lab.serve("later", "-u", "2-1", "-w", "-v")
    waiting.says("wait")
    guest = lab.new_guest("later")
    guest.holds_exactly(device)
    guest.quit()
    assert waiting.running(), "ended with the guest in spite of -w"
    guest.start()
    guest.holds_exactly(device)
    waiting.stop()
    guest.holds_exactly(device)  # attachments stay when the program ends

    ending = lab.serve("later", "-u", "2-1")
    ending.says("attached|adopted|kept|already")
    guest.quit()
    ending.ends(0)


HAND_WORK = r"""
domid=$(xl domid {guest})
for round in 1 2 3 4 5 6 7 8; do
    attempt() {
        for try in 1 2 3 4 5; do
            out=$("$@" 2>&1 >/dev/null)
            code=$?
            case $out in *"timed out"*|*unavailable*) break ;; esac
            [ $code = 0 ] && return
            sleep 0.5
        done
        echo "round $round: $*: $out"
    }
    attempt xl usbdev-attach {guest} hostbus={bus} hostaddr={address}
    attempt xl list -l {guest}
    place=$(xenstore-ls -f /libxl/$domid/device/vusb | sed -n 's#.*/vusb/\([0-9]*\)/port/\([0-9]*\) = "{path}"#\1 \2#p')
    attempt xl usbdev-detach {guest} $place
    [ $((round % 3)) = 0 ] && attempt xl usbctrl-attach {guest} version=3
done
echo done
"""


@on_each_hypervisor("X8", "xl by hand while devices come and go")
def by_hand_meanwhile(lab):
    """No xl may find its monitor busy. That it refuses an attach in the moment between an unplug and our clearing up is its own way: it may try again."""
    guest = lab.new_guest("shared", usbctrl=("version=3,ports=8",))
    lab.plug("1", "hub")
    other = lab.plug("2", "tablet")
    tool = lab.attach(guest, "-u", "2-1")
    tool.says("watching")
    facts = lab.agent.usb()[other.path]
    script = HAND_WORK
    for key, value in {"guest": guest.name, "bus": facts["bus"], "address": facts["address"], "path": other.path}.items():
        script = script.replace("{" + key + "}", str(value))
    lab.agent.spawn(name="hand-work", argv=["sh", "-c", script])
    dice = random.Random(8)
    changes = 0
    while lab.agent.status(name="hand-work") is None:
        port = dice.choice(("1.1", "1.2", "1.3"))
        if port in lab.board.plugged:
            lab.unplug(port)
        else:
            lab.plug(port, dice.choice(("wacom", "keyboard", "serial")))
        changes += 1
    said = lab.agent.read(path="/run/lab/hand-work.out")
    assert said == "done\n", f"xl failed beside us: {said}"
    below = [device for port, device in lab.board.plugged.items() if port.startswith("1.")]
    guest.holds_exactly(*below)
    guest.keeps_ledger()
    return f"{changes} plugs and unplugs meanwhile"


@on_each_hypervisor("X8.lock", "while somebody has libxl's lock, its monitor is left alone")
def lock_is_respected(lab):
    guest = lab.new_guest("locked")
    lab.plug("1", "hub")
    tool = lab.attach(guest, "-u", "2-1")
    tool.says("watching")
    guest.holds_exactly(lab.plug("1.2", "serial"))
    mark = len(guest.commands())
    lab.agent.xen_lock(domid=guest.domid)
    try:
        lab.plug("1.1", "wacom")
        wait.stays("the monitor in peace", lambda: len(guest.commands()) == mark, 6)
    finally:
        lab.agent.xen_unlock(domid=guest.domid)
    guest.holds_exactly(*[device for device in lab.board.plugged.values() if device.kind != "hub"], timeout=90)


@on_each_hypervisor("X8.busy", "a rude client at libxl's monitor")
def busy_monitor(lab):
    guest = lab.new_guest("rude")
    lab.plug("1", "hub")
    tool = lab.attach(guest, "-u", "2-1")
    tool.says("watching")
    address = f"/run/xen/qmp-libxl-{guest.domid}"
    lab.agent.qmp(address=address, command="query-status")
    device = lab.plug("1.1", "wacom")
    tool.says("busy|timed out|unavailable", timeout=60)
    lab.agent.qmp_close(address=address)
    guest.holds_exactly(device, timeout=90)
    tool.no_stack_trace()


@on_each_hypervisor("X9", "two guests, a hub each, devices that move between the hubs")
def two_guests(lab):
    guests = {hub: lab.new_guest(name) for hub, name in (("1", "left"), ("2", "right"))}
    for hub, guest in guests.items():
        lab.plug(hub, "hub")
        lab.attach(guest, "-u", f"2-{hub}", "-w")
    dice = random.Random(9)
    for _ in range(6):
        for hub in guests:
            port = f"{hub}.{dice.randint(1, 2)}"
            if port in lab.board.plugged:
                kind = lab.board.plugged[port].kind
                lab.unplug(port, settle=False)
                there = f"{'2' if hub == '1' else '1'}.{dice.randint(3, 4)}"
                if there in lab.board.plugged:
                    lab.unplug(there, settle=False)
                lab.plug(there, kind)
            else:
                lab.plug(port, dice.choice(("wacom", "serial")))
        _each_has_its_own(lab, guests)


def _each_has_its_own(lab, guests):
    for hub, guest in guests.items():
        guest.holds_exactly(*[device for port, device in lab.board.plugged.items() if port.startswith(hub + ".")], timeout=60)
        guest.no_device_twice()
    held = [node for guest in guests.values() for node in guest.held_nodes()]
    assert len(held) == len(set(held)), f"a device in both: {held}"


@on_each_hypervisor("X9.contest", "two guests that want the same device: one has it")
def contest(lab):
    by_id, by_hub = lab.new_guest("by-id"), lab.new_guest("by-hub")
    lab.plug("1", "hub")
    first = lab.attach(by_id, "-x", "056a:0000", "-w")
    first.says("watching")
    second = lab.attach(by_hub, "-u", "2-1", "-w")
    second.says("watching")
    lab.plug("1.1", "wacom")
    wait.until("one of them to have it", lambda: by_id.holds() or by_hub.holds(), 40)
    wait.stays("one owner", lambda: len(by_id.holds()) + len(by_hub.holds()) == 1, 8)
    (owner, tool), (other, _) = sorted(((by_id, first), (by_hub, second)), key=lambda pair: not pair[0].holds())
    tool.stop()
    owner.clear()
    other.holds_exactly(lab.board.plugged["1.1"], timeout=90)


@on_each_hypervisor("X10", "kill -9 at 30 moments, some with changed options after it")
def killed(lab):
    guest = lab.new_guest("killer")
    dice = random.Random(10)
    ports = {hub: [f"{hub}.{number}" for number in (1, 2, 3)] for hub in ("1", "2")}
    for hub in ports:
        lab.plug(hub, "hub")
    for moment in range(30):
        hubs = dice.choice((("1",), ("2",), ("1", "2")))
        tool = lab.attach(guest, *[word for hub in hubs for word in ("-u", f"2-{hub}")])
        if moment % 3:
            tool.says("watching", timeout=60)
        for _ in range(dice.randint(1, 3)):
            port = dice.choice(ports[dice.choice(hubs)])
            if port in lab.board.plugged:
                lab.unplug(port, settle=False)
            else:
                lab.plug(port, dice.choice(("wacom", "serial", "keyboard")), settle=False)
        time.sleep(dice.uniform(0, 1.2))  # the moment is what is tried
        tool.kill9()
        if moment % 6 == 5:
            _all_is_well(lab, guest, hubs, ports)


def _all_is_well(lab, guest, hubs, ports):
    """After a new start with these hubs the guest has what is below them, and nothing else."""
    for device in lab.board.plugged.values():
        lab.board.settle(device, timeout=150)  # its hub waits while the kernel resets another device that is gone
    tool = lab.attach(guest, *[word for hub in hubs for word in ("-u", f"2-{hub}")])
    wanted = [lab.board.plugged[port] for hub in hubs for port in ports[hub] if port in lab.board.plugged]
    guest.holds_exactly(*wanted, timeout=210)  # so may QEMU: that reset is what it asked the kernel for
    guest.keeps_ledger()
    free = [device for device in lab.board.plugged.values() if device.kind != "hub" and device not in wanted]
    usb = lab.agent.usb()
    for device in free:
        assert "usbfs" not in usb[device.path]["drivers"].values(), f"{device} is still taken from the host: {usb[device.path]}"
    tool.kill9()


def cut_from_xenstored(lab):
    guest = lab.new_guest("cut")
    lab.plug("1", "hub")
    with lab.xenstored_proxy() as proxy:
        tool = lab.attach(guest, "-u", "2-1", "-w", env={"XENSTORED_PATH": proxy.path})
        first = lab.plug("1.1", "wacom")
        guest.holds_exactly(first)
        assert proxy.connections(), "the program is not at the proxy: it ignores XENSTORED_PATH"
        cut = proxy.cut()
        assert cut or lab.hypervisor == "xl", "no connection to cut"
        second = lab.plug("1.2", "serial")
        guest.holds_exactly(first, second, timeout=60)

        proxy.refuse()
        proxy.cut()
        third = lab.plug("1.3", "keyboard")
        lab.unplug("1.1")
        tool.says("xenstore", timeout=40)
        proxy.refuse(False)
        guest.holds_exactly(second, third, timeout=90)
        before = guest.domid
        guest.quit()
        guest.start()
        assert guest.domid != before
        guest.holds_exactly(second, third, timeout=60)
        tool.no_stack_trace()
        lines = [line for line in tool.err.splitlines() if re.search("xenstore", line, re.IGNORECASE)]
        assert len(lines) <= 12, f"an error storm: {lines[:20]}"


on_each_hypervisor("X11", "cut from oxenstored")(cut_from_xenstored)
on_each_hypervisor("X11.c", "cut from the C xenstored", machine=XEN_C)(cut_from_xenstored)


@scenario("X11.c.eyes", "the lab's own eyes, with the C xenstored", machine=XEN_C)
def eyes_with_c_xenstored(lab):
    running = lab.ssh("readlink /proc/$(cat /run/xenstore.pid)/exe")["out"].strip()
    assert running.endswith("/bin/xenstored"), f"the other daemon runs: {running}"
    guest = lab.new_guest("plain")
    device = lab.plug("2", "tablet")
    lab.xl_attach(guest, device)
    guest.holds_exactly(device)
    guest.keeps_ledger(1)
