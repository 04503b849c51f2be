"""Timed scenarios: only with --bench. Ratios within one run are what counts; this machine is about ten times slower than a real one."""
import json
import math
import re
import statistics
import time

from lab import wait
from lab.scenario import scenario

WARM_UP = 5
PLUGS = 40
TURNS = 2
PORT_REST = 15.0  # seconds between two plugs into one port: more than five a minute and the program lets a port cool down
GOAL_ATTACH = 1.5
GOAL_DETACH = 5.0


class Rotation:
    """The eight ports of a hub, each used again only after a rest."""

    def __init__(self):
        self._used = {}
        self._next = 0

    def take(self):
        self._next = self._next % 8 + 1
        port = f"1.{self._next}"
        wait.until(f"port {port} to have rested", lambda: time.monotonic() - self._used.get(port, 0) > PORT_REST, PORT_REST + 5)
        self._used[port] = time.monotonic()
        return port


class Stopwatch:
    """A recorder at a guest's monitor: times of uevents (both groups) and of commands, on one clock."""

    def __init__(self, lab, guest):
        self._lab = lab
        self._guest = guest
        self._log = "/run/lab/recorder.log"
        self.path = "/run/lab/recorder.qmp"
        lab.agent.spawn(name="recorder", argv=["chrt", "-f", "10", "python3", "-u", "/srv/lab/recorder.py", self.path, guest.monitor, self._log])
        wait.until("the recorder", lambda: "ready" in lab.agent.read(path="/run/lab/recorder.out"), 30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._lab.agent.signal(name="recorder", number=15)
        self._lab.agent.wait(name="recorder", timeout=10)

    def mark(self):
        return len(self._lab.agent.read(path=self._log).encode())

    def entries(self, mark=0):
        """Everything noted since mark; a line that is still being written is left out."""
        text = self._lab.agent.read(path=self._log, start=mark)
        return [json.loads(line) for line in text[:text.rfind("\n") + 1].splitlines()]

    def wait(self, what, condition, mark=0, timeout=30):
        """Waits until condition(entries since mark) is true. Looks seldom, for looking costs what is measured."""
        return wait.until(what, lambda: condition(self.entries(mark)), timeout, 0.25)

    def cycle(self, port):
        """One plug and unplug: milliseconds from the kernel's event to the command at the monitor."""
        mark = self.mark()
        device = self._lab.plug(port, "tablet", settle=False)
        add, added = self._pair(mark, "add", device, "device_add")
        self._calm(held=1)
        facts = self._lab.agent.usb()[device.path]
        assert (add["bus"], add["address"]) == (facts["bus"], facts["address"]), "another device came meanwhile"
        mark = self.mark()
        self._lab.unplug(port, settle=False)
        remove, removed = self._pair(mark, "remove", device, "device_del")
        self._calm(held=0)
        return {"attach": (added["t"] - add["t"]) * 1000, "detach": (removed["t"] - remove["t"]) * 1000}

    def _pair(self, mark, action, device, command):
        def both(entries):
            event = next((entry for entry in entries if entry["what"] == "uevent" and entry["group"] == 1
                          and entry["path"] == device.path and entry["action"] == action), None)
            sent = next((entry for entry in entries if is_attach(entry, command)), None)
            return event and sent and (event, sent)

        return self.wait(f"{command} for {device}", both, mark)

    def _calm(self, held):
        """Waits until udev has nothing to do and QEMU holds so many devices."""
        self._lab.ssh("udevadm settle -t 20", timeout=30)
        wait.until(f"QEMU to hold {held}", lambda: len(self._guest.holds()) == held, 20, 0.25)


def is_attach(entry, command="device_add"):
    """Whether it is this command for a usb-host (device_del names no driver)."""
    return entry.get("command") == command and (entry["arguments"] or {}).get("driver", "usb-host") == "usb-host"


def summary(values):
    ordered = sorted(values)
    return {"p50": statistics.median(ordered), "p95": ordered[math.ceil(len(ordered) * 0.95) - 1],
            "min": ordered[0], "max": ordered[-1], "n": len(ordered)}


@scenario("B1", "attach and detach against bare listeners", bench=True)
def latency(lab):
    guest = lab.new_guest("bench")
    lab.plug("1", "hub")
    rotation = Rotation()
    times = {name: {"attach": [], "detach": []} for name in ("kernel listener", "program", "udev listener")}
    memory = {}
    with Stopwatch(lab, guest) as watch:
        for _ in range(TURNS):
            for name, into in times.items():
                stop = start_subject(lab, guest, watch, name)
                for number in range(WARM_UP + PLUGS // TURNS):
                    measured = watch.cycle(rotation.take())
                    if number >= WARM_UP:
                        for key, value in measured.items():
                            into[key].append(value)
                if name == "program":
                    memory = lab.tools[-1].memory()
                stop()
                guest.clear()
    return judge(times, memory)


def start_subject(lab, guest, watch, name):
    """Starts the program or a bare listener at the recorder; returns what ends it."""
    if name == "program":
        mark = watch.mark()
        tool = lab.tool("-d", guest.name, "-s", watch.path, "-u", "2-1")
        watch.wait("the program at the monitor", lambda entries: any(entry.get("command") == "qom-list" for entry in entries), mark, 60)
        return tool.stop
    group = name.split()[0]
    lab.agent.spawn(name="bare", argv=["python3", "-u", "/srv/lab/bare_listener.py", group, "2-1", watch.path, "xhci.0"])
    wait.until("the bare listener", lambda: "ready" in lab.agent.read(path="/run/lab/bare.out"), 30)

    def stop():
        lab.agent.signal(name="bare", number=15)
        lab.agent.wait(name="bare", timeout=10)

    return stop


def judge(times, memory):
    result = summaries(times)
    return verdict(result, goals(result, "program", GOAL_ATTACH, GOAL_DETACH), [
        f"{result['program']['attach']['n']} plugs each after {WARM_UP} for warming up, in {TURNS} turns; "
        f"the program then: RSS {memory.get('rss', 0) / 1024:.0f} MB, peak {memory.get('peak', 0) / 1024:.0f} MB, {memory.get('threads', 0)} threads"])


def summaries(times):
    return {name: {key: summary(values) for key, values in both.items()} for name, both in times.items()}


def goals(result, subject, attach_goal, detach_goal=None):
    """{what was found, in words: whether the goal is met}. Without a goal of its own a detach must only be faster than the udev listener's."""
    found = {}
    for key, goal in (("attach", attach_goal), ("detach", detach_goal)):
        if goal:
            ratio = result[subject][key]["p50"] / result["kernel listener"][key]["p50"]
            found[f"{subject}: {key} {ratio:.2f} times the kernel listener (goal {goal})"] = ratio <= goal
    ratio = result[subject]["detach"]["p50"] / result["udev listener"]["detach"]["p50"]
    found[f"{subject}: detach {ratio:.2f} times the udev listener (goal: faster)"] = ratio < 1
    return found


def verdict(result, found, notes):
    """The table, the goals and the notes as the report has them; fails if a goal is missed."""
    rows = ["| milliseconds | attach p50 | p95 | min-max | detach p50 | p95 | min-max |", "|---|---|---|---|---|---|---|"]
    for name, both in result.items():
        rows.append(f"| {name} | " + " | ".join(
            f"{one['p50']:.0f} | {one['p95']:.0f} | {one['min']:.0f}-{one['max']:.0f}" for one in (both["attach"], both["detach"])) + " |")
    rows += ["", *(f"- {'met' if met else 'MISSED'}: {goal}" for goal, met in found.items()), *(f"- {note}" for note in notes)]
    text = "\n".join(rows)
    assert all(found.values()), text
    return text


@scenario("B2", "50 attaches at the earliest moment, QEMU as root", bench=True)
def earliest_as_root(lab):
    return earliest(lab, "root", 50)


@scenario("B3", "50 attaches at the earliest moment, QEMU as nobody", bench=True)
def earliest_as_nobody(lab):
    return earliest(lab, "nobody", 50)


RULE = "/run/udev/rules.d/99-lab.rules"
TRACE_LINE = re.compile(r"handle_qmp_command mon \S+ req: (.*)$")


def earliest(lab, user, count):
    """No proxy here: it would stand between the program and the identity of QEMU. QEMU itself notes the commands it gets."""
    trace = "/run/lab/earliest.trace"
    extra = ["-trace", "handle_qmp_command", "-D", trace] + (["-runas", "nobody"] if user == "nobody" else [])
    try:
        if user == "nobody":
            lab.agent.shell(command="mkdir -p /run/udev/rules.d", timeout=20)
            lab.agent.write(path=RULE, text='SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", OWNER="nobody"\n')
            lab.ssh("udevadm control --reload")
        guest = lab.new_guest("early", extra=extra)
        lab.plug("1", "hub")
        for group in (1, 2):
            lab.agent.uevents_start(group=group)
        tool = lab.attach(guest, "-u", "2-1", "-v")
        rotation = Rotation()
        delays = []
        for _ in range(WARM_UP):
            lab.plug(rotation.take(), "tablet", settle=False)
            wait.until("a device in the guest", guest.holds, 30)
            unplug_only(lab, guest)
        tries = len(attempts(lab, trace))
        for _ in range(count):
            delays.append(one_early(lab, guest, rotation.take()))
        tried = len(attempts(lab, trace)) - tries
        failures = [line for line in tool.said.splitlines() if re.search(r"\bfail|denied|retry|could not", line, re.IGNORECASE)]
        figures = summary(delays)
        text = (f"{count} attaches as {user}: {tried} device_add; milliseconds from the kernel's add until QEMU holds the device: "
                f"p50 {figures['p50']:.0f}, p95 {figures['p95']:.0f}, max {figures['max']:.0f} (looked every 50 ms)")
        assert not failures, f"{text}; counted as failures: {failures[:5]}"
        assert tried == count or user == "nobody", f"{text}; some were tried twice"
        assert tried <= 2 * count, text
        return text
    finally:
        if user == "nobody":
            lab.ssh(f"rm -f {RULE}; udevadm control --reload")


def one_early(lab, guest, port):
    start = len(lab.agent.uevents(group=1))
    device = lab.plug(port, "tablet", settle=False)
    held = wait.until(f"{device} in the guest", lambda: guest.holds() and lab.agent.clock(), 30, 0.05)
    add = next(entry["t"] for entry in lab.agent.uevents(group=1, start=start) if entry["path"] == device.path and entry["action"] == "add")
    unplug_only(lab, guest)
    return (held - add) * 1000


def unplug_only(lab, guest):
    for port in [port for port, device in lab.board.plugged.items() if device.kind != "hub"]:
        lab.unplug(port)
    wait.until("the guest to be empty", lambda: not guest.holds(), 30)
    lab.ssh("udevadm settle -t 20", timeout=30)


def attempts(lab, trace):
    """Every device_add of a usb-host that QEMU has got so far."""
    requests = [json.loads(found[1]) for found in map(TRACE_LINE.search, lab.agent.read(path=trace).splitlines()) if found]
    return [request for request in requests
            if request.get("execute") == "device_add" and request.get("arguments", {}).get("driver") == "usb-host"]


@scenario("B4", "start-up: time to the first attach, memory", bench=True)
def start_up(lab):
    guest = lab.new_guest("startup")
    lab.plug("1", "hub")
    lab.plug("1.1", "tablet")
    first, connected, memory = [], [], []
    with Stopwatch(lab, guest) as watch:
        for _ in range(5):
            mark = watch.mark()
            tool = lab.tool("-d", guest.name, "-s", watch.path, "-u", "2-1")
            log = watch.wait("the first attach", lambda entries: any(map(is_attach, entries)) and entries, mark, 60)
            connected.append(next(entry["t"] for entry in log if entry["what"] == "connect") - tool.started)
            first.append(next(entry["t"] for entry in log if is_attach(entry)) - tool.started)
            memory.append(tool.memory()["rss"] / 1024)
            tool.stop()
            guest.clear()
    return (f"seconds from exec, median of 5: at the monitor {statistics.median(connected):.1f}, first device_add {statistics.median(first):.1f}; "
            f"RSS then {statistics.median(memory):.0f} MB")
