"""recorder.py LISTEN UPSTREAM LOG: stands between a client and a QEMU monitor and notes when commands pass and when uevents come.

One thread, one clock, and to be run at a real-time priority (chrt -f): what is measured with it must not wait for it.
LOG gets one JSON object a line: {t, what: "uevent", group, action, path, bus, address} and
{t, what: "connect"|"closed"} and {t, what: "command"|"answer"|"event", ...}.
"""
import json
import os
import select
import socket
import sys
import time

from uevents import open_socket, parse


class Recorder:
    def __init__(self, listen, upstream, log):
        self._upstream = upstream
        self._log = open(log, "w", buffering=1)
        self._poll = select.poll()
        self._handlers = {}
        for group in (1, 2):
            events = open_socket(group)
            events.setblocking(False)
            self._watch(events, lambda now, group=group, events=events: self._uevent(now, group, events))
        if os.path.exists(listen):
            os.unlink(listen)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(listen)
        self._listener.listen(1)
        self._watch(self._listener, self._accept)

    def run(self):
        print("ready", flush=True)
        while True:
            for descriptor, _ in self._poll.poll():
                handler = self._handlers.get(descriptor)
                if handler:
                    handler(time.monotonic())

    def _watch(self, source, handler):
        self._handlers[source.fileno()] = handler
        self._poll.register(source, select.POLLIN)

    def _forget(self, source):
        self._poll.unregister(source)
        del self._handlers[source.fileno()]

    def _uevent(self, now, group, events):
        try:
            event = parse(events.recv(65536))
        except OSError:
            return
        if event.get("DEVTYPE") == "usb_device":
            self._note(now, "uevent", group=group, action=event["ACTION"], path=event["DEVPATH"].rsplit("/", 1)[1],
                       bus=int(event.get("BUSNUM", 0)), address=int(event.get("DEVNUM", 0)))

    def _accept(self, now):
        client, _ = self._listener.accept()
        self._forget(self._listener)  # one client at a time, as QEMU's monitor
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            server.connect(self._upstream)
        except OSError:
            server.close()
            client.close()
            self._watch(self._listener, self._accept)
            return
        self._note(now, "connect")
        pair = _Pair(client, server)
        self._watch(client, lambda now: self._pass(now, pair, client, server, "command"))
        self._watch(server, lambda now: self._pass(now, pair, server, client, "answer"))

    def _pass(self, now, pair, source, target, direction):
        try:
            data = source.recv(65536)
            if data:
                target.sendall(data)
        except OSError:
            data = b""
        if not data:
            self._note(now, "closed")
            for side in (pair.client, pair.server):
                self._forget(side)
                side.close()
            self._watch(self._listener, self._accept)
            return
        for message in pair.messages(source, data):
            what = direction if "event" not in message and "QMP" not in message else "event"
            self._note(now, what, id=message.get("id"), command=message.get("execute"), arguments=message.get("arguments"),
                       error=message.get("error"), event=message.get("event"))

    def _note(self, now, what, **more):
        self._log.write(json.dumps({"t": now, "what": what, **more}) + "\n")


class _Pair:
    """A client and its connection to the monitor, with the incomplete line of each."""

    def __init__(self, client, server):
        self.client = client
        self.server = server
        self._rest = {client: b"", server: b""}

    def messages(self, source, data):
        *lines, self._rest[source] = (self._rest[source] + data).split(b"\n")
        for line in lines:
            try:
                message = json.loads(line)
            except ValueError:
                continue
            if isinstance(message, dict):
                yield message


if __name__ == "__main__":
    Recorder(*sys.argv[1:]).run()
