"""The contract tests, run in the machine against the real thing; the devices they ask for are plugged from here."""
import contextlib
import glob
import os
import re
import shlex
import socketserver
import threading
import urllib.parse

from lab import wait
from lab.redirected import Description, Redirected
from lab.report import ROOT

BUILT = os.path.join(ROOT, "system-tests", "contracts", "target", "lib")
INSIDE = "/opt/contracts"
THIS_HOST = "10.0.2.2"  # as the machine's network has it
RULE = re.compile(r"((?:DS|HV|ST|PR)-\d+) .*?\[(OK|X|S|A)\](.*)")
UNSUPPORTED = "declared unsupported: "
KEYBOARD = [(0, 3, 1, 1)]


class Plugs:
    """Plugs devices of any description into the machine: "plug 1.2 id=046d:c31c&...", "unplug 1.2", "clear"."""

    def __init__(self, machine):
        self._machine = machine
        self._plugged = {}

    def answer(self, request):
        what, _, rest = request.partition(" ")
        port, _, facts = rest.partition(" ")
        if what == "plug":
            self._plug(port, {name: values[0] for name, values in urllib.parse.parse_qs(facts).items()})
        elif what == "unplug":
            self._unplug(port)
        elif what == "clear":
            while self._plugged:
                self._unplug(min(self._plugged, key=len))
        else:
            raise ValueError(f"no request: {what}")

    def _plug(self, port, facts):
        name = "lab-" + port.replace(".", "-")
        where = {"id": name, "bus": "xhci.0", "port": port}
        if facts["ports"] != "0":
            self._machine.qmp.execute("device_add", {"driver": "usb-hub", "ports": int(facts["ports"]), **where})
            self._plugged[port] = None
            return
        path = os.path.join(self._machine.folder, name)
        self._plugged[port] = Redirected(path, describe(facts, below_a_hub="." in port))
        backend = {"type": "socket", "data": {"addr": {"type": "unix", "data": {"path": path}}, "server": False}}
        self._machine.qmp.execute("chardev-add", {"id": name, "backend": backend})
        self._machine.qmp.execute("device_add", {"driver": "usb-redir", "chardev": name, **where})

    def _unplug(self, port):
        self._machine.qmp.execute("device_del", {"id": "lab-" + port.replace(".", "-")})
        for at in [at for at in self._plugged if at == port or at.startswith(port + ".")]:
            device = self._plugged.pop(at)
            if device:
                name = "lab-" + at.replace(".", "-")
                wait.until(f"{name}'s way to be gone with it", lambda: not self._has(name), 20)
                device.close()
                os.unlink(os.path.join(self._machine.folder, name))

    def _has(self, chardev):
        return any(each["label"] == chardev for each in self._machine.qmp.execute("query-chardev"))


def describe(facts, below_a_hub):
    """QEMU's hub is full speed, and so is all below it."""
    interfaces = [_interface(each) for each in facts.get("interfaces", "").split(",") if each] or KEYBOARD
    vendor, product = (int(number, 16) for number in facts["id"].split(":"))
    device_class = tuple(int(part, 16) for part in facts["class"].split("/"))
    strings = [facts.get(name) for name in ("manufacturer", "product", "serial")]
    return Description(vendor, product, device_class, interfaces, "12" if below_a_hub else facts["speed"], strings)


def _interface(text):
    number, *triple = text.split("/")
    return (int(number), *(int(part, 16) for part in triple))


@contextlib.contextmanager
def serving(plugs):
    """Answers requests on a port of this host, which is given."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            for line in self.rfile:
                try:
                    plugs.answer(line.decode().strip())
                    answer = "ok"
                except Exception as error:  # it is the test that fails
                    answer = f"{type(error).__name__}: {error}".replace("\n", " ")
                self.wfile.write(answer.encode() + b"\n")

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


def run(lab, name, rules, timeout, only=None):
    """Runs a class of contracts in the machine; each rule must pass, or be skipped for a capability that it names. Returns a summary."""
    assert glob.glob(os.path.join(BUILT, "*.jar")), "build the contracts first: ./mvnw install -DskipTests && ./mvnw -f system-tests/contracts package"
    if not lab.agent.exists(path=INSIDE):
        lab.machine.copy_in(BUILT, INSIDE)
    plugs = Plugs(lab.machine)
    try:
        with serving(plugs) as port:
            done = lab.machine.ssh(_command(name, port, only), timeout=timeout)
    finally:
        plugs.answer("clear")
    found = RULE.findall(done.stdout)
    results = {rule: result for rule, result, _ in found}
    failed = sorted(rule for rule, result in results.items() if result == "X")
    skipped = [(rule, why) for rule, result, why in found if result in "SA"]
    unnamed = [rule for rule, why in skipped if UNSUPPORTED not in why]
    assert done.returncode == 0 and not failed, f"{len(failed)} of {len(results)} rules failed: {failed}\n{done.stdout[-12000:]}\n{done.stderr[-2000:]}"
    assert not unnamed, f"skipped without a capability: {unnamed}"
    missing = set(specified(rules)) - set(results)
    assert only or not missing, f"rules that were not run: {sorted(missing)}"
    return f"{len(results) - len(skipped)} rules passed, {len(skipped)} skipped: " + ", ".join(f"{rule} {why.split(UNSUPPORTED)[1]}" for rule, why in skipped)


def specified(kind):
    """The rules of a kind in docs/spec.md."""
    with open(os.path.join(ROOT, "docs", "spec.md"), encoding="utf-8") as file:
        return re.findall(rf"^\| ({kind}-\d+) \|", file.read(), re.MULTILINE)


def _command(name, port, only):
    select = " ".join(f"--select-method={shlex.quote(method)}" for method in only) if only else f"--select-class=io.autousb.lab.{name}"
    return (f"cd {INSIDE} && exec java -XX:TieredStopAtLevel=1 -Dlab={THIS_HOST}:{port} -Djava.util.logging.SimpleFormatter.format='%5$s%6$s%n' "
            f"-cp '{INSIDE}/*' org.junit.platform.console.ConsoleLauncher execute {select} "
            "--disable-banner --disable-ansi-colors --details=tree --details-theme=ascii --include-classname='.*' 2>&1")
