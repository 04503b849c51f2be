"""What an inner QEMU holds, read from its object tree: never from text that a device could have written."""
from qmp import QmpError

CONTAINERS = ("/machine/peripheral", "/machine/peripheral-anon", "/machine/unattached")
PROPERTIES = ("hostdevice", "hostbus", "hostaddr", "hostport", "vendorid", "productid", "port", "attached", "parent_bus")


def usb_hosts(monitor):
    """All usb-host objects, whoever made them: path, id (None if anonymous), match properties, place and `attached`.

    One that goes while it is looked at has gone.
    """
    found = []
    for path, name, kind in _children(monitor):
        if kind != "usb-host":
            continue
        try:
            entry = {key: monitor.execute("qom-get", {"path": path, "property": key}) for key in PROPERTIES}
        except QmpError as error:
            if error.error_class != "DeviceNotFound":
                raise
            continue
        found.append({"path": path, "id": name if path.startswith("/machine/peripheral/") else None, **entry})
    return found


def controllers(monitor):
    """All USB controllers: path, id, type and the names of what sits on their bus."""
    found = []
    for path, name, kind in _children(monitor):
        if not any(word in kind for word in ("xhci", "ehci", "uhci", "ohci")):
            continue
        for entry in monitor.execute("qom-list", {"path": path}):
            if entry["type"] != "child<usb-bus>":
                continue
            bus = f"{path}/{entry['name']}"
            on_it = [monitor.execute("qom-get", {"path": bus, "property": child["name"]})
                     for child in monitor.execute("qom-list", {"path": bus}) if child["name"].startswith("child[")]
            found.append({"path": path, "id": name, "type": kind, "bus": entry["name"], "devices": on_it})
    return found


def _children(monitor):
    for container in CONTAINERS:
        try:
            entries = monitor.execute("qom-list", {"path": container})
        except QmpError:
            continue  # a container appears with its first child
        for entry in entries:
            if entry["type"].startswith("child<"):
                yield f"{container}/{entry['name']}", entry["name"], entry["type"][6:-1]
