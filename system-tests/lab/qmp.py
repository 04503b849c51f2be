"""A small QMP client. Also sent into the machine, where the agent uses it on the inner QEMU."""
import collections
import itertools
import json
import socket
import time


class QmpError(Exception):
    """QEMU's answer was an error."""

    def __init__(self, command, error):
        super().__init__(f"{command}: {error.get('class')}: {error.get('desc')}")
        self.error_class = error.get("class")
        self.desc = error.get("desc")


class Qmp:
    """One connection, to the path of a unix socket or to (host, port).

    Commands wait for their answer by id; events that come meanwhile are kept in `events`.
    """

    def __init__(self, address, timeout=20.0):
        self.events = collections.deque(maxlen=1000)
        self._ids = itertools.count(1)
        self._buffer = b""
        self._socket = socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET, socket.SOCK_STREAM)
        try:
            self._socket.settimeout(timeout)
            self._socket.connect(address if isinstance(address, str) else tuple(address))
            self.greeting = self._read(time.monotonic() + timeout)
            self.execute("qmp_capabilities", timeout=timeout)
        except BaseException:
            self._socket.close()
            raise

    def close(self):
        self._socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def execute(self, command, arguments=None, timeout=20.0):
        """Returns the value; raises QmpError for an error answer, OSError when the monitor is gone or late."""
        number = f"lab-{next(self._ids)}"
        request = {"execute": command, "id": number}
        if arguments:
            request["arguments"] = arguments
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        deadline = time.monotonic() + timeout
        while True:
            message = self._read(deadline)
            if "event" in message:
                self.events.append(message)
            elif message.get("id") == number:
                if "error" in message:
                    raise QmpError(command, message["error"])
                return message["return"]

    def _read(self, deadline):
        while b"\n" not in self._buffer:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("no answer from the monitor")
            self._socket.settimeout(left)
            data = self._socket.recv(65536)
            if not data:
                raise ConnectionError("the monitor closed the connection")
            self._buffer += data
        line, self._buffer = self._buffer.split(b"\n", 1)
        return json.loads(line)
