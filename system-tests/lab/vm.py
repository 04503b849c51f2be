"""The machine: boots the image from a throw-away overlay, and is the only one who starts or stops a QEMU on this host."""
import os
import shlex
import shutil
import socket
import subprocess
import tempfile

from lab import wait
from lab.qmp import Qmp


# what the image can be booted as; under Xen, with which of its two xenstore daemons (oxenstored is Debian's default)
LINUX = "linux"
XEN = "xen"
XEN_C = "xen-c"
KINDS = (LINUX, XEN, XEN_C)

ROOT = "root=/dev/vda rw net.ifnames=0 mitigations=off"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Machine:
    """A booted machine. `qmp` is its (outer) monitor, with which devices are plugged."""

    def __init__(self, image, kind=LINUX, detached=False):
        self.image = image
        self.kind = kind
        self._detached = detached
        self.folder = tempfile.mkdtemp(prefix="auto-usb-lab.")
        self.process = None
        self.qmp = None
        self.port = None

    def boot(self, timeout=480):
        overlay = os.path.join(self.folder, "run.qcow2")
        subprocess.run(
            ["qemu-img", "create", "-q", "-f", "qcow2", "-b", self.image.disk, "-F", "raw", overlay], check=True)
        self.port = free_port()
        log = open(os.path.join(self.folder, "qemu.log"), "wb")
        with log:
            # in a session of its own, so that Ctrl-C reaches only the lab, which then ends it; it dies with the lab unless it is to be kept
            guard = [] if self._detached else ["setpriv", "--pdeathsig", "KILL"]
            self.process = subprocess.Popen(guard + self._command(overlay), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            start_new_session=True)
        wait.until("the machine's monitor", self._connect, 20, details=self.qemu_log)
        wait.until("ssh into the machine", self._ssh_up, timeout, 1, details=lambda: "console: " + self.console()[-1500:])

    def _command(self, overlay):
        return [
            "qemu-system-x86_64", "-machine", "q35", "-accel", "tcg,thread=multi", "-smp", "2", "-nographic", "-no-reboot",
            *(self._linux() if self.kind == LINUX else self._xen()),
            "-drive", f"file={overlay},if=virtio,cache=unsafe",
            "-netdev", f"user,id=n0,hostfwd=tcp:127.0.0.1:{self.port}-:22", "-device", "virtio-net-pci,netdev=n0",
            "-device", "qemu-xhci,id=xhci,p2=8,p3=8", "-device", "usb-ehci,id=ehci",
            "-qmp", f"unix:{self.monitor},server=on,wait=off",
            "-serial", f"file:{os.path.join(self.folder, 'console')}", "-monitor", "none"]

    def _linux(self):
        return ["-cpu", "max", "-m", "3072", "-kernel", self.image.path("vmlinuz"), "-initrd", self.image.path("initrd"),
                "-append", f"{ROOT} console=ttyS0 quiet"]

    def _xen(self):
        """Xen is what QEMU takes for the kernel; Debian's kernel and initrd are its modules. It wants AMD's virtualization, which TCG has."""
        arguments = f"{ROOT} console=hvc0"
        if self.kind == XEN_C:
            arguments += " systemd.setenv=XENSTORED=/usr/lib/xen-4.17/bin/xenstored"  # for Debian's /etc/init.d/xen
        return ["-cpu", "qemu64,+svm,+npt,+ssse3,+sse4.1,+sse4.2,+popcnt", "-m", "4096", "-kernel", self.image.path("xen"),
                "-append", "dom0_mem=2048M,max:2048M console=com1 com1=115200,8n1 noreboot guest_loglvl=all conring_size=1M",
                "-initrd", f"{self.image.path('vmlinuz')} {arguments},{self.image.path('initrd')}"]

    @property
    def monitor(self):
        return os.path.join(self.folder, "outer.qmp")

    def _connect(self):
        if self.process.poll() is not None:
            raise AssertionError("QEMU did not start: " + self.qemu_log())
        try:
            self.qmp = Qmp(self.monitor)
        except OSError:
            return False
        return True

    def _ssh_up(self):
        if self.process.poll() is not None:
            raise AssertionError("the machine's QEMU ended: " + self.qemu_log())
        try:
            return self.ssh("true", timeout=30).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def ssh_command(self):
        control = os.path.join(self.folder, "ssh")
        return ["ssh", "-q", "-i", self.image.path("id_ed25519"), "-p", str(self.port), "-o", "StrictHostKeyChecking=no",
                "-o", "UserKnownHostsFile=/dev/null", "-o", "ConnectTimeout=10", "-o", "BatchMode=yes",
                "-o", "ServerAliveInterval=30", "-o", "ControlMaster=auto", "-o", f"ControlPath={control}",
                "-o", "ControlPersist=600", "root@127.0.0.1"]

    def ssh(self, command, timeout=60, stdin=None, check=False):
        """Runs a shell command in the machine; output as text."""
        done = subprocess.run(self.ssh_command() + [command], input=stdin, stdin=None if stdin else subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout)
        done.stdout = done.stdout.decode(errors="replace")
        done.stderr = done.stderr.decode(errors="replace")
        if check and done.returncode != 0:
            raise AssertionError(f"in the machine: {command}: exit {done.returncode}: {done.stderr[-2000:]}")
        return done

    def copy_in(self, folder, target):
        """Copies a folder's content to target in the machine, replacing what was there."""
        pack = subprocess.Popen(["tar", "-C", folder, "-cf", "-", "."], stdout=subprocess.PIPE)
        quoted = shlex.quote(target)
        done = subprocess.run(self.ssh_command() + [f"rm -rf {quoted} && mkdir -p {quoted} && tar -xf - -C {quoted} --no-same-owner"],
                              stdin=pack.stdout, timeout=180)
        pack.stdout.close()
        if pack.wait() != 0 or done.returncode != 0:
            raise AssertionError(f"could not copy {folder} into the machine")

    def console(self):
        return self._read("console")

    def qemu_log(self):
        return self._read("qemu.log")

    def _read(self, name):
        try:
            with open(os.path.join(self.folder, name), errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def stop(self):
        """Ends the machine and removes every trace of it. May be called at any time, also twice."""
        if self.port is not None and os.path.exists(os.path.join(self.folder, "ssh")):
            subprocess.run(self.ssh_command()[:-1] + ["-O", "exit", "root@127.0.0.1"], stderr=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, timeout=20)
        if self.qmp:
            self.qmp.close()
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
