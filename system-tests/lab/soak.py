"""Long scenarios: only with --soak. Everything that can happen happens in an order made of a seed, and again and again the truth is looked at."""
import collections
import random
import time

from lab import wait
from lab.scenario import scenario
from lab.scenarios_xen import on_each_hypervisor
from lab.xen import LINUX

HUBS = ("1", "2")
PLACES = {hub: tuple(f"{hub}.{number}" for number in range(1, 5)) for hub in HUBS}
ELSEWHERE = ("5", "6")
KINDS = ("keyboard", "wacom", "serial", "ccid", "mouse")
CHECK_EVERY = 60.0  # seconds
# how far what the program uses may rise above what it was in the program's second minute
MORE_THREADS = 10
MORE_DESCRIPTORS = 10
MORE_MEMORY = 24 << 10  # KiB
MOST_MEMORY = 100 << 10
# what the program may say between two looks
LINES = 20
LINES_PER_ACTION = 8


class Subject:
    """A guest, the hub whose devices are its own, and the program that serves it, restarted whenever it was killed."""

    def __init__(self, lab, hub, start_guest, *options):
        self.lab = lab
        self.hub = hub
        self.options = ("-u", f"2-{hub}", "-w", *options)
        self._start_guest = start_guest
        self.guest = start_guest()
        self.tool = None
        self.starts = 0
        self.start_tool()

    def start_tool(self):
        self.tool = self.lab.attach(self.guest, *self.options)
        self.starts += 1
        self._started = time.monotonic()
        self._first = None
        self._read = 0

    def kill_tool(self):
        self.tool.kill9()
        self.start_tool()

    def restart_guest(self):
        self.guest.quit()
        self.guest = self._start_guest()

    def agrees(self, devices):
        """Waits until its QEMU holds exactly these, each once and without a host driver, and the guest itself says so if it can."""
        guest = self.guest
        if guest.linux and not guest.booted():
            guest.up()
        assert self.tool.running(), f"the program for {guest.name} ended: {self.tool.said[-1500:]}"
        guest.holds_exactly(*devices, timeout=60)
        guest.no_device_twice()
        wait.until(f"no host driver at what {guest.name} holds", lambda: not stolen(self.lab, devices), 30,
                   details=lambda: stolen(self.lab, devices))
        if guest.linux:
            guest.sees(*devices)

    def bounded(self, actions):
        """Checks what the program uses and says; returns that as the cells of a table."""
        now = self.tool.memory()
        if self._first is None or time.monotonic() < self._started + CHECK_EVERY:
            self._first = now
        for key, more in (("threads", MORE_THREADS), ("descriptors", MORE_DESCRIPTORS), ("rss", MORE_MEMORY)):
            assert now[key] <= self._first[key] + more, f"{key} of the program for {self.guest.name} grew from {self._first[key]} to {now[key]}"
        assert now["rss"] <= MOST_MEMORY, f"the program for {self.guest.name} has {now['rss']} KiB"
        said = self.tool.said.splitlines()
        fresh = said[self._read:]
        self._read = len(said)
        assert len(fresh) <= LINES + LINES_PER_ACTION * actions, f"{len(fresh)} lines for {actions} actions: {fresh[-30:]}"
        self.tool.no_stack_trace()
        return [f"{self.starts}", f"{now['rss'] / 1024:.0f}", f"{now['threads']}", f"{now['descriptors']}", f"{now['cpu']:.0f}", f"{len(fresh)}"]


def stolen(lab, devices):
    """Of these devices, the interfaces that a driver of the machine has."""
    usb = lab.agent.usb()
    return {interface: driver for device in devices for interface, driver in usb.get(device.path, {}).get("drivers", {}).items()
            if driver not in (None, "usbfs")}


