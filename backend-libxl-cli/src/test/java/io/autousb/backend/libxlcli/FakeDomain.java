package io.autousb.backend.libxlcli;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.xen.repair.DeviceModels;
import io.autousb.xen.repair.UsbObject;
import io.autousb.xen.vusb.VusbPortId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** A domain, with what its device model has. Thread-safe. */
final class FakeDomain {

    /** What happens to an xl at the next change. */
    enum Accident {
        NONE,
        /** It is killed when all is done. */
        KILLED_AFTER,
        /** It is killed with xenstore written, and QEMU not told; where there is no QEMU, before both. */
        KILLED_BETWEEN,
        /** The domain ends when xenstore is written, and QEMU not told. */
        DOMAIN_ENDS
    }

    final int domid;
    final UUID uuid;
    final String name;
    final boolean hvm;
    private final Set<Integer> controllers = new TreeSet<>();
    private final Map<String, UsbObject.HostDevice> devices = new LinkedHashMap<>();
    private Accident next = Accident.NONE;
    private String refusal = "";
    private boolean hanging;
    private boolean full;
    private int sessions;
    private int openSessions;
    private Deadline lastDeadline = Deadline.NEVER;

    FakeDomain(int domid, UUID uuid, String name, boolean hvm) {
        this.domid = domid;
        this.uuid = uuid;
        this.name = name;
        this.hvm = hvm;
    }

    // ---- what a test does

    synchronized void next(Accident accident) {
        next = accident;
    }

    synchronized Accident takeAccident() {
        Accident taken = next;
        next = Accident.NONE;
        return taken;
    }

    synchronized void refuseNext(String text) {
        refusal = text;
    }

    synchronized void hang(boolean value) {
        hanging = value;
        notifyAll();
    }

    synchronized boolean hangs() {
        return hanging;
    }

    synchronized void fill() {
        full = true;
    }

    synchronized void putController(int devid) {
        controllers.add(devid);
    }

    synchronized void dropController(int devid) {
        controllers.remove(devid);
    }

    synchronized List<String> objects() {
        return List.copyOf(devices.keySet());
    }

    /** How many sessions there ever were. */
    synchronized int sessions() {
        return sessions;
    }

    synchronized int openSessions() {
        return openSessions;
    }

    /** What the last session was to be begun by. */
    synchronized Deadline lastDeadline() {
        return lastDeadline;
    }

    // ---- QEMU; the answer is the description of an error, empty if all is well

    synchronized String addController(int devid) {
        if (full) {
            return "PCI: no slot/function available for nec-usb-xhci, all in use or reserved";
        }
        controllers.add(devid);
        return "";
    }

    synchronized String addDevice(DeviceAddress address, VusbPortId port) {
        String id = "xenusb-" + address.bus() + "-" + address.device();
        String refused = takeRefusal();
        if (!refused.isEmpty()) {
            return refused;
        }
        if (devices.containsKey(id)) {
            return "Duplicate device ID '" + id + "'";
        }
        if (!controllers.contains(port.controller())) {
            return "Bus 'xenusb-" + port.controller() + ".0' not found";
        }
        if (devices.values().stream().anyMatch(each -> each.port().equals(Optional.of(port)))) {
            return "usb port " + port.number() + " (bus xenusb-" + port.controller() + ".0) not found (in use?)";
        }
        devices.put(id, new UsbObject.HostDevice(id, Optional.of(port), Optional.of(address)));
        return "";
    }

    synchronized String takeRefusal() {
        String text = refusal;
        refusal = "";
        return text;
    }

    synchronized String deleteDevice(String id) {
        return devices.remove(id) == null ? "Device '" + id + "' not found" : "";
    }

    /** A session, as if the monitor were free; none while it hangs. */
    synchronized DeviceModels.Session session(Deadline deadline) {
        lastDeadline = deadline;
        if (hangs()) {
            throw BackendException.of(BackendException.TIMEOUT, "no greeting").build();
        }
        sessions++;
        openSessions++;
        return new DeviceModels.Session() {
            @Override
            public List<UsbObject> objects(Deadline until) {
                synchronized (FakeDomain.this) {
                    List<UsbObject> all = new ArrayList<>(devices.values());
                    controllers.forEach(devid -> all.add(new UsbObject.Controller(devid)));
                    return all;
                }
            }

            @Override
            public void delete(String id, Deadline until) {
                String ignored = deleteDevice(id);
            }

            @Override
            public void close() {
                synchronized (FakeDomain.this) {
                    openSessions--;
                }
            }
        };
    }
}
