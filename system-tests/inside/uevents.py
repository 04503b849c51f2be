"""Listening to a netlink group of uevents: 1 is the kernel's, 2 is udev's."""
import socket
import struct
import threading
import time


def open_socket(group):
    listener = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, 15)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    listener.bind((0, group))
    return listener


def parse(data):
    """The KEY=VALUE pairs of a message of either group."""
    if data.startswith(b"libudev\0"):
        data = data[struct.unpack_from("I", data, 16)[0]:]
    return dict(item.split("=", 1) for item in data.decode("utf-8", "replace").split("\0") if "=" in item)


class UeventLog:
    """Notes the time of each event of a USB device in a thread of its own."""

    def __init__(self, group):
        self.log = []
        self._socket = open_socket(group)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                data = self._socket.recv(65536)
            except OSError:
                continue  # ENOBUFS: the log has a gap, which the reader will notice as a missing event
            now = time.monotonic()
            event = parse(data)
            if event.get("DEVTYPE") == "usb_device":
                self.log.append({"t": now, "action": event["ACTION"], "path": event["DEVPATH"].rsplit("/", 1)[1],
                                 "bus": int(event.get("BUSNUM", 0)), "address": int(event.get("DEVNUM", 0))})