class Soak:
    """The actions. The seed alone decides which come in which order; how many fit into the time, the machine decides."""

    def __init__(self, lab, one, two):
        self.lab = lab
        self.one = one
        self.two = two
        self.dice = random.Random(lab.seed)
        self.counts = collections.Counter()
        self.history = collections.deque(maxlen=40)
        self.rows = []

    def run(self):
        started = checked = time.monotonic()
        since = 0
        for hub in HUBS:
            self.lab.plug(hub, "hub")
        try:
            while time.monotonic() < started + self.lab.minutes * 60:
                self._act()
                since += 1
                time.sleep(self.dice.uniform(0, 2))  # how quickly things happen is part of what is tried
                if time.monotonic() > checked + CHECK_EVERY:
                    self._check(started, since)
                    checked, since = time.monotonic(), 0
            self._check(started, since)
        except Exception as error:
            raise AssertionError(f"{error}\n\nthe last actions: {'; '.join(self.history)}\n\n{self.table()}") from error
        return self.table()

    def _act(self):
        action = self.dice.choices(
            (self._plug_or_pull, self._pull_or_put_hub, self._elsewhere, self._burst, self._restart_two, self._kill, self._restart_one),
            weights=(70, 8, 6, 5, 5, 5, 1))[0]
        action()

    def _plug_or_pull(self, settle=None):
        hub = self.dice.choice(HUBS)
        port, kind = self.dice.choice(PLACES[hub]), self.dice.choice(KINDS)
        settle = self.dice.random() < 0.5 if settle is None else settle
        if port in self.lab.board.plugged:
            self._note("unplug", port)
            self.lab.unplug(port, settle)
        elif hub in self.lab.board.plugged:
            self._note("plug", f"{kind} at {port}")
            self.lab.plug(port, kind, settle)

    def _burst(self):
        for _ in range(4):
            self._plug_or_pull(settle=False)

    def _pull_or_put_hub(self):
        hub = self.dice.choice(HUBS)
        kinds = [self.dice.choice((*KINDS, None)) for _ in PLACES[hub]]
        if hub in self.lab.board.plugged:
            self._note("pull hub", hub)
            self.lab.unplug(hub)
            return
        self._note("put hub", f"{hub} with {kinds}")
        self.lab.plug(hub, "hub", settle=False)
        for port, kind in zip(PLACES[hub], kinds):
            if kind:
                self.lab.plug(port, kind, settle=False)

    def _elsewhere(self):
        port = self.dice.choice(ELSEWHERE)
        if port in self.lab.board.plugged:
            self.lab.unplug(port)
        else:
            self.lab.plug(port, "keyboard")
        self._note("elsewhere", port)

    def _restart_two(self):
        self._note("guest restart", self.two.guest.name)
        self.two.restart_guest()

    def _restart_one(self):
        self._note("guest restart", self.one.guest.name)
        self.one.restart_guest()

    def _kill(self):
        self._note("kill -9", self.one.guest.name)
        self.one.kill_tool()

    def _note(self, what, detail):
        self.counts[what] += 1
        self.history.append(f"{what} {detail}")

    def _check(self, started, actions):
        board = self.lab.board
        for device in board.plugged.values():
            board.settle(device)
        for subject in (self.one, self.two):
            subject.agrees([board.plugged[port] for port in PLACES[subject.hub] if port in board.plugged])
        outside = [board.plugged[port] for port in ELSEWHERE if port in board.plugged]
        kept = self.lab.agent.usb()
        for device in outside:
            assert "usbfs" not in kept[device.path]["drivers"].values(), f"{device} is nobody's and was taken from the host"
        self.rows.append([f"{(time.monotonic() - started) / 60:.0f}", f"{sum(self.counts.values())}", f"{len(board.plugged)}",
                          *self.one.bounded(actions), *self.two.bounded(actions)])

    def table(self):
        side = "starts | RSS MB | threads | descriptors | CPU s | lines"
        head = f"| minute | actions | plugged | {self.one.guest.name}: {side} | {self.two.guest.name}: {side} |"
        return "\n".join([
            f"- seed {self.lab.seed}, {self.lab.minutes:g} minutes: " + ", ".join(f"{count} {what}" for what, count in self.counts.most_common()),
            "- at each row it was seen that both guests held exactly what was below their hub, and no host driver had any of it", "",
            head, "|---" * 15 + "|", *("| " + " | ".join(row) + " |" for row in self.rows)])


@on_each_hypervisor("S2", "soak: two guests of Xen, a hub each", soak=True)
def xen_soak(lab):
    print(f"# seed {lab.seed}, {lab.minutes:g} minutes", flush=True)
    one = Subject(lab, HUBS[0], lambda: lab.new_guest("linux", runs=LINUX))
    two = Subject(lab, HUBS[1], lambda: lab.new_guest("idle"))
    one.guest.up()
    return Soak(lab, one, two).run()


@scenario("S1", "soak: two guests, a hub each", soak=True)
def linux_soak(lab):
    """The first guest is a Linux, whose program is killed now and then; the second is quit and started often, and its program lives through all."""
    print(f"# seed {lab.seed}, {lab.minutes:g} minutes", flush=True)
    one = Subject(lab, HUBS[0], lambda: lab.new_guest("linux", linux=True))
    two = Subject(lab, HUBS[1], lambda: lab.new_guest("paused"))
    one.guest.up()
    return Soak(lab, one, two).run()
