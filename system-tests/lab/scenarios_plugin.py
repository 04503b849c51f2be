"""An adapter of somebody else's, dropped in as a plugin: the one in examples/, with a real libvirtd."""
import glob
import os
import re

from lab import wait
from lab.report import ROOT
from lab.scenario import scenario

PLUGINS = "/opt/plugins"
DOMAIN = """<domain type='qemu'>
  <name>v1</name>
  <memory unit='MiB'>64</memory>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <controller type='usb' index='0' model='qemu-xhci' ports='15'/>
    <memballoon model='none'/>
  </devices>
</domain>
"""


@scenario("V1", "a plugin for libvirt: plugged and unplugged, over a reset and a new start of the guest", smoke=True)
def libvirt_plugin(lab):
    jars = glob.glob(os.path.join(ROOT, "examples", "virsh-backend", "target", "virsh-backend-*.jar"))
    assert len(jars) == 1, "build the example first: examples/run"
    _install(lab, jars[0])
    _shell(lab, "systemctl start libvirtd")
    lab.agent.write(path="/run/lab/v1.xml", text=DOMAIN)
    try:
        _shell(lab, "virsh create /run/lab/v1.xml")
        lab.plug("1", "hub")
        tool = lab.tool("-d", "v1", "-u", "2-1", "--hypervisor", "virsh", "--plugin-path", PLUGINS, "-w")
        tool.says("watching", timeout=60)
        device = lab.plug("1.1", "wacom")
        _holds(lab, device)
        _shell(lab, "virsh destroy v1 && virsh create /run/lab/v1.xml")
        _holds(lab, device)
        lab.unplug("1.1")
        _holds(lab)
        tool.stop()
    finally:
        lab.ssh("virsh destroy v1; systemctl stop libvirtd libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket")


def _install(lab, jar):
    lab.ssh(f"rm -rf {PLUGINS}")
    lab.machine.copy_in(os.path.dirname(jar), PLUGINS + "/target")
    _shell(lab, f"mkdir {PLUGINS}/virsh && mv {PLUGINS}/target/virsh-backend-*.jar {PLUGINS}/virsh/ && rm -r {PLUGINS}/target && chown -R root:root {PLUGINS}")


def _shell(lab, command):
    done = lab.ssh(command, timeout=60)
    assert done["exit"] == 0, f"{command}: {done}"
    return done["out"]


def _held(lab):
    xml = _shell(lab, "virsh dumpxml v1")
    hostdevs = re.findall(r"<hostdev .*?</hostdev>", xml, re.DOTALL)
    return sorted(tuple(map(int, re.search(r"<address bus='(\d+)' device='(\d+)'/>", each).groups())) for each in hostdevs)


def _holds(lab, *devices):
    usb = lab.agent.usb()
    wanted = sorted((usb[device.path]["bus"], usb[device.path]["address"]) for device in devices)
    wait.until(f"libvirt's guest to have {list(devices)}", lambda: _held(lab) == wanted, 60, 0.5, details=lambda: str(_held(lab)))
