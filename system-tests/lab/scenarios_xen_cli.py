"""What cannot work on a Xen host, or without one: one line with cause and remedy, an exit code, no stack trace."""
import re

from lab import wait
from lab.scenario import scenario
from lab.scenarios_cli import refused
from lab.scenarios_xen import HYPERVISORS, on_each_hypervisor
from lab.vm import XEN
from lab.xen import LINUX

NOBODY = ("setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups")
# in a mount namespace of its own, where neither xenstored's socket nor the kernel's way to it can be found
NO_XENSTORED = ("unshare", "--mount", "sh", "-c", 'for at in /run/xenstored /dev/xen; do mount -t tmpfs none $at; done; umount /proc/xen; exec "$@"', "sh")


@scenario("CX1.no-xen", "no Xen here")
def no_xen(lab):
    for name in HYPERVISORS:
        refused(lab, 4, "xen", "-d", "windows", "-u", "2-1", "--hypervisor", name)


@on_each_hypervisor("CX1", "bad input: exit code, one message, no stack trace")
def bad_input(lab):
    base = ("-u", "2-1", "--hypervisor", lab.hypervisor)
    guest = lab.new_guest("there")
    refused(lab, 4, "root|permission|right", "-d", guest.name, *base, prefix=NOBODY)
    refused(lab, 4, "xenstore", "-d", guest.name, *base, prefix=NO_XENSTORED)
    refused(lab, 3, "nosuch", "-d", "nosuch", "-n", *base)
    refused(lab, 2, "control domain", "-d", "Domain-0", *base)
    refused(lab, 2, "number", "-d", "0815", *base)
    assert not guest.noted()


def not_served(lab, guest, words):
    """It says once why, with the remedy, and waits, for the guest may be started otherwise; with -n it ends."""
    refused(lab, 4, words, "-d", guest.name, "-u", "2-1", "-n", "--hypervisor", "xen-qmp")
    lab.plug("1", "wacom")
    tool = lab.tool("-d", guest.name, "-u", "2-1", "--hypervisor", "xen-qmp")
    tool.says(words)
    wait.stays("the guest unchanged", lambda: tool.running() and not guest.noted(), 5)
    assert len(re.findall(words, tool.said)) == 1, f"not said once: {tool.said}"
    tool.no_stack_trace()
    tool.stop()


@scenario("CX2.pv", "a PV guest with xen-qmp", machine=XEN)
def pv_guest(lab):
    guest = lab.new_guest("para", runs=LINUX, kind="pv", usbctrl=())
    not_served(lab, guest, r"\bPV\b.*\bxl\b")


@scenario("CX2.stubdomain", "a guest whose device model is in a stubdomain, with xen-qmp", machine=XEN)
def stubdomain(lab):
    guest = lab.new_guest("stubbed")
    # what libxl writes for one; a real one needs an image that Debian does not have
    lab.agent.xenstore_write(path=f"/local/domain/{guest.domid}/image/device-model-domid", value="4242")
    not_served(lab, guest, "stub.*device_model_stubdomain_override=0")


@scenario("CX2.restricted", "a guest with dm_restrict, with xen-qmp", machine=XEN)
def restricted(lab):
    made = lab.ssh("id xen-qemuuser-shared || useradd --system xen-qemuuser-shared")
    assert made["exit"] == 0, made
    guest = lab.new_guest("jailed", own_look=False, restricted=True)
    not_served(lab, guest, "dm_restrict=0")


@scenario("CX3", "doctor", machine=XEN)
def doctor(lab):
    worn = lab.new_guest("worn", usbctrl=("version=1,ports=2",))
    lab.new_guest("roomy", monitor=True)
    lab.plug("1", "hub")
    device = lab.plug("1.1", "wacom")
    lab.xl_attach(worn, device)
    lab.unplug("1.1")
    left = worn.noted(), worn.holds()
    examined = lab.tool("doctor", "-d", "worn", "-d", "roomy")
    examined.ends(0, 5)
    for finding in (r"xenstored answers", r"xl is of Xen 4\.17", r"monitor of its own at \S*qmp-usb-roomy", r"worn.*no monitor of its own|no monitor of its own.*worn",
                    r"cannot be restored after", r"2-1\.1", r"device_model_args_hvm"):
        examined.says(finding)
    examined.no_stack_trace()
    assert (worn.noted(), worn.holds()) == left, "doctor has changed something"
    refused(lab, 5, "xenstore", "doctor", "--hypervisor", "xen-qmp", prefix=NO_XENSTORED)
