"""The benchmark on Xen. QEMU itself notes when it gets a command, so that every way to it is timed alike: our monitor, a bare listener, xl."""
import json
import re

from lab import wait
from lab.bench import PLUGS, TURNS, WARM_UP, Rotation, goals, summaries, verdict
from lab.scenario import scenario
from lab.vm import XEN

TRACE_LINE = re.compile(r"^\d+@(\d+\.\d+):handle_qmp_command mon \S+ req: (.*)$", re.MULTILINE)
GOAL_ATTACH = 1.7
SUBJECTS = ("kernel listener", "xen-qmp", "xl", "udev listener")


class Stopwatch:
    """Times of the kernel's uevents and of the commands that a guest's QEMU gets, in the machine's wall clock."""

    def __init__(self, lab, guest):
        self._lab = lab
        self._guest = guest
        lab.agent.uevents_start(group=1)
        self._offset = lab.agent.wall_clock_offset()
        self._commands = 0
        self._events = 0

    def mark(self):
        self._commands = len(self._lab.agent.read(path=self._guest.trace).encode())
        self._events = len(self._lab.agent.uevents(group=1))

    def commands(self, name):
        """(time, command) of each usb-host that was added or removed since the mark."""
        found = ((float(at), json.loads(request)) for at, request in TRACE_LINE.findall(self._lab.agent.read(path=self._guest.trace, start=self._commands)))
        return [(at, request) for at, request in found
                if request["execute"] == name and request.get("arguments", {}).get("driver", "usb-host") == "usb-host"]

    def event(self, action, path):
        return next((entry["t"] + self._offset for entry in self._lab.agent.uevents(group=1, start=self._events)
                     if entry["action"] == action and entry["path"] == path), None)

    def cycle(self, port):
        """One plug and unplug: milliseconds from the kernel's event until QEMU gets the command."""
        self.mark()
        device = self._lab.plug(port, "tablet", settle=False)
        attach = self._pair("add", device, "device_add")
        self._calm(1)
        self.mark()
        self._lab.unplug(port, settle=False)
        detach = self._pair("remove", device, "device_del")
        self._calm(0)
        return {"attach": attach, "detach": detach}

    def _pair(self, action, device, command):
        wait.until(f"{command} for {device}", lambda: self.commands(command), 40, 0.25)
        return (self.commands(command)[0][0] - self.event(action, device.path)) * 1000

    def _calm(self, held):
        self._lab.ssh("udevadm settle -t 20", timeout=30)
        wait.until(f"QEMU to hold {held}", lambda: len(self._guest.holds() or ()) == held, 20, 0.25)


@scenario("BX1", "attach and detach on Xen, against bare listeners", bench=True, machine=XEN)
def latency(lab):
    guest = lab.new_guest("bench", monitor=True)
    lab.plug("1", "hub")
    rotation = Rotation()
    times = {name: {"attach": [], "detach": []} for name in SUBJECTS}
    memory = {}
    watch = Stopwatch(lab, guest)
    for _ in range(TURNS):
        for name, into in times.items():
            stop = _start(lab, guest, name)
            for number in range(WARM_UP + PLUGS // TURNS):
                measured = watch.cycle(rotation.take())
                if number >= WARM_UP:
                    for key, value in measured.items():
                        into[key].append(value)
            if lab.tools:
                memory[name] = lab.tools[-1].memory()
            stop()
            guest.clear()
    return _judge(times, memory)


def _start(lab, guest, name):
    if name.endswith("listener"):
        lab.agent.spawn(name="bare", argv=["python3", "-u", "/srv/lab/bare_listener.py", name.split()[0], "2-1", guest.monitor, "xenusb-0.0"])
        wait.until("the bare listener", lambda: "ready" in lab.agent.read(path="/run/lab/bare.out"), 30)

        def stop():
            lab.agent.signal(name="bare", number=15)
            lab.agent.wait(name="bare", timeout=10)

        return stop
    lab.hypervisor = name
    tool = lab.attach(guest, "-u", "2-1")
    tool.says("watching", timeout=60)
    return tool.stop


def _judge(times, memory):
    result = summaries(times)
    return verdict(result, goals(result, "xen-qmp", GOAL_ATTACH), [
        f"{PLUGS} plugs each after {WARM_UP} for warming up, in {TURNS} turns, at a monitor of the guest's own (xl: libxl's); times end when QEMU gets the command",
        *(f"{name}: RSS {facts['rss'] / 1024:.0f} MB, {facts['threads']} threads" for name, facts in memory.items())])
