"""What a scenario works with: a machine, its plugboard, guests and the program."""
import contextlib

from lab import wait
from lab.agent import Agent, AgentLost
from lab.devices import Plugboard
from lab.guest import QemuGuest
from lab.tool import HOME, Tool
from lab.vm import LINUX, Machine


ORDER_BUSES = """
cd /sys/bus/pci/drivers
first=$(basename ehci-pci/0000:*) second=$(basename xhci_hcd/0000:*)
[ -d ehci-pci/$first/usb1 ] && [ -d xhci_hcd/$second/usb2 ] && exit 0
echo $first > ehci-pci/unbind && echo $second > xhci_hcd/unbind && echo $first > ehci-pci/bind && echo $second > xhci_hcd/bind
[ -d ehci-pci/$first/usb1 ] && [ -d xhci_hcd/$second/usb2 ] && [ -d xhci_hcd/$second/usb3 ]
"""


class Lab:
    """plug/unplug act on the machine's ports, guest() is the Linux guest that is kept, tool() starts the program."""

    def __init__(self, image, program, kind=LINUX, detached=False, minutes=60.0, seed=0):
        self.kind = kind
        self._image = image
        self._detached = detached
        self._program = program
        self.minutes = minutes  # for the long scenarios, as is the seed
        self.seed = seed
        self.machine = None
        self.agent = None
        self.board = None
        self.guests = []
        self.tools = []
        self.finished = []
        self._kept = None
        self._dmesg = 0

    # ---- life

    def start(self):
        self.machine = Machine(self._image, self.kind, detached=self._detached)
        self.machine.boot()
        self.agent = Agent(self.machine)
        self.agent.start()
        self._order_buses()
        self.board = Plugboard(self.machine, self.agent)
        self.machine.copy_in(self._program, HOME)
        self._check_program()

    def _order_buses(self):
        """Makes the EHCI bus 1 and the xHCI buses 2 and 3: the kernel numbers them as their drivers happen to be loaded."""
        ordered = self.agent.shell(command=ORDER_BUSES, timeout=60)
        assert ordered["exit"] == 0, f"the machine's buses: {ordered}"

    def _check_program(self):
        if not self.agent.exists(path=f"{HOME}/bin/auto-usb-attach"):
            raise AssertionError(f"{self._program} has no bin/auto-usb-attach")
        if self.agent.exists(path=f"{HOME}/bin/make-archive"):  # as after each installation
            made = self.agent.shell(command=f"{HOME}/bin/make-archive", timeout=180)
            assert made["exit"] == 0, f"make-archive: {made}"

    def facts(self):
        """What the machine is made of, for the reports."""
        return self.agent.shell(command="echo kernel $(uname -r); qemu-system-x86_64 --version | head -1; java -version 2>&1 | sed -n 2p",
                                timeout=30)["out"].splitlines()

    def restart(self):
        """A new machine in place of one that was lost."""
        self.stop()
        self.guests, self.tools, self.finished, self._kept = [], [], [], None
        self.start()

    def stop(self):
        if self.machine is None:
            return
        with contextlib.suppress(Exception):
            self.agent.stop()
        self.machine.stop()
        self.machine = None

    def begin(self):
        """Called before each scenario."""
        self.finished = []
        self._dmesg = len(self._dmesg_lines())

    def end(self):
        """Called after each scenario, also a failed one: nothing of it is left for the next."""
        for tool in list(self.tools):
            if tool.running():
                tool.kill9()
        self.tools.clear()
        self.agent.shell(command="rm -rf /run/auto-usb-attach", timeout=20)
        for guest in list(self.guests):
            if guest is not self._kept:
                guest.quit()
        self.board.unplug_all()
        self._clear_kept()

    def discard_guest(self):
        """Ends the shared guest: the next scenario that wants it has a new one."""
        if self._kept:
            self._kept.quit()
            self._kept = None

    def _clear_kept(self):
        if self._kept:
            if self._kept.running():
                self._kept.clear()
            else:
                self._kept.quit()
                self._kept = None

    # ---- for scenarios

    def guest(self):
        """The Linux guest that many scenarios share: booted at the first call, empty at the start of each."""
        if self._kept is None:
            self._kept = self._new_kept()
        return self._kept.up()

    def new_guest(self, name, **options):
        """A guest of this scenario only; see Guest for the options."""
        return QemuGuest(self, name, **options).start()

    def _new_kept(self):
        return self.new_guest("g1", linux=True)

    def tool(self, *arguments, **options):
        """Starts the program with these arguments."""
        return Tool(self, arguments, **options)

    def attach(self, guest, *arguments, **options):
        """Starts the program for a guest, at its monitor: attach(guest, "-u", "2-1")."""
        return self.tool("-d", guest.name, "-s", guest.monitor, *arguments, **options)

    def plug(self, port, kind="keyboard", settle=True):
        return self.board.plug(port, kind, settle)

    def unplug(self, port, settle=True):
        self.board.unplug(port, settle)

    def ssh(self, command, timeout=60):
        """Runs a shell command in the machine: {exit, out, err}."""
        return self.agent.shell(command=command, timeout=timeout)

    def until(self, what, condition, timeout=20, **options):
        return wait.until(what, condition, timeout, **options)

    @contextlib.contextmanager
    def proxy(self, guest, name="proxy"):
        """A recording proxy before a guest's monitor; gives a Recorder whose `path` is for the program."""
        path = f"/run/lab/{name}.qmp"
        self.agent.proxy_start(name=name, listen=path, upstream=guest.monitor)
        try:
            yield Recorder(self.agent, name, path)
        finally:
            self.agent.proxy_stop(name=name)

    # ---- when something failed

    def evidence(self):
        """Everything that may tell why, as text."""
        parts = []
        try:
            parts += [tool.report() for tool in self.finished + self.tools]
            for guest in self.guests:
                parts.append(f"guest {guest.name}\n--- stderr\n" + _tail(guest.stderr(), 8))
                if guest.linux:
                    parts.append("--- console\n" + _tail(guest.console(), 15))
                if guest.running():
                    parts.append(f"--- usb-host objects\n{guest.holds()}")
            parts.append("the machine's USB\n" + "\n".join(f"{name} {facts}" for name, facts in sorted(self.agent.usb().items())))
            parts.append("the machine's kernel\n" + "\n".join(self._dmesg_lines()[self._dmesg:][-40:]))
        except AgentLost as error:
            parts.append(f"{error}\n--- the machine's console\n{self.machine.console()[-3000:]}\n--- its QEMU\n{self.machine.qemu_log()[-1000:]}")
        except Exception as error:  # evidence is best effort
            parts.append(f"(no more evidence: {error})")
        return "\n".join(parts)

    def excuse(self):
        """What the emulation broke since begin(), as text: the program can have no part in it. None if nothing did."""
        return None

    def _dmesg_lines(self):
        return self.agent.shell(command="dmesg", timeout=30)["out"].splitlines()


class Recorder:
    """What went through a proxy, and what it shall do wrong (see inside/proxy.py)."""

    def __init__(self, agent, name, path):
        self._agent = agent
        self._name = name
        self.path = path

    def rule(self, **rule):
        self._agent.proxy_rule(name=self._name, rule=rule or None)

    def log(self, start=0):
        return self._agent.proxy_log(name=self._name, start=start)

    def commands(self, name):
        """The arguments of all commands of this name, in order."""
        return [entry["arguments"] or {} for entry in self.log() if entry["what"] == "command" and entry["command"] == name]

    def saw(self, what):
        return [entry for entry in self.log() if entry["what"] == what]


def _tail(text, lines):
    return "\n".join(text.splitlines()[-lines:])
