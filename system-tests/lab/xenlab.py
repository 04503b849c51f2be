"""The machine as a Xen host."""
import contextlib
import re
import shlex

from lab import wait
from lab.lab import Lab
from lab.xen import LINUX, XenGuest

FACTS = """
echo kernel $(uname -r)
echo Xen $(xl info xen_version), $(dpkg-query -W -f '${Package} ${Version}' xen-utils-4.17), $(basename $(readlink /proc/$(cat /run/xenstore.pid)/exe))
/usr/libexec/xen-qemu-system-i386 --version | head -1
java -version 2>&1 | sed -n 2p
"""

# which guest, and where it stood: at an address in Xen (e008:) when the emulation had mixed up its registers and Xen's
TRIPLE_FAULT = re.compile(r"^\(XEN\) (d\d+)v\d+ Triple fault\b.*(?:(?:\n(?!\(XEN\) d\d+v\d+ ).*){0,6}?\n\(XEN\) RIP: +(\S+))?", re.MULTILINE)
# with "noreboot", what Xen says last
XEN_PANIC = re.compile(r"^\(XEN\) (Panic on CPU.*\n.*|.*Manual reset required.*)$", re.MULTILINE)


class XenLab(Lab):
    """As a Lab, with guests of Xen. `hypervisor` is what the program shall use; a scenario that runs for each sets it."""

    hypervisor = None

    def start(self):
        super().start()
        wait.until("xenstored", lambda: self.ssh("xenstore-exists /local/domain/0/name")["exit"] == 0, 60)

    def facts(self):
        return self.agent.shell(command=FACTS, timeout=30)["out"].splitlines()

    # ---- for scenarios

    def new_guest(self, name, **options):
        return XenGuest(self, name, **options).start()

    def _new_kept(self):
        return self.new_guest("talk", runs=LINUX)

    def attach(self, guest, *arguments, **options):
        """Starts the program for a guest, at its own monitor if it has one."""
        monitor = ("-s", guest.monitor) if guest.monitor and self.hypervisor != "xl" else ()
        return self.serve(guest.name, *monitor, *arguments, **options)

    def serve(self, name, *arguments, **options):
        """Starts the program for the guest of this name, which may not exist yet."""
        return self.tool("-d", name, *(("--hypervisor", self.hypervisor) if self.hypervisor else ()), *arguments, **options)

    def xl(self, *arguments, fails=False, timeout=60):
        """Runs xl, which must succeed (or fail): {exit, out, err}."""
        done = self.ssh("xl " + shlex.join(map(str, arguments)), timeout=timeout)
        assert (done["exit"] != 0) == fails, f"xl {' '.join(map(str, arguments))}: {done}"
        return done

    def xl_attach(self, guest, device, *more, fails=False):
        """xl usbdev-attach of a plugged device."""
        facts = self.agent.usb()[device.path]
        return self.xl("usbdev-attach", guest.name, f"hostbus={facts['bus']}", f"hostaddr={facts['address']}", *more, fails=fails)

    @contextlib.contextmanager
    def xenstored_proxy(self, name="xenstored"):
        """A proxy before xenstored's socket; gives a Cuttable whose `path` is for XENSTORED_PATH."""
        path = f"/run/lab/{name}.socket"
        self.agent.stream_start(name=name, listen=path, upstream="/run/xenstored/socket")
        try:
            yield Cuttable(self.agent, name, path)
        finally:
            self.agent.proxy_stop(name=name)

    # ---- around each scenario

    def begin(self):
        super().begin()
        self.ssh("xl dmesg -c")  # what is there later is of this scenario

    def excuse(self):
        """A guest's triple fault, or Xen's own end (README.md, "A fault of the emulation"). No scenario's guest makes one: those that reset do it at a port."""
        found = [f"Xen itself ended: {line.strip()}" for line in XEN_PANIC.findall(self.machine.console())[:1]]
        with contextlib.suppress(Exception):  # a machine that is lost tells no more
            said = self.ssh("xl dmesg")["out"]
            found += [f"triple fault of {domain} at {place or 'an unknown place'}" for domain, place in TRIPLE_FAULT.findall(said)]
        return "; ".join(found) or None

    # ---- clearing up

    def end(self):
        super().end()
        self.hypervisor = None
        left = self.agent.xen_domains()
        mine = {guest.name for guest in self.guests}
        assert all(facts["name"] in mine for facts in left.values()), f"domains left over: {left}"

    def _clear_kept(self):
        """The shared guest stays if it can be made as it was: its own controller, and nothing on it."""
        guest = self._kept
        if guest is None:
            return
        if guest.running():
            guest.clear()
            for number in set(guest.ledger()) - {"0"}:
                self.ssh(f"xl usbctrl-detach {guest.name} {number}")
            with contextlib.suppress(AssertionError):
                wait.until("the shared guest's own controller to be alone", lambda: len(guest.controllers()) == 1 and set(guest.ledger()) == {"0"}, 20)
                return
        guest.quit()
        self._kept = None

    def evidence(self):
        more = []
        with contextlib.suppress(Exception):
            more = ["xenstore, vusb\n" + "\n".join(f"{guest.name} {guest.domid} {guest.noted()} of {sorted(guest.ledger())}" for guest in self.guests),
                    "xl list\n" + self.ssh("xl list")["out"], "Xen's console\n" + self.ssh("xl dmesg | grep -A 14 'Triple fault'; xl dmesg | tail -15")["out"],
                    "xl's daemons\n" + self.ssh("tail -n 8 /var/log/xen/xl-*.log")["out"]]
        return "\n".join([super().evidence(), *more])


class Cuttable:
    """A proxy before a socket that passes bytes on (inside/stream_proxy.py)."""

    def __init__(self, agent, name, path):
        self._agent = agent
        self._name = name
        self.path = path

    def cut(self):
        """Cuts all connections; returns how many there were."""
        return self._agent.stream_cut(name=self._name)

    def refuse(self, refuse=True):
        self._agent.stream_refuse(name=self._name, refuse=refuse)

    def connections(self):
        """How many there ever were."""
        return self._agent.stream_connections(name=self._name)
