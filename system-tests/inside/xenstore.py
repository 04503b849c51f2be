"""A small client of xenstored's socket: the lab's own look at what libxl and the program write there."""
import itertools
import os
import socket
import struct

HEADER = struct.Struct("<IIII")
TYPES = {"CONTROL": 0, "DIRECTORY": 1, "READ": 2, "GET_PERMS": 3, "WATCH": 4, "UNWATCH": 5, "TRANSACTION_START": 6, "TRANSACTION_END": 7,
         "GET_DOMAIN_PATH": 10, "WRITE": 11, "MKDIR": 12, "RM": 13, "SET_PERMS": 14, "WATCH_EVENT": 15, "ERROR": 16,
         "IS_DOMAIN_INTRODUCED": 17, "RESET_WATCHES": 21, "DIRECTORY_PART": 22, "GET_FEATURE": 23}
NAMES = {number: name for name, number in TYPES.items()}
SOCKET = "/run/xenstored/socket"


class XenstoreError(Exception):
    """xenstored's answer was an error: its name, such as ENOENT."""


class Xenstore:
    """One connection. `events` are the watch events that came meanwhile, as (path, token)."""

    def __init__(self, path=None, timeout=20.0):
        self.events = []
        self._ids = itertools.count(1)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(timeout)
        self._socket.connect(path or os.environ.get("XENSTORED_PATH") or SOCKET)

    def close(self):
        self._socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def read(self, path):
        """The value as text, None if there is no such node."""
        try:
            return self.ask("READ", path.encode() + b"\0").decode("utf-8", "backslashreplace")
        except XenstoreError as error:
            if str(error) == "ENOENT":
                return None
            raise

    def names(self, path):
        """The children's names, sorted; none if there is no such node."""
        try:
            return sorted(name.decode() for name in self.ask("DIRECTORY", path.encode() + b"\0").split(b"\0") if name)
        except XenstoreError as error:
            if str(error) == "ENOENT":
                return []
            raise

    def tree(self, path):
        """path -> value of a node and all below it; empty if there is none. What vanishes meanwhile is left out."""
        value = self.read(path)
        found = {} if value is None else {path: value}
        for name in self.names(path):
            found |= self.tree(f"{path.rstrip('/')}/{name}")
        return found

    def write(self, path, value):
        self.ask("WRITE", path.encode() + b"\0" + value.encode())

    def remove(self, path):
        try:
            self.ask("RM", path.encode() + b"\0")
        except XenstoreError as error:
            if str(error) != "ENOENT":
                raise

    def ask(self, kind, payload, transaction=0):
        number = next(self._ids)
        self._socket.sendall(HEADER.pack(TYPES[kind], number, transaction, len(payload)) + payload)
        while True:
            answer, request, _, data = self.receive()
            if answer == TYPES["WATCH_EVENT"]:
                path, token = data.split(b"\0")[:2]
                self.events.append((path.decode(), token.decode()))
            elif request == number:
                if answer == TYPES["ERROR"]:
                    raise XenstoreError(data.rstrip(b"\0").decode())
                return data

    def receive(self):
        """The next message: type, request, transaction, payload."""
        answer, request, transaction, length = HEADER.unpack(self._exactly(HEADER.size))
        return answer, request, transaction, self._exactly(length)

    def _exactly(self, length):
        data = b""
        while len(data) < length:
            more = self._socket.recv(length - len(data))
            if not more:
                raise ConnectionError("xenstored closed the connection")
            data += more
        return data
