"""The program under test, running in the machine."""
import re

from lab import wait

HOME = "/opt/auto-usb-attach"
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


class Tool:
    """One start of it. `out` and `err` are what it wrote so far."""

    _count = 0

    def __init__(self, lab, arguments, env=None, prefix=()):
        Tool._count += 1
        self.lab = lab
        self.name = f"tool-{Tool._count}"
        self.arguments = list(arguments)
        started = lab.agent.spawn(name=self.name, argv=[*prefix, f"{HOME}/bin/auto-usb-attach", *self.arguments], env=env)
        self.pid = started["pid"]
        self.started = started["time"]
        lab.tools.append(self)

    @property
    def out(self):
        return self.lab.agent.read(path=f"/run/lab/{self.name}.out")

    @property
    def err(self):
        return self.lab.agent.read(path=f"/run/lab/{self.name}.err")

    @property
    def said(self):
        return self.out + self.err

    def running(self):
        return self.lab.agent.status(name=self.name) is None

    def ends(self, *codes, timeout=40):
        """Waits until it ends by itself; the exit code must be one of these."""
        code = self.lab.agent.wait(name=self.name, timeout=timeout)
        assert code is not None, f"did not end within {timeout} s: {self.arguments}"
        assert code in codes, f"exit code {code}, wanted {codes}: {self.arguments}: {self.err[-500:]}"
        self._forget()

    def stop(self, timeout=15):
        """Ctrl-C. It must end in time (2 s; this machine is ten times slower than a real one) and by itself."""
        if self.running():
            self.lab.agent.signal(name=self.name, number=2, group=True)
            code = self.lab.agent.wait(name=self.name, timeout=timeout)
            assert code is not None, f"did not end within {timeout} s of Ctrl-C"
            assert code in (0, 130), f"ended with {code} after Ctrl-C"
        self._forget()

    def kill9(self):
        """kill -9, launcher and JVM."""
        self.lab.agent.signal(name=self.name, number=9, group=True)
        self.lab.agent.wait(name=self.name, timeout=10)
        self._forget()

    def says(self, pattern, timeout=30):
        """Waits for output (either stream) that matches a regular expression, ignoring case."""
        wait.until(f"the program to say /{pattern}/", lambda: re.search(pattern, self.said, re.IGNORECASE), timeout, 0.3,
                   details=lambda: f"it said: {self.said[-1500:]}")

    def printed_safely(self):
        """No control or direction-changing character in anything it wrote."""
        for stream, text in (("stdout", self.out), ("stderr", self.err)):
            found = CONTROL.search(text)
            assert not found, f"{stream} has raw {found.group()!r} in {text[max(0, found.start() - 60):found.end() + 20]!r}"

    def no_stack_trace(self):
        assert not re.search(r"^\s+at [\w.$/]+\(|Exception in thread", self.said, re.MULTILINE), f"a stack trace: {self.said[-1500:]}"

    def memory(self):
        return self.lab.agent.biggest(name=self.name)

    def report(self):
        return (f"program {' '.join(self.arguments)}\n--- stdout\n{_tail(self.out)}\n--- stderr\n{_tail(self.err)}")

    def _forget(self):
        if self in self.lab.tools:
            self.lab.tools.remove(self)
        self.lab.finished.append(self)


def _tail(text, lines=60):
    return "\n".join(text.splitlines()[-lines:])
