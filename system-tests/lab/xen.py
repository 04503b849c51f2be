"""Xen's guests: made from an xl configuration, seen on their console, in their QEMU, in xenstore and by xl."""
import json
import re

from lab import wait
from lab.agent import AgentError
from lab.guest import Guest

# what a guest runs: the Linux that tells what it sees, nothing for ever, or a reset six seconds after each start
LINUX = "linux"
HALT = "halt"
RESET = "reset"
# pci=noearly: Linux looks early for an AMD GART on each of 256 buses, by port I/O, of which each costs a trip to QEMU: minutes on a loaded machine
KERNEL = '''kernel="/srv/guest/{kernel}"
ramdisk="/srv/guest/initrd.gz"
cmdline="console={console} quiet mitigations=off nokaslr pci=noearly"
'''
TRACE_LINE = re.compile(r"handle_qmp_command mon \S+ req: (.*)$")
USB_LIST_PORT = re.compile(r"^  Port (\d+):(?: Bus ([0-9a-f]{3}) Device ([0-9a-f]{3}))?$")


class XenGuest(Guest):
    """A domain. `monitor` is a dedicated monitor for the program, None if there is none: then there are libxl's own only.

    `usbctrl` is a list of such entries of xl's configuration, empty for no controller. The lab looks through a monitor of its own, on TCP, which
    disturbs nobody; with own_look=False the domain is as plain as can be, and the lab looks through libxl's monitor under libxl's lock.
    """

    def __init__(self, lab, name, runs=HALT, kind="hvm", usbctrl=("version=3,ports=15",), monitor=False, own_look=True, restricted=False):
        super().__init__(lab, name, runs == LINUX)
        self.kind = kind
        self.monitor = f"/run/xen/qmp-usb-{name}" if monitor else None
        self.trace = f"/run/lab/{name}.trace"
        self._restricted = restricted  # its device model may not even say that it runs
        self._own_look = own_look and kind == "hvm"
        self._config = f"/run/lab/{name}.cfg"  # by its first name, as all its files
        self._text = self._configuration(runs, usbctrl) + ("dm_restrict=1\n" if restricted else "")

    def _configuration(self, runs, usbctrl):
        lines = [f'name="{self.name}"', f'type="{self.kind}"', "vcpus=1", "vnc=0"]
        if runs == LINUX:
            lines.append(f"memory={160 if self.kind == 'hvm' else 128}")
            lines.append(KERNEL.format(kernel="vmlinux" if self.kind == "pvh" else "vmlinuz", console="ttyS0" if self.kind == "hvm" else "hvc0"))
        else:
            lines += ["memory=64", f'disk=["format=raw,vdev=hda,access=rw,target=/run/lab/{self.name}.disk"]']
            self.lab.agent.boot_sector(path=f"/run/lab/{self.name}.disk", code=runs)
        if usbctrl:
            entries = ",".join(f'"{"type=devicemodel," if self.kind == "hvm" else ""}{entry}"' for entry in usbctrl)
            lines.append(f"usbctrl=[{entries}]")
        if self.kind == "hvm":
            lines.append(f'serial="file:{self._console}"')
            arguments = []
            if self.monitor:
                arguments += ["-chardev", f"socket,id=hp,path={self.monitor},server=on,wait=off", "-mon", "chardev=hp,mode=control"]
            if self._own_look:
                arguments += ["-qmp", f"tcp:127.0.0.1:{self._look[1]},server=on,wait=off", "-msg", "timestamp=on",
                              "-trace", "handle_qmp_command", "-D", self.trace]
            if arguments:
                lines.append("device_model_args_hvm=[" + ",".join(f'"{argument}"' for argument in arguments) + "]")
        return "\n".join(lines) + "\n"

    # ---- life

    def start(self, timeout=90):
        """Returns when its device model says that it runs (not when a Linux has booted: for that, up())."""
        self.lab.agent.write(path=self._config, text=self._text)
        self.lab.agent.write(path=self._console, text="")
        if self not in self.lab.guests:
            self.lab.guests.append(self)
        created = self.lab.ssh(f"xl create {self._config}", timeout=timeout)
        assert created["exit"] == 0, f"xl create {self.name}: {created}"
        return self.has_started()

    def has_started(self, after=None, timeout=60):
        """Waits for an instance (other than `after`) whose device model runs, and whose controllers libxl has written."""

        def ready():
            domid = self.domid
            return domid not in (None, after) and (self.kind != "hvm" or self._restricted or self.lab.agent.xen_domains()[domid]["model"] == "running")

        wait.until(f"guest {self.name} to run", ready, timeout, details=self.lab.agent.xen_domains)
        return self

    @property
    def domid(self):
        """As text; None when there is no such domain. While one instance replaces another it is the newer one's."""
        found = [domid for domid, facts in self.lab.agent.xen_domains().items() if facts["name"] == self.name]
        return max(found, key=int) if found else None

    def running(self):
        return self.domid is not None

    def rename(self, name):
        self.lab.xl("rename", self.name, name)
        self.name = name

    def reboot(self, timeout=60):
        """As an administrator would; returns when the new instance runs."""
        before = self.domid
        self.lab.xl("reboot", self.name)
        return self.has_started(after=before, timeout=timeout)

    def quit(self, timeout=60):
        """xl destroy, also of one that is just being replaced by its next instance: that can come as long as there is the xl that waits for its end."""

        def gone():
            if self.running():
                self.lab.ssh(f"xl destroy {self.name}", timeout=timeout)
                return False
            return self.lab.ssh(f"pgrep -f '^xl create [/]{self._config[1:]}'")["exit"] == 1

        self._drop_look()
        wait.until(f"guest {self.name} to be destroyed", gone, timeout, 0.5)
        if self in self.lab.guests:
            self.lab.guests.remove(self)

    # ---- what its QEMU holds

    def holds(self):
        """All usb-host objects; None while there is no QEMU to ask."""
        try:
            return self.lab.agent.usb_hosts(address=self._look) if self._own_look else self.lab.agent.xen_usb_hosts(domid=self.domid)
        except AgentError:
            self._drop_look()
            return None

    def commands(self):
        """Every QMP command that its QEMU has got so far, over whichever monitor, also the lab's own: {execute, arguments, ...}."""
        found = map(TRACE_LINE.search, self.lab.agent.read(path=self.trace).splitlines())
        return [json.loads(match[1]) for match in found if match]

    def _drop_look(self):
        self.lab.agent.qmp_close(address=self._look)

    def stderr(self):
        return self.lab.ssh(f"cat /var/log/xen/qemu-dm-{self.name}.log")["out"]

    # ---- what libxl has noted

    def ledger(self):
        """libxl's controllers in xenstore, see inside/xen.py; {} while there is no such domain."""
        domid = self.domid
        return self.lab.agent.xen_controllers(domid=domid) if domid else {}

    def noted(self):
        """What xenstore says of the ports in use: {(controller, port): bus id}."""
        return {(number, port): device for number, controller in self.ledger().items() for port, device in controller["ports"].items() if device}

    def usb_list(self):
        """The same as `xl usb-list` has it: {(controller, port): (bus, address)}. Its numbers are hexadecimal."""
        found, controller, header = {}, None, False
        for line in self.lab.xl("usb-list", self.name)["out"].splitlines():
            port = USB_LIST_PORT.match(line)
            if port:
                if port[2]:
                    found[controller, port[1]] = (int(port[2], 16), int(port[3], 16))
            elif header:
                controller = line.split()[0]
            header = line.startswith("Devid")
        return found

    def holds_exactly(self, *devices, timeout=45):
        """Waits until QEMU, xenstore and sysfs agree that it has exactly these devices, as they are plugged now; then xl must say so, too."""

        def fits():
            usb = self.lab.agent.usb()
            held = self.holds()
            if held is None:
                return False
            noted = self.noted()
            return len(held) == len(noted) and places(held, usb) == noted and sorted(noted.values()) == sorted(device.path for device in devices)

        def found():
            return f"QEMU holds {self.holds()}, xenstore has {self.noted()}, the machine {self.lab.agent.usb()}"

        wait.until(f"guest {self.name} to hold exactly {list(devices)}", fits, timeout, 0.3, details=found)
        usb = self.lab.agent.usb()
        wanted = {place: (usb[path]["bus"], usb[path]["address"]) for place, path in self.noted().items()}
        listed = self.usb_list()
        assert listed == wanted, f"xl usb-list says {listed}, xenstore {wanted}"

    def keeps_ledger(self, controllers=None):
        """No controller is in xenstore only, none in QEMU only: no ghosts. With `controllers`, there are so many."""
        noted = sorted(f"xenusb-{number}" for number, controller in self.ledger().items() if controller["type"] == "devicemodel")
        real = sorted(controller["id"] for controller in self.controllers() if controller["id"].startswith("xenusb-"))
        assert noted == real, f"controllers in xenstore {noted}, in QEMU {real}"
        assert controllers is None or len(noted) == controllers, f"wanted {controllers} controllers: {noted}"

    def clear(self):
        """Takes everything away from it, also what only xenstore knows of."""
        for entry in self.holds() or ():
            self.qmp("device_del", id=entry["path"])
        domid = self.domid
        for number, port in self.noted():
            self.lab.agent.xenstore_write(path=f"/libxl/{domid}/device/vusb/{number}/port/{port}", value="")
        wait.until(f"guest {self.name} to be empty", lambda: self.holds() == [], 20)
        if self.linux:
            self.sees()


def number_of(entry):
    """Bus and address of what a usb-host object was made for, by hostdevice or by hostbus and hostaddr."""
    if entry["hostdevice"]:
        return tuple(int(part) for part in entry["hostdevice"].split("/")[-2:])
    return entry["hostbus"], entry["hostaddr"]


def places(held, usb):
    """What usb-host objects hold, as libxl would note it: {(controller, port): bus id}. What is not plugged in any more has no bus id: None."""
    paths = {(facts["bus"], facts["address"]): path for path, facts in usb.items()}
    found = {}
    for entry in held:
        bus = re.search(r"xenusb-(\d+)\.0$", entry["parent_bus"] or "")
        found[bus[1] if bus else entry["parent_bus"], entry["port"]] = paths.get(number_of(entry))
    return found
