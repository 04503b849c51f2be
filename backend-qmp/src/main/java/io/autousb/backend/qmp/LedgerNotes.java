package io.autousb.backend.qmp;

import io.autousb.domain.model.PortPath;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.vusb.AttachmentMark;
import io.autousb.xen.vusb.VusbController;
import io.autousb.xen.vusb.VusbPortId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What this program has begun, or seen as its own, in guests' ledgers. Each change is noted before it is made; so
 * whatever becomes of it, the next inspection knows what to put right. Thread-safe.
 */
final class LedgerNotes {

    private final Map<String, Map<VusbPortId, Note>> ports = new HashMap<>();
    private final Map<String, List<VusbController>> controllers = new HashMap<>();

    /**
     * What is on a port, or may be.
     *
     * @param path the host port
     * @param handle QEMU's object
     * @param mark our mark, if it is ours
     * @param leaving whether it is being taken away: its port is cleared before QEMU is asked
     */
    record Note(PortPath path, String handle, Optional<AttachmentMark> mark, boolean leaving) {

        static Note ours(AttachmentMark mark) {
            return new Note(mark.path(), mark.handle(), Optional.of(mark), false);
        }

        Note going() {
            return new Note(path, handle, mark, true);
        }

        Note staying() {
            return new Note(path, handle, mark, false);
        }
    }

    synchronized void put(XenGuest guest, VusbPortId port, Note note) {
        ports.computeIfAbsent(guest.instance(), key -> new HashMap<>()).put(port, note);
    }

    synchronized void remove(XenGuest guest, VusbPortId port) {
        ports.getOrDefault(guest.instance(), new HashMap<>()).remove(port);
    }

    /** All of a guest. */
    synchronized Map<VusbPortId, Note> of(XenGuest guest) {
        return Map.copyOf(ports.getOrDefault(guest.instance(), Map.of()));
    }

    /** A controller that is in the ledger, while nobody knows whether QEMU has it. */
    synchronized void put(XenGuest guest, VusbController controller) {
        controllers.computeIfAbsent(guest.instance(), key -> new ArrayList<>()).add(controller);
    }

    synchronized void remove(XenGuest guest, VusbController controller) {
        controllers.getOrDefault(guest.instance(), new ArrayList<>()).remove(controller);
    }

    synchronized List<VusbController> controllers(XenGuest guest) {
        return List.copyOf(controllers.getOrDefault(guest.instance(), List.of()));
    }

    /** Forgets all other lives. */
    synchronized void retain(Collection<String> instances) {
        ports.keySet().retainAll(instances);
        controllers.keySet().retainAll(instances);
    }
}
