"""Plugging: real hot-plug, by adding devices to the machine's controllers from outside."""
import os

from lab import wait
from lab.qmp import QmpError

# what can be plugged: the emulated device, what it shows as, and on which of the machine's buses it appears
KINDS = {
    "hub": ("usb-hub", "0409:55aa", 2),
    "keyboard": ("usb-kbd", "0627:0001", 2),
    "mouse": ("usb-mouse", "0627:0001", 2),
    "tablet": ("usb-tablet", "0627:0001", 2),
    "wacom": ("usb-wacom-tablet", "056a:0000", 2),
    "ccid": ("usb-ccid", "08e6:4433", 2),
    "serial": ("usb-serial", "0403:6001", 2),
    "stick": ("usb-storage", "46f4:0001", 3),
}


class Device:
    """A plugged device: where it is (`path`, as in sysfs) and what it is (`usb_id`)."""

    def __init__(self, kind, port):
        self.kind = kind
        self.port = port
        self.driver, self.usb_id, bus = KINDS[kind]
        self.path = f"{bus}-{port}"
        self.name = "lab-" + port.replace(".", "-")

    def __repr__(self):
        return f"{self.kind} at {self.path}"


class Plugboard:
    """The ports of the machine's xHCI: "3" is its port 3, "1.2" is port 2 of a hub at its port 1."""

    def __init__(self, machine, agent):
        self._machine = machine
        self._agent = agent
        self.plugged = {}

    def plug(self, port, kind="keyboard", settle=True):
        """Plugs a device; with settle, waits until the machine's kernel has configured it."""
        device = Device(kind, port)
        arguments = {"driver": device.driver, "id": device.name, "bus": "xhci.0", "port": port}
        if kind == "stick":
            arguments["drive"] = self._medium(device.name)
        if kind == "serial":
            self._machine.qmp.execute("chardev-add", {"id": device.name + "-chr", "backend": {"type": "null", "data": {}}})
            arguments |= {"chardev": device.name + "-chr", "always-plugged": True}
        self._machine.qmp.execute("device_add", arguments)
        self.plugged[port] = device
        if settle:
            self.settle(device)
        return device

    def settle(self, device, timeout=20):
        wait.until(f"{device} in the machine", lambda: self._agent.usb().get(device.path, {}).get("configured"), timeout)

    def unplug(self, port, settle=True):
        """Pulls what is at a port; a hub goes with all that is below it."""
        gone = {at: device for at, device in self.plugged.items() if at == port or at.startswith(port + ".")}
        self._machine.qmp.execute("device_del", {"id": gone[port].name})
        for at, device in gone.items():
            del self.plugged[at]
            self._discard(device)
        if settle:
            paths = [device.path for device in gone.values()]
            wait.until(f"{paths} gone in the machine", lambda: not set(paths) & set(self._agent.usb()), 20)

    def unplug_all(self):
        for port in sorted(self.plugged, key=len):
            if port in self.plugged:
                self.unplug(port)

    def _medium(self, name):
        path = os.path.join(self._machine.folder, name + ".img")
        with open(path, "wb") as file:
            file.truncate(8 << 20)
        self._machine.qmp.execute("blockdev-add", {"driver": "file", "filename": path, "node-name": name + "-drv"})
        return name + "-drv"

    def _discard(self, device):
        """Takes back what was made beside the device; QEMU needs a moment until it lets go."""
        if device.kind == "stick":
            command, arguments = "blockdev-del", {"node-name": device.name + "-drv"}
        elif device.kind == "serial":
            command, arguments = "chardev-remove", {"id": device.name + "-chr"}
        else:
            return

        def removed():
            try:
                self._machine.qmp.execute(command, arguments)
                return True
            except QmpError:
                return False

        wait.until(f"{device}'s back end to be free", removed, 20)
