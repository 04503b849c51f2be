"""USB devices made of configfs on dummy_hcd: any ids, any strings, any speed that the emulated bus has."""
import os
import subprocess

BASE = "/sys/kernel/config/usb_gadget"
# a boot keyboard's report descriptor
KEYBOARD = bytes.fromhex("05010906a101050719e029e71500250175019508810295017508810395057501050819012905910295017503910395067508150025650507190029658100c0")


def create(name, vendor, product, strings):
    """A keyboard; `strings` may have manufacturer, product and serialnumber, written as they are."""
    for module in ("dummy_hcd", "libcomposite", "usb_f_hid"):
        subprocess.run(["modprobe", module] + (["num=4"] if module == "dummy_hcd" else []), check=True, timeout=60)
    if not os.path.ismount("/sys/kernel/config"):
        subprocess.run(["mount", "-t", "configfs", "none", "/sys/kernel/config"], check=True, timeout=20)
    root = f"{BASE}/{name}"
    for folder in ("", "/strings/0x409", "/configs/c.1", "/functions/hid.0"):
        os.makedirs(root + folder, exist_ok=True)
    _write(f"{root}/idVendor", f"0x{vendor:04x}")
    _write(f"{root}/idProduct", f"0x{product:04x}")
    for key, value in strings.items():
        _write(f"{root}/strings/0x409/{key}", value)
    for key, value in {"protocol": "1", "subclass": "1", "report_length": "8"}.items():
        _write(f"{root}/functions/hid.0/{key}", value)
    with open(f"{root}/functions/hid.0/report_desc", "wb") as file:
        file.write(KEYBOARD)
    os.symlink(f"{root}/functions/hid.0", f"{root}/configs/c.1/hid.0")


def plug(name, controller):
    """Plugs it into dummy_udc.<controller>; returns its name in sysfs once it is known, else None."""
    _write(f"{BASE}/{name}/UDC", f"dummy_udc.{controller}")


def unplug(name):
    _write(f"{BASE}/{name}/UDC", "\n")


def remove(name):
    root = f"{BASE}/{name}"
    if not os.path.isdir(root):
        return
    try:
        unplug(name)
    except OSError:
        pass
    os.unlink(f"{root}/configs/c.1/hid.0")
    for folder in ("/functions/hid.0", "/configs/c.1", "/strings/0x409", ""):
        os.rmdir(root + folder)


def _write(path, text):
    with open(path, "wb", buffering=0) as file:
        file.write(text.encode())
