"""What Xen and libxl say of the guests, and libxl's own lock on their monitors."""
import fcntl
import os
import time

import qom
from qmp import Qmp
from xenstore import Xenstore

LOCK = "/var/lib/xen/userdata-l.{domid}.{uuid}.qmp-socket-lock"
MONITOR = "/run/xen/qmp-libxl-{domid}"


def domains(store):
    """Every domain but the control domain, by id: name, uuid, and what its device model says of itself ("running", None if it is not there)."""
    found = {}
    for domid in store.names("/local/domain"):
        name, vm = store.read(f"/local/domain/{domid}/name"), store.read(f"/local/domain/{domid}/vm")
        if domid != "0" and name is not None and vm is not None:
            found[domid] = {"name": name, "uuid": vm.rsplit("/", 1)[1], "model": store.read(f"/local/domain/0/device-model/{domid}/state")}
    return found


def controllers(store, domid):
    """The USB controllers that libxl has noted: number -> type, version and what is on each port (a host's bus id, or "")."""
    found = {}
    base = f"/libxl/{domid}/device/vusb"
    for number in store.names(base):
        node = f"{base}/{number}"
        kind = store.read(f"{node}/type")
        # of a PV controller the libxl path has a copy of its first days
        ports = node if kind == "devicemodel" else store.read(f"{node}/backend")
        found[number] = {"type": kind, "version": store.read(f"{node}/usb-ver"),
                         "ports": {port: store.read(f"{ports}/port/{port}") for port in store.names(f"{ports}/port")}}
    return found


class LibxlLock:
    """The flock that libxl takes for each use of a guest's monitor, taken and given back as libxl does (libxl_internal.c)."""

    def __init__(self, domid, timeout=30.0):
        with Xenstore() as store:
            self._path = LOCK.format(domid=domid, uuid=domains(store)[str(domid)]["uuid"])
        end = time.monotonic() + timeout
        while True:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.path.exists(self._path) and os.path.samestat(os.fstat(self._file), os.stat(self._path)):
                    return
            except OSError:
                if time.monotonic() > end:
                    os.close(self._file)
                    raise TimeoutError(f"somebody keeps {self._path}") from None
            os.close(self._file)
            time.sleep(0.05)

    def release(self):
        os.unlink(self._path)
        os.close(self._file)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.release()


def usb_hosts(domid):
    """What a guest's QEMU holds (see qom), through libxl's own monitor, as briefly and as politely as libxl itself."""
    with LibxlLock(domid), Qmp(MONITOR.format(domid=domid)) as monitor:
        return qom.usb_hosts(monitor)
