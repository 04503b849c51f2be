"""A proxy before a unix socket that passes bytes on, cuts all connections at once, or refuses new ones."""
import os
import socket
import threading


class StreamProxy:
    """`refuse` ends each new client at once; cut() ends those that are there. `connections` counts all that ever came."""

    def __init__(self, listen, upstream):
        self.refuse = False
        self.connections = 0
        self._upstream = upstream
        self._path = listen
        self._pairs = set()
        if os.path.exists(listen):
            os.unlink(listen)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(listen)
        self._listener.listen(8)
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(self):
        """Returns how many connections there were."""
        pairs = list(self._pairs)
        for pair in pairs:
            for side in pair:
                _shut(side)
        return len(pairs)

    def close(self):
        _shut(self._listener)
        self._listener.close()
        if os.path.exists(self._path):
            os.unlink(self._path)
        self.cut()

    def _serve(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            if self.refuse:
                client.close()
                continue
            server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                server.connect(self._upstream)
            except OSError:
                client.close()
                server.close()
                continue
            pair = (client, server)
            self._pairs.add(pair)
            for source, target in (pair, pair[::-1]):
                threading.Thread(target=self._pass, args=(pair, source, target), daemon=True).start()

    def _pass(self, pair, source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        self._pairs.discard(pair)
        for side in pair:
            _shut(side)


def _shut(side):
    try:
        side.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
