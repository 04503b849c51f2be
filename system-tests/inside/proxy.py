"""A recording proxy before a QEMU monitor, which can also misbehave on request."""
import json
import os
import socket
import threading
import time


class Proxy:
    """Passes lines between a client and the monitor behind it, and notes each with the time at which it came.

    `rule` says what goes wrong:
      None                                          nothing
      {"hold": true}                                clients are accepted and hear nothing
      {"cut": "device_add", "when": "before"}       the connection is closed instead of passing this command on
      {"cut": "device_add", "when": "after"}        ... after QEMU has done it, before the client hears so
    A cut happens once; then the rule is gone.
    """

    def __init__(self, listen, upstream):
        self.rule = None
        self.log = []
        self._upstream = upstream
        self._path = listen
        self._connections = set()
        if os.path.exists(listen):
            os.unlink(listen)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(listen)
        self._listener.listen(1)
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self._listener.close()
        if os.path.exists(self._path):
            os.unlink(self._path)
        for connection in list(self._connections):
            _shut(connection)

    def _serve(self):
        number = 0
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            number += 1
            self._note(number, "connect")
            self._connections.add(client)
            while self.rule and self.rule.get("hold"):
                time.sleep(0.05)
            self._relay(number, client)
            self._connections.discard(client)
            client.close()
            self._note(number, "closed")

    def _relay(self, number, client):
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            server.connect(self._upstream)
        except OSError as error:
            self._note(number, "upstream-failed", error=str(error))
            server.close()
            return
        connection = _Connection(self, number, client, server)
        back = threading.Thread(target=connection.answers, daemon=True)
        back.start()
        connection.commands()
        _shut(server)
        _shut(client)
        back.join(5)
        server.close()

    def _note(self, number, what, **more):
        self.log.append({"t": time.monotonic(), "connection": number, "what": what, **more})


class _Connection:
    def __init__(self, proxy, number, client, server):
        self.proxy, self.number, self.client, self.server = proxy, number, client, server
        self.muted = None
        self.answered = threading.Event()

    def commands(self):
        for now, line in _lines(self.client):
            message = _parse(line)
            name = message.get("execute")
            self.proxy.log.append({"t": now, "connection": self.number, "what": "command", "command": name,
                                   "id": message.get("id"), "arguments": message.get("arguments")})
            rule = self.proxy.rule
            if rule and rule.get("cut") == name:
                self.proxy.rule = None
                self.proxy._note(self.number, "cut", command=name, when=rule["when"])
                if rule["when"] == "after":
                    self.muted = message.get("id")
                    if self._send(line):
                        self.answered.wait(10)
                return
            if not self._send(line):
                return

    def answers(self):
        for now, line in _lines(self.server):
            message = _parse(line)
            what = "event" if "event" in message else "greeting" if "QMP" in message else "answer"
            self.proxy.log.append({"t": now, "connection": self.number, "what": what, "id": message.get("id"),
                                   "event": message.get("event"), "data": message.get("data"), "error": message.get("error")})
            if self.muted is not None and message.get("id") == self.muted:
                self.answered.set()
                return
            try:
                self.client.sendall(line)
            except OSError:
                return
        _shut(self.client)

    def _send(self, line):
        try:
            self.server.sendall(line)
            return True
        except OSError:
            return False


def _lines(source):
    buffer = b""
    while True:
        try:
            data = source.recv(65536)
        except OSError:
            return
        now = time.monotonic()
        if not data:
            return
        buffer += data
        while b"\n" in buffer:
            line, buffer = buffer.split(b"\n", 1)
            if line.strip():
                yield now, line + b"\n"


def _parse(line):
    try:
        message = json.loads(line)
        return message if isinstance(message, dict) else {}
    except ValueError:
        return {}


def _shut(connection):
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
