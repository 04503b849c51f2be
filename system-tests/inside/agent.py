"""Runs in the machine and does there what the lab asks for: one JSON request a line on stdin, one answer a line on stdout.

Ends, with everything that it started, when its stdin does.
"""
import json
import os
import signal
import subprocess
import sys
import time

import boot_sector
import gadget
import qom
import xen
from proxy import Proxy
from qmp import Qmp, QmpError
from stream_proxy import StreamProxy
from uevents import UeventLog
from xenstore import Xenstore

RUN = "/run/lab"


class Agent:
    """Every public method is a request; arguments and results are JSON."""

    def __init__(self):
        os.makedirs(RUN, exist_ok=True)
        self._processes = {}
        self._monitors = {}
        self._proxies = {}
        self._uevents = {}
        self._locks = {}
        self._store = None

    # ---- files and commands

    def ping(self):
        return "pong"

    def shell(self, command, timeout):
        done = subprocess.run(["/bin/sh", "-c", command], stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout)
        return {"exit": done.returncode, "out": _text(done.stdout), "err": _text(done.stderr)}

    def read(self, path, start=0):
        try:
            with open(path, "rb") as file:
                file.seek(start)
                return _text(file.read())
        except FileNotFoundError:
            return ""

    def write(self, path, text):
        with open(path, "w") as file:
            file.write(text)

    def exists(self, path):
        return os.path.exists(path)

    # ---- processes

    def spawn(self, name, argv, env=None):
        """Starts argv in a session of its own; output goes to RUN/name.out and .err."""
        with open(f"{RUN}/{name}.out", "wb") as out, open(f"{RUN}/{name}.err", "wb") as err:
            process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True,
                                       env={**os.environ, **(env or {})}, cwd="/")
        self._processes[name] = process
        return {"pid": process.pid, "time": time.monotonic()}

    def status(self, name):
        """The exit code, None while it runs."""
        return self._processes[name].poll()

    def signal(self, name, number, group=False):
        process = self._processes[name]
        if process.poll() is None:
            (os.killpg if group else os.kill)(process.pid, number)

    def wait(self, name, timeout):
        """Exit code, or None when it still runs at the deadline."""
        try:
            return self._processes[name].wait(timeout)
        except subprocess.TimeoutExpired:
            return None

    def biggest(self, name):
        """Of the largest process of a spawned group (a launcher's JVM): VmRSS and VmHWM in KiB, threads, descriptors, CPU seconds."""
        best = {}
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                if os.getsid(int(pid)) != self._processes[name].pid:
                    continue
                with open(f"/proc/{pid}/status") as file:
                    fields = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
                with open(f"/proc/{pid}/stat") as file:
                    ticks = [int(field) for field in file.read().rsplit(")", 1)[1].split()[11:13]]
                descriptors = len(os.listdir(f"/proc/{pid}/fd"))
            except OSError:
                continue
            rss = int(fields.get("VmRSS", "0 kB").split()[0])
            if rss > best.get("rss", 0):
                best = {"pid": int(pid), "rss": rss, "peak": int(fields["VmHWM"].split()[0]), "threads": int(fields["Threads"]),
                        "descriptors": descriptors, "cpu": sum(ticks) / os.sysconf("SC_CLK_TCK")}
        return best

    # ---- monitors of inner QEMUs

    def qmp(self, address, command, arguments=None, timeout=20):
        return self._monitor(address, lambda monitor: monitor.execute(command, arguments, timeout))

    def usb_hosts(self, address):
        return self._monitor(address, qom.usb_hosts)

    def controllers(self, address):
        return self._monitor(address, qom.controllers)

    def qmp_close(self, address):
        monitor = self._monitors.pop(_key(address), None)
        if monitor:
            monitor.close()

    def _monitor(self, address, use):
        key = _key(address)
        monitor = self._monitors.get(key)
        if monitor is None:
            monitor = self._monitors[key] = Qmp(address)
        try:
            return use(monitor)
        except OSError:
            self.qmp_close(address)
            raise

    # ---- proxies before monitors, uevents, gadgets

    def proxy_start(self, name, listen, upstream):
        self._proxies[name] = Proxy(listen, upstream)

    def proxy_rule(self, name, rule):
        self._proxies[name].rule = rule

    def proxy_log(self, name, start=0):
        return self._proxies[name].log[start:]

    def proxy_stop(self, name):
        self._proxies.pop(name).close()

    def uevents_start(self, group):
        if group not in self._uevents:
            self._uevents[group] = UeventLog(group)

    def uevents(self, group, start=0):
        return self._uevents[group].log[start:]

    def gadget_create(self, **arguments):
        return gadget.create(**arguments)

    def gadget_plug(self, name, controller):
        return gadget.plug(name, controller)

    def gadget_unplug(self, name):
        return gadget.unplug(name)

    def gadget_remove(self, name):
        return gadget.remove(name)

    # ---- Xen

    def xenstore_read(self, path):
        return self._xenstore(lambda store: store.read(path))

    def xenstore_tree(self, path):
        return self._xenstore(lambda store: store.tree(path))

    def xenstore_write(self, path, value):
        self._xenstore(lambda store: store.write(path, value))

    def xenstore_remove(self, path):
        self._xenstore(lambda store: store.remove(path))

    def xen_domains(self):
        return self._xenstore(xen.domains)

    def xen_controllers(self, domid):
        return self._xenstore(lambda store: xen.controllers(store, domid))

    def xen_usb_hosts(self, domid):
        return xen.usb_hosts(domid)

    def xen_lock(self, domid):
        """Takes libxl's lock on a guest's monitor and keeps it."""
        self._locks[domid] = xen.LibxlLock(domid)

    def xen_unlock(self, domid):
        self._locks.pop(domid).release()

    def boot_sector(self, path, code):
        boot_sector.write(path, code)

    def _xenstore(self, use):
        if self._store is None:
            self._store = Xenstore()
        try:
            return use(self._store)
        except OSError:
            self._store = None
            raise

    # ---- proxies before other sockets

    def stream_start(self, name, listen, upstream):
        self._proxies[name] = StreamProxy(listen, upstream)

    def stream_refuse(self, name, refuse):
        self._proxies[name].refuse = refuse

    def stream_cut(self, name):
        return self._proxies[name].cut()

    def stream_connections(self, name):
        return self._proxies[name].connections

    # ---- the machine's USB

    def usb(self):
        """What sysfs shows: name -> ids, address, speed and drivers of its interfaces; root hubs are left out. Nothing is read that takes the
        device's lock (as bConfigurationValue does): while the kernel resets a device that has been pulled out, it holds that for a minute."""
        found = {}
        base = "/sys/bus/usb/devices"
        for name in os.listdir(base):
            if ":" in name or not name[0].isdigit():
                continue
            try:
                facts = {key: open(f"{base}/{name}/{key}").read().strip()
                         for key in ("idVendor", "idProduct", "busnum", "devnum", "speed", "bDeviceClass")}
                drivers = {}
                for entry in os.listdir(f"{base}/{name}"):
                    if entry.startswith(name + ":"):
                        link = f"{base}/{name}/{entry}/driver"
                        drivers[entry] = os.path.basename(os.readlink(link)) if os.path.islink(link) else None
            except OSError:
                continue
            found[name] = {"id": f"{facts['idVendor']}:{facts['idProduct']}", "bus": int(facts["busnum"]),
                           "address": int(facts["devnum"]), "speed": facts["speed"], "hub": facts["bDeviceClass"] == "09",
                           "configured": bool(drivers), "drivers": drivers}
        return found

    def clock(self):
        return time.monotonic()

    def wall_clock_offset(self):
        """What is to be added to clock() to have the time of day, in which QEMU notes its traces."""
        return time.time() - time.monotonic()

    # ---- the loop

    def serve(self):
        for line in sys.stdin:
            request = json.loads(line)
            try:
                answer = {"value": getattr(self, request["do"])(**request["with"])}
            except QmpError as error:
                answer = {"qmp": {"class": error.error_class, "desc": error.desc}, "error": str(error)}
            except Exception as error:  # whatever it is, the lab must hear of it
                answer = {"error": f"{type(error).__name__}: {error}"}
            print(json.dumps(answer), flush=True)

    def end(self):
        for process in self._processes.values():
            if process.poll() is None:
                try:
                    os.killpg(process.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass


def _text(data):
    return data.decode("utf-8", "surrogateescape").encode("utf-8", "backslashreplace").decode()


def _key(address):
    return tuple(address) if isinstance(address, list) else address


if __name__ == "__main__":
    agent = Agent()
    try:
        agent.serve()
    finally:
        agent.end()
