"""The machine's image: built once, kept outside the repository until its recipe changes."""
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import time

from lab.host import HostProblem

RECIPE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "image")
UNUSED_DAYS = 14


def cache_folder():
    named = os.environ.get("AUTO_USB_ATTACH_LAB_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return named or os.path.join(base, "auto-usb-attach-lab")


def recipe_hash():
    digest = hashlib.sha256()
    for name in sorted(os.listdir(RECIPE)):
        with open(os.path.join(RECIPE, name), "rb") as file:
            digest.update(name.encode() + b"\0" + file.read() + b"\0")
    return digest.hexdigest()[:16]


class Image:
    """A built image: disk.img, vmlinuz, initrd, xen, id_ed25519."""

    def __init__(self, folder):
        self.folder = folder
        self.disk = self.path("disk.img")

    def path(self, name):
        return os.path.join(self.folder, name)


def obtain(say):
    """The image of the present recipe, built if need be; one builder at a time."""
    base = cache_folder()
    os.makedirs(base, exist_ok=True)
    folder = os.path.join(base, recipe_hash())
    with open(os.path.join(base, "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(os.path.join(folder, "complete")):
            _build(folder, say)
        os.utime(os.path.join(folder, "complete"))
        _sweep(base, keep=folder)
    return Image(folder)


def _build(folder, say):
    if os.geteuid() != 0:
        raise HostProblem("building the image needs root (once; it is kept afterwards in " + folder + ")")
    say(f"building the image in {folder} (about two minutes)")
    started = time.monotonic()
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    log = folder + ".log"
    with open(log, "wb") as output:
        code = subprocess.run([os.path.join(RECIPE, "build"), folder], stdin=subprocess.DEVNULL, stdout=output, stderr=output, timeout=1200).returncode
    with open(log, errors="replace") as output:
        tail = output.read()[-3000:]
    os.unlink(log)
    if code != 0:
        shutil.rmtree(folder, ignore_errors=True)
        raise HostProblem(f"building the image failed with {code}:\n{tail}")
    with open(os.path.join(folder, "complete"), "w"):
        pass
    say(f"image built in {time.monotonic() - started:.0f} s")


def _sweep(base, keep):
    """Removes images of old recipes that nobody has used for two weeks."""
    for name in os.listdir(base):
        folder = os.path.join(base, name)
        mark = os.path.join(folder, "complete")
        with contextlib.suppress(OSError):
            if folder != keep and time.time() - os.stat(mark).st_mtime > UNUSED_DAYS * 86400:
                shutil.rmtree(folder)
