"""bare_listener.py GROUP HUB SOCKET BUS: the limit that the program is measured against. It does nothing but pass on.

GROUP kernel: device_add on the kernel's `bind`, device_del on its `remove`. GROUP udev: on udev's `add` and `remove`.
By hostdevice, over one open connection; no checks, no bookkeeping, answers are thrown away.
"""
import json
import select
import socket
import sys

from uevents import open_socket, parse


def main(group, hub, path, bus):
    events = open_socket({"kernel": 1, "udev": 2}[group])
    come = {"kernel": "bind", "udev": "add"}[group]
    monitor = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    monitor.connect(path)
    monitor.recv(65536)
    monitor.sendall(b'{"execute":"qmp_capabilities"}\n')
    held = {}
    port = 0
    poll = select.poll()
    poll.register(events, select.POLLIN)
    poll.register(monitor, select.POLLIN)
    print("ready", flush=True)
    while True:
        for descriptor, _ in poll.poll():
            if descriptor == monitor.fileno():
                if not monitor.recv(65536):
                    return
                continue
            event = parse(events.recv(65536))
            name = event.get("DEVPATH", "").rsplit("/", 1)[-1]
            if event.get("DEVTYPE") != "usb_device" or not name.startswith(hub + "."):
                continue
            if event["ACTION"] == come and name not in held:
                port = port % 15 + 1
                held[name] = f"bare-{event['BUSNUM']}-{event['DEVNUM']}"
                _send(monitor, "device_add", driver="usb-host", id=held[name], bus=bus, port=str(port),
                      hostdevice=f"/dev/bus/usb/{event['BUSNUM']}/{event['DEVNUM']}")
            elif event["ACTION"] == "remove" and name in held:
                _send(monitor, "device_del", id=held.pop(name))


def _send(monitor, command, **arguments):
    monitor.sendall(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
