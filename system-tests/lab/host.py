"""What this host must have to run the lab."""
import os
import shutil
import subprocess

# Debian package -> a program that shows that it is there
NEEDED = {
    "qemu-system-x86": "qemu-system-x86_64",
    "qemu-utils": "qemu-img",
    "openssh-client": "ssh",
    "mmdebstrap": "mmdebstrap",
    "e2fsprogs": "mkfs.ext4",
    "cpio": "cpio",
}
# packages without a program of their own -> a file
NEEDED_FILES = {
    "seabios": "/usr/share/seabios/bios-256k.bin",
    "ipxe-qemu": "/usr/lib/ipxe/qemu/efi-virtio.rom",
}


class HostProblem(Exception):
    """The lab cannot run here; the message says what to do."""


def prepare():
    """Installs what is missing (as root, with apt-get) or says what to install."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    missing = [package for package, program in NEEDED.items() if not shutil.which(program, path=path)]
    missing += [package for package, file in NEEDED_FILES.items() if not os.path.exists(file)]
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise HostProblem(f"missing here: {' '.join(missing)}; install them (Debian: apt-get install --no-install-recommends {' '.join(missing)})")
    print(f"installing {' '.join(missing)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", *missing]
    for command in (["apt-get", "-qq", "update"], install):
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600)
        if done.returncode != 0 and command is install:
            raise HostProblem(f"{' '.join(command)} failed:\n{done.stdout.decode(errors='replace')[-2000:]}")
