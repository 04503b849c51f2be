package io.autousb.xen.guest;

import io.autousb.xen.store.DomainEvent;
import io.autousb.xen.store.Watch;
import io.autousb.xen.store.WatchListener;
import io.autousb.xen.store.Xenstore;
import io.autousb.xen.store.XenstorePath;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * The watches in xenstore: on domains coming and going, on every name, and on what matters of the guests that are
 * asked for. Nothing that a guest may write but {@code control/shutdown}. Used by one thread.
 */
final class GuestWatches implements AutoCloseable {

    private final Xenstore store;
    private final WatchListener anything;
    private final IntConsumer usb;
    private final Map<XenstorePath, Watch> watches = new HashMap<>();
    private final List<Watch> life;
    private int begun;

    /**
     * Watches domains coming and going.
     *
     * @param store xenstore
     * @param anything is told that guests may have changed
     * @param usb is told the domain whose controllers or ports may have changed
     */
    GuestWatches(Xenstore store, Runnable anything, IntConsumer usb) {
        this.store = store;
        this.anything = where -> anything.run();
        this.usb = usb;
        this.life = List.of(
                store.watch(DomainEvent.INTRODUCED, this.anything), store.watch(DomainEvent.RELEASED, this.anything));
    }

    /**
     * Watches these domains, and only these.
     *
     * @return whether all of them were watched already, so that no change of theirs can have been missed
     */
    boolean follow(List<Integer> domids, List<XenGuest> wanted) {
        int before = begun;
        Set<XenstorePath> still = new HashSet<>();
        for (int domid : domids) {
            watch(still, XenNodes.domain(domid).child("name"), anything);
        }
        for (XenGuest guest : wanted) {
            follow(still, guest);
        }
        watches.entrySet().removeIf(each -> {
            boolean ended = !still.contains(each.getKey());
            if (ended) {
                each.getValue().close();
            }
            return ended;
        });
        return begun == before;
    }

    private void follow(Set<XenstorePath> still, XenGuest guest) {
        int domid = guest.domid();
        int host = guest.deviceModel().stubdomain().orElse(0);
        WatchListener usbOf = where -> usb.accept(domid);
        watch(still, XenNodes.deviceModel(host, domid).child("state"), anything);
        watch(still, guest.node().child("control").child("shutdown"), anything);
        watch(still, guest.libxlNode().child("device").child("vusb"), usbOf);
        watch(still, XenNodes.backend("vusb", domid), usbOf);
        watch(still, XenNodes.backend("qusb", domid), usbOf);
    }

    private void watch(Set<XenstorePath> still, XenstorePath path, WatchListener listener) {
        still.add(path);
        watches.computeIfAbsent(path, missing -> {
            begun++;
            return store.watch(missing, listener);
        });
    }

    @Override
    public void close() {
        life.forEach(Watch::close);
        watches.values().forEach(Watch::close);
        watches.clear();
    }
}
