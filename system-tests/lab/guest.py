"""Guests inside the machine, to which the program attaches devices."""
import collections
import re

from lab import wait

# what a guest's kernel says of the devices at a port (root hubs are "usb usb1"): a number was given, it was identified, it is gone
CONSOLE_LINE = re.compile(r"\] usb (\d+-[\d.]+): (?:"
                          r"new \S+(?: Plus Gen \S+)? USB device number (\d+)|"
                          r"New USB device found, idVendor=([0-9a-f]{4}), idProduct=([0-9a-f]{4})|"
                          r"USB disconnect, device number \d+)")


class Guest:
    """A guest, seen with the lab's own eyes: its console, the object tree of its QEMU (over a monitor of the lab's own), the machine's sysfs.

    Those that extend it start and end it, and set `name`, `linux` (whether it is one, which tells on its console what it sees), `monitor` (for the
    program), `_console` and `_look`.
    """

    _next_port = 5000

    def __init__(self, lab, name, linux):
        self.lab = lab
        self.name = name
        self.linux = linux
        self._console = f"/run/lab/{name}.console"
        Guest._next_port += 1
        self._look = ["127.0.0.1", Guest._next_port]

    def up(self, timeout=600):
        wait.until(f"guest {self.name} to boot", self.booted, timeout, 1, details=lambda: "console: " + self.console()[-800:])
        return self

    def booted(self):
        return "GUEST-UP" in self.console()

    def qmp(self, command, **arguments):
        return self.lab.agent.qmp(address=self._look, command=command, arguments=arguments)

    # ---- what the guest itself sees

    def console(self):
        return self.lab.agent.read(path=self._console)

    def seen(self):
        """The devices on the guest's console, as a sorted list of vendor:product."""
        return sorted(entry.split("=")[1].split("#")[0] for entry in self.seen_entries())

    def seen_entries(self):
        """Likewise with the guest's port and device number, which tells a re-plug: "1-1=0627:0001#2"."""
        numbers, found = {}, {}
        for port, number, vendor, product in CONSOLE_LINE.findall(self.console()):
            if number:
                numbers[port] = number
            elif vendor:
                found[port] = f"{port}={vendor}:{product}#{numbers[port]}"
            else:
                found.pop(port, None)
        return sorted(found.values())

    def sees(self, *devices, timeout=60):
        """Waits until the guest's console shows exactly these devices (Device or "vendor:product")."""
        wanted = sorted(getattr(device, "usb_id", device) for device in devices)
        wait.until(f"guest {self.name} to see exactly {wanted}", lambda: self.seen() == wanted, timeout, 0.3,
                   details=lambda: f"it sees {self.seen_entries()}, QEMU holds {self.holds()}")

    # ---- what its QEMU holds

    def holds(self):
        """All usb-host objects, see inside/qom.py."""
        return self.lab.agent.usb_hosts(address=self._look)

    def controllers(self):
        return self.lab.agent.controllers(address=self._look)

    def held_nodes(self):
        """Device nodes of all usb-host objects that name their device, sorted."""
        return sorted(entry["hostdevice"] or f"/dev/bus/usb/{entry['hostbus']:03}/{entry['hostaddr']:03}" for entry in self.holds())

    def holds_exactly(self, *devices, timeout=30):
        """Waits until there is exactly one usb-host object for each of these devices, as they are plugged now."""

        def fits():
            usb = self.lab.agent.usb()
            if not all(device.path in usb for device in devices):
                return False
            wanted = sorted("/dev/bus/usb/{bus:03}/{address:03}".format(**usb[device.path]) for device in devices)
            return self.held_nodes() == wanted

        wait.until(f"guest {self.name} to hold exactly {list(devices)}", fits, timeout, 0.3,
                   details=lambda: f"it holds {self.held_nodes()}, the machine has {self.lab.agent.usb()}")

    def no_device_twice(self):
        doubles = [node for node, count in collections.Counter(self.held_nodes()).items() if count > 1]
        assert not doubles, f"held twice: {doubles}"

    def clear(self):
        """Takes everything away from it, so that the next scenario starts with an empty guest."""
        for entry in self.holds():
            self.qmp("device_del", id=entry["path"])
        wait.until(f"guest {self.name} to be empty", lambda: not self.holds(), 20)
        if self.linux:
            self.sees()


class QemuGuest(Guest):
    """An inner QEMU. `monitor` is for the program; the lab looks through a monitor of its own, on TCP.

    With linux=True it runs a kernel which tells on its console what it sees; else it stands at its first instruction (-S),
    which is enough to attach to and starts at once.
    """

    def __init__(self, lab, name, linux=False, machine="q35", devices=("qemu-xhci,id=xhci,p2=15,p3=15",), extra=()):
        super().__init__(lab, name, linux)
        self.monitor = f"/run/lab/{name}.qmp"
        self._process = "qemu-" + name
        self._argv = ["qemu-system-x86_64", "-name", name, "-M", machine, "-accel", "tcg", "-display", "none", "-nodefaults",
                      "-no-user-config", "-qmp", f"unix:{self.monitor},server=on,wait=off",
                      "-qmp", f"tcp:127.0.0.1:{self._look[1]},server=on,wait=off"]
        for device in devices:
            self._argv += ["-device", device]
        if linux:
            self._argv += ["-m", "160", "-kernel", "/srv/guest/vmlinux", "-initrd", "/srv/guest/initrd.gz",
                           "-append", "console=ttyS0 quiet mitigations=off nokaslr", "-serial", f"file:{self._console}"]
        else:
            self._argv += ["-m", "64", "-S"]
        self._argv += list(extra)

    def start(self, timeout=30):
        """Returns when the monitors are there (not when a Linux has booted: for that, up())."""
        self.lab.agent.write(path=self._console, text="")
        self.lab.ssh(f"rm -f {self.monitor}")  # of a QEMU that was not allowed to remove it
        self.pid = self.lab.agent.spawn(name=self._process, argv=self._argv)["pid"]
        self.lab.guests.append(self)

        def ready():
            assert self.running(), f"the inner QEMU {self.name} ended: {self.stderr()}"
            return self.lab.agent.exists(path=self.monitor)

        wait.until(f"the monitor of guest {self.name}", ready, timeout)
        return self

    def running(self):
        return self.lab.agent.status(name=self._process) is None

    def quit(self, timeout=20):
        """Ends QEMU as an administrator would, and waits until it is gone."""
        if self.running():
            self.lab.agent.signal(name=self._process, number=15)
            if self.lab.agent.wait(name=self._process, timeout=timeout) is None:
                self.lab.agent.signal(name=self._process, number=9)
                self.lab.agent.wait(name=self._process, timeout=timeout)
        self.lab.agent.qmp_close(address=self._look)
        if self in self.lab.guests:
            self.lab.guests.remove(self)

    def stderr(self):
        return self.lab.agent.read(path=f"/run/lab/{self._process}.err")
