package io.autousb.xen.vusb;

import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.linux.Deadline;
import io.autousb.xen.guest.DomainReader;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.guest.XenNodes;
import io.autousb.xen.store.NodeReader;
import io.autousb.xen.store.Xenstore;
import io.autousb.xen.store.XenstorePath;
import io.autousb.xen.store.XenstoreTransaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Reads and keeps what xenstore says of guests' USB. Every change looks first, in the same transaction, whether
 * the guest is still that instance and the place still as it was believed to be, and changes nothing otherwise
 * ({@link #claimShown} looks at the place, which goes with the guest): so nothing is ever written for a domain
 * that is gone, and nothing of another program's is overwritten. Every change but {@link #addController} can be
 * repeated: where it has taken effect already, it succeeds.
 *
 * <p>Beside the ledger there are marks, at {@code /libxl/<domid>/auto-usb-attach/vusb/<controller>/<port>}. That
 * is out of libxl's sight (it looks below {@code /libxl/<domid>/device} only), readable by the control domain
 * only, as libxl makes all of {@code /libxl/<domid>} ({@code libxl__domain_make}), and goes when libxl removes
 * {@code /libxl/<domid>}, as it does when the domain ends and before the domid is used again.
 *
 * <p>An attach in libxl's order, and how to go back:
 *
 * <pre>{@code
 * ledger.claim(guest, port, mark, deadline);             // mark and port
 * try {
 *     deviceAdd(mark.handle(), port);
 * } catch (refused) {
 *     ledger.unclaim(guest, port, mark, deadline);
 * }
 *
 * boolean held = ledger.clear(guest, port, mark.path(), deadline);   // the mark stays
 * try {
 *     deviceDelAndWait(mark.handle());
 *     ledger.forget(guest, port, mark, deadline);
 * } catch (refused) {
 *     if (held && hostStillHasIt) ledger.restore(guest, port, mark.path(), deadline);
 * }
 * }</pre>
 *
 * <p>Thread-safe. All calls fail with a {@link BackendException}: {@code GUEST_GONE} if the guest, or this instance
 * of it, is not there any more, what is named at each, and what {@link Xenstore} fails with; with {@code
 * outcomeUnknown} if a change may have taken effect.
 */
public final class VusbLedger {

    /** As many as libxl lets an emulated controller have ({@code libxl__device_usbctrl_setdefault}). */
    private static final int[] PORTS_BY_VERSION = {0, 2, 6, 15};

    private final Xenstore store;

    /**
     * Keeps the ledger in a xenstore.
     *
     * @param store xenstore
     */
    public VusbLedger(Xenstore store) {
        this.store = store;
    }

    /**
     * Reads all of a guest.
     *
     * @param guest the guest
     * @param deadline by when
     * @return its controllers, ports and marks; of one moment only if nothing changed meanwhile, in which case
     *     {@link io.autousb.xen.guest.XenGuests} hints
     */
    public VusbState read(XenGuest guest, Deadline deadline) {
        var nodes = store.by(deadline);
        VusbState state = new VusbReader(nodes, guest.domid()).state();
        requireThere(nodes, guest);
        return state;
    }

    /**
     * Writes a device into a free port of an emulated controller, and its mark, both or neither.
     *
     * @param guest the guest
     * @param port the port; fails with {@code PORT_BUSY} if it is not free, or not there, or bears the mark of
     *     something else, which the device model may still have
     * @param mark what is to be attached; fails with {@code REFUSED} if a port of another domain has it
     * @param deadline by when
     */
    public void claim(XenGuest guest, VusbPortId port, AttachmentMark mark, Deadline deadline) {
        claim(guest, port, mark, false, deadline);
    }

    /**
     * As {@link #claim}, for a port that {@link #read} has shown of this very instance: nothing is asked that stays as long
     * as the port does, which saves a quarter of the time. The port's node tells that the domain is there: libxl removes it
     * with the domain, and gives no domid again within a minute ({@code libxl_domain.c}, {@code libxl__is_domid_recent}).
     *
     * @param guest the guest, as xenstore has last told of it
     * @param port the port; fails as for {@link #claim}
     * @param mark what is to be attached; fails as for {@link #claim}
     * @param deadline by when
     */
    public void claimShown(XenGuest guest, VusbPortId port, AttachmentMark mark, Deadline deadline) {
        claim(guest, port, mark, true, deadline);
    }

    private void claim(XenGuest guest, VusbPortId port, AttachmentMark mark, boolean shown, Deadline deadline) {
        store.change(deadline, nodes -> {
            Slot slot = emulated(nodes, guest, port, shown);
            slot.mark(mark);
            slot.put(mark.path().toString());
            // Written first, so that it goes the same way as the looks; nothing takes effect if one of these fails.
            if (!shown || slot.value().isEmpty()) {
                requireThere(slot.seen, guest);
                slot.requirePort();
            }
            slot.requireEmulated();
            if (!slot.isMarked(mark) || !slot.holds(mark.path().toString())) {
                slot.requireFreeFor(mark);
            }
            requireUnassigned(nodes, slot.otherDomains(), mark);
        });
    }

    /**
     * As libxl ({@code is_usbdev_assigned}), but within the transaction: of two that claim one device for two guests at the
     * same moment, the later one sees the other. What another run of ours noted of an earlier stay there does not count.
     */
    private static void requireUnassigned(NodeReader nodes, List<Integer> domids, AttachmentMark mark) {
        NodeReader folders = nodes.ahead(
                List.of(),
                domids.stream().map(VusbNodes::new).map(VusbNodes::controllers).toList());
        for (int domid : domids) {
            boolean hasControllers = folders.list(new VusbNodes(domid).controllers())
                    .filter(devids -> !devids.isEmpty())
                    .isPresent();
            if (hasControllers && new VusbReader(nodes, domid).state().isAssigned(mark)) {
                throw BackendException.of(
                                BackendException.REFUSED, "domain " + domid + " has what is plugged in there already")
                        .where(mark.path())
                        .remedy("detach it there first, with this program or with `xl usbdev-detach " + domid + "`")
                        .build();
            }
        }
    }

    /**
     * Takes a claim back, because the device model has nothing there: clears the port if it holds the mark's
     * device and the mark is still this one, and removes the mark.
     *
     * @param guest the guest
     * @param port the port
     * @param mark what was claimed
     * @param deadline by when
     */
    public void unclaim(XenGuest guest, VusbPortId port, AttachmentMark mark, Deadline deadline) {
        edit(guest, port, deadline, slot -> {
            if (slot.isMarked(mark)) {
                if (slot.holds(mark.path().toString())) {
                    slot.put("");
                }
                slot.unmark();
            }
        });
    }

    /**
     * Writes a mark only: for an attachment that libxl is about to make, and will write into the port itself.
     *
     * @param guest the guest
     * @param port the port; fails with {@code PORT_BUSY} as for {@link #claim}
     * @param mark what is to be attached
     * @param deadline by when
     */
    public void announce(XenGuest guest, VusbPortId port, AttachmentMark mark, Deadline deadline) {
        edit(guest, port, deadline, slot -> {
            slot.requireFreeFor(mark);
            slot.mark(mark);
        });
    }

    /**
     * Clears a port, by writing "" as libxl does: a port that is removed never counts as free again. A mark
     * stays, until {@link #forget}.
     *
     * @param guest the guest
     * @param port the port
     * @param device what it is believed to hold
     * @param deadline by when
     * @return true if it held that; false if it was free already, or holds something else, which stays
     */
    public boolean clear(XenGuest guest, VusbPortId port, PortPath device, Deadline deadline) {
        return change(guest, port, deadline, slot -> {
            boolean held = slot.holds(device.toString());
            if (held) {
                slot.put("");
            }
            return held;
        });
    }

    /**
     * As {@link #clear}, unless the port was given anew since it was seen: an attachment that has just been made has
     * another mark, also where a device came back to the same place and the same port.
     *
     * @param guest the guest
     * @param port the port
     * @param device what it is believed to hold
     * @param mark the mark it is believed to bear, or empty for none
     * @param deadline by when
     * @return true if it held that; false if it was free already, or is another one by now, which stays
     */
    public boolean clearLeftover(
            XenGuest guest, VusbPortId port, PortPath device, Optional<AttachmentMark> mark, Deadline deadline) {
        return change(guest, port, deadline, slot -> {
            boolean same = slot.holds(device.toString()) && slot.mark().equals(mark);
            if (same) {
                slot.put("");
            }
            return same;
        });
    }

    /**
     * Writes a device back into a port that was cleared, because the device model still has it. Not for a device
     * that the host does not have any more: the port would keep {@code xl usbdev-attach} from working. The mark
     * tells of it then.
     *
     * @param guest the guest
     * @param port the port
     * @param device what it held
     * @param deadline by when
     * @return false if the port holds something else by now, or is not there; nothing is changed then
     */
    public boolean restore(XenGuest guest, VusbPortId port, PortPath device, Deadline deadline) {
        return change(guest, port, deadline, slot -> {
            if (slot.holds("")) {
                slot.put(device.toString());
                return true;
            }
            return slot.holds(device.toString());
        });
    }

    /**
     * Removes a mark, if it is still this one.
     *
     * @param guest the guest
     * @param port its port
     * @param mark the mark
     * @param deadline by when
     */
    public void forget(XenGuest guest, VusbPortId port, AttachmentMark mark, Deadline deadline) {
        edit(guest, port, deadline, slot -> {
            if (slot.isMarked(mark)) {
                slot.unmark();
            }
        });
    }

    /**
     * Writes an emulated controller as libxl would, before the device model is asked to make it. If that
     * refuses, {@link #removeController} takes it back.
     *
     * @param guest the guest
     * @param usbVersion 1, with 2 ports; 2, with 6; or 3, with 15, the most that libxl allows
     * @param deadline by when
     * @return the controller, with a devid that libxl would give it; fails with {@code NO_ROOM} if there is none
     */
    public VusbController addController(XenGuest guest, int usbVersion, Deadline deadline) {
        GuestController.requireVersion(usbVersion);
        return change(guest, deadline, place -> {
            int devid = place.reader()
                    .state()
                    .nextDevid()
                    .orElseThrow(() -> BackendException.of(
                                    BackendException.NO_ROOM, "xenstore has no number left for a controller")
                            .where(guest)
                            .retry(Retry.NEVER)
                            .build());
            return place.write(devid, usbVersion, PORTS_BY_VERSION[usbVersion]);
        });
    }

    /**
     * Removes an emulated controller that the device model does not have, if it is still as it was seen and
     * nothing is on its ports.
     *
     * @param guest the guest
     * @param controller the controller, as seen
     * @param deadline by when
     * @return true if it is gone; false if it is another one by now or in use, and stays
     */
    public boolean removeController(XenGuest guest, VusbController controller, Deadline deadline) {
        if (controller.type().hasBackend()) {
            throw new IllegalArgumentException("a backend's controller is libxl's to remove");
        }
        return change(guest, deadline, place -> {
            XenstorePath node = place.paths.controller(controller.devid());
            if (place.nodes.list(node).isEmpty()) {
                return true;
            }
            boolean same = place.reader()
                    .controller(controller.devid())
                    .filter(now -> now.isLike(controller) && now.isIdle())
                    .isPresent();
            if (same) {
                place.nodes.remove(node);
            }
            return same;
        });
    }

    private void edit(XenGuest guest, VusbPortId port, Deadline deadline, Consumer<Slot> body) {
        store.change(deadline, nodes -> body.accept(slot(nodes, guest, port)));
    }

    private <T> T change(XenGuest guest, VusbPortId port, Deadline deadline, Function<Slot, T> body) {
        return store.transaction(deadline, nodes -> body.apply(slot(nodes, guest, port)));
    }

    private <T> T change(XenGuest guest, Deadline deadline, Function<Place, T> body) {
        return store.transaction(deadline, nodes -> {
            requireThere(nodes, guest);
            return body.apply(new Place(nodes, guest));
        });
    }

    private static void requireThere(NodeReader nodes, XenGuest guest) {
        if (!DomainReader.isThere(nodes, guest)) {
            throw guest.gone();
        }
    }

    private static Slot slot(XenstoreTransaction nodes, XenGuest guest, VusbPortId port) {
        NodeReader seen = lookAhead(nodes, guest, port, List.of());
        Slot slot = new Slot(guest, port, nodes, seen, new VusbReader(seen, guest.domid()).place(port));
        requireThere(seen, guest);
        return slot;
    }

    /** Without a look at whether the guest is there, and its controller is what it is taken for. */
    private static Slot emulated(XenstoreTransaction nodes, XenGuest guest, VusbPortId port, boolean shown) {
        VusbNodes places = new VusbNodes(guest.domid());
        XenstorePath node = places.emulated(port);
        NodeReader seen = shown
                ? nodes.ahead(
                        List.of(places.type(port.controller()), node, places.mark(port)), List.of(XenNodes.DOMAINS))
                : lookAhead(nodes, guest, port, List.of(XenNodes.DOMAINS));
        return new Slot(guest, port, nodes, seen, Optional.of(node));
    }

    private static NodeReader lookAhead(NodeReader nodes, XenGuest guest, VusbPortId port, List<XenstorePath> lists) {
        VusbNodes places = new VusbNodes(guest.domid());
        List<XenstorePath> paths = new ArrayList<>(DomainReader.identity(guest));
        paths.addAll(places.place(port.controller()));
        paths.add(places.emulated(port));
        paths.add(places.mark(port));
        return nodes.ahead(paths, lists);
    }

    /** A guest's USB in the middle of a transaction. */
    private static final class Place {
        private final XenstoreTransaction nodes;
        private final int domid;
        private final VusbNodes paths;

        private Place(XenstoreTransaction nodes, XenGuest guest) {
            this.nodes = nodes;
            this.domid = guest.domid();
            this.paths = new VusbNodes(guest.domid());
        }

        private VusbReader reader() {
            return new VusbReader(nodes, domid);
        }

        /** What libxl writes, in its order ({@code libxl__device_usbctrl_add_xenstore}). */
        private VusbController write(int devid, int usbVersion, int count) {
            XenstorePath node = paths.controller(devid);
            nodes.write(node.child("type"), VusbType.DEVICEMODEL.toString());
            nodes.write(node.child("usb-ver"), Integer.toString(usbVersion));
            nodes.write(node.child("num-ports"), Integer.toString(count));
            nodes.write(node.child("port"), "");
            List<VusbPort> ports = new ArrayList<>();
            for (int number = 1; number <= count; number++) {
                nodes.write(node.child("port").child(number), "");
                ports.add(VusbPort.free(new VusbPortId(devid, number)));
            }
            return new VusbController(devid, VusbType.DEVICEMODEL, usbVersion, OptionalInt.empty(), ports);
        }
    }

    /** A port and its mark in the middle of a transaction: what was seen at its beginning, and what is to be. */
    private static final class Slot {
        private final XenGuest guest;
        private final VusbPortId port;
        private final XenstoreTransaction nodes;
        private final NodeReader seen;
        private final Optional<XenstorePath> node;
        private final XenstorePath mark;

        /**
         * Takes what is given.
         *
         * @param seen finds nodes as they were
         * @param node the port's node, if there is such a port
         */
        private Slot(
                XenGuest guest,
                VusbPortId port,
                XenstoreTransaction nodes,
                NodeReader seen,
                Optional<XenstorePath> node) {
            this.guest = guest;
            this.port = port;
            this.nodes = nodes;
            this.seen = seen;
            this.node = node;
            this.mark = new VusbNodes(guest.domid()).mark(port);
        }

        /** A node may be there also where there is no such port. */
        private void requirePort() {
            if (!new VusbReader(seen, guest.domid()).place(port).equals(node)) {
                throw busy("the guest has no such port");
            }
        }

        /** A node may be there also where none counts: libxl copies there what a backend has. */
        private void requireEmulated() {
            boolean emulated = seen.read(new VusbNodes(guest.domid()).type(port.controller()))
                    .flatMap(VusbType::parse)
                    .filter(type -> type == VusbType.DEVICEMODEL)
                    .isPresent();
            if (!emulated) {
                throw busy("the guest's port is no emulated controller's");
            }
        }

        private List<Integer> otherDomains() {
            return DomainReader.domids(seen).stream()
                    .filter(domid -> domid != guest.domid())
                    .toList();
        }

        private Optional<String> value() {
            return node.flatMap(seen::read);
        }

        private boolean holds(String expected) {
            return value().filter(expected::equals).isPresent();
        }

        private boolean isMarked(AttachmentMark expected) {
            return seen.read(mark).filter(expected.toString()::equals).isPresent();
        }

        private Optional<AttachmentMark> mark() {
            return seen.read(mark).flatMap(AttachmentMark::parse);
        }

        private void requireFreeFor(AttachmentMark wanted) {
            boolean othersMark = mark().filter(other -> !other.equals(wanted)).isPresent();
            if (othersMark || !holds("")) {
                throw busy("the guest's port is not free");
            }
        }

        private BackendException busy(String what) {
            return BackendException.of(BackendException.PORT_BUSY, what)
                    .where(guest + ", " + port)
                    .retry(Retry.NOW)
                    .build();
        }

        private void put(String value) {
            node.ifPresent(present -> nodes.write(present, value));
        }

        private void mark(AttachmentMark value) {
            nodes.write(mark, value.toString());
        }

        private void unmark() {
            nodes.remove(mark);
        }
    }
}
