"""The lab's hands in the machine: a client of inside/agent.py over one ssh connection."""
import json
import os
import selectors
import subprocess
import time

from lab.qmp import QmpError

INSIDE = "/srv/lab"


class AgentLost(Exception):
    """The machine no longer answers: nothing after this can be trusted."""


class AgentError(AssertionError):
    """The agent could not do what it was asked for."""


class Agent:
    """agent.usb(), agent.shell(command="..."), ...: every method of inside/agent.py, with keyword arguments."""

    def __init__(self, machine):
        self._machine = machine
        self._process = None
        self._buffer = b""

    def start(self):
        here = os.path.dirname(os.path.abspath(__file__))
        self._machine.copy_in(os.path.join(os.path.dirname(here), "inside"), INSIDE)
        with open(os.path.join(here, "qmp.py"), "rb") as file:
            self._machine.ssh(f"cat > {INSIDE}/qmp.py", stdin=file.read(), check=True)
        self._process = subprocess.Popen(self._machine.ssh_command() + [f"exec python3 -u {INSIDE}/agent.py"],
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        os.set_blocking(self._process.stdout.fileno(), False)
        self.ping()

    def stop(self):
        if self._process is None:
            return
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda **arguments: self._ask(name, arguments)

    def _ask(self, name, arguments):
        limit = arguments.get("timeout") or 30
        try:
            self._process.stdin.write(json.dumps({"do": name, "with": arguments}).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise AgentLost(f"the agent in the machine is gone: {error}") from error
        answer = json.loads(self._line(time.monotonic() + limit + 30, name))
        if "qmp" in answer:
            raise QmpError(name, answer["qmp"])
        if "error" in answer:
            raise AgentError(f"{name}: {answer['error']}")
        return answer["value"]

    def _line(self, deadline, name):
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise AgentLost(f"no answer from the machine to {name}")
                data = self._process.stdout.read(1 << 20)
                if data == b"":
                    raise AgentLost("the agent in the machine ended")
                self._buffer += data or b""
        line, self._buffer = self._buffer.split(b"\n", 1)
        return line
