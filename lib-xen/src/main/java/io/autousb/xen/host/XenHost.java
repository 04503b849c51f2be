package io.autousb.xen.host;

import io.autousb.domain.model.Guest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.domain.port.GuestListener;
import io.autousb.domain.port.GuestSpec;
import io.autousb.linux.Deadline;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.guest.XenGuests;
import io.autousb.xen.store.Xenstore;
import io.autousb.xen.vusb.VusbLedger;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Xen as an adapter uses it, from its first configuration until it is closed. What an adapter has to say of a guest
 * before the first configuration is nothing, and after the end {@code CLOSED}. Thread-safe.
 *
 * <pre>{@code
 * XenHost xen = new XenHost(() -> XenstoreClient.open(XenstoreAddress.find(root, System.getenv())), root, clock, serves);
 * xen.configure(specs);
 * xen.subscribe(listener);
 * XenGuest facts = xen.requireReady(request.guest(), deadline);
 * xen.ledger().claim(facts, port, mark, deadline);
 * }</pre>
 */
public final class XenHost implements AutoCloseable {

    private final Supplier<? extends Xenstore> opening;
    private final Path root;
    private final LongSupplier clock;
    private final BiPredicate<GuestSpec, XenGuest> serves;
    private final Object lock = new Object();
    private @Nullable Connected connected;
    private boolean closed;

    /** What there is from the first configuration on. */
    private record Connected(Xenstore store, XenGuests guests, VusbLedger ledger) {}

    /**
     * Begins nothing yet.
     *
     * @param opening opens xenstore, without waiting for it; called once
     * @param root the root folder below which libxl's files are looked for
     * @param clock the time
     * @param serves which guests are the adapter's, as for {@link XenGuests}
     */
    public XenHost(
            Supplier<? extends Xenstore> opening,
            Path root,
            LongSupplier clock,
            BiPredicate<GuestSpec, XenGuest> serves) {
        this.opening = opening;
        this.root = root;
        this.clock = clock;
        this.serves = serves;
    }

    /**
     * Says which guests are asked for, as {@link XenGuests#configure}.
     *
     * @param specs the guests
     */
    public void configure(List<GuestSpec> specs) {
        synchronized (lock) {
            requireOpen();
            if (connected == null) {
                Xenstore store = opening.get();
                connected = new Connected(store, new XenGuests(store, root, clock, serves), new VusbLedger(store));
            }
        }
        connected().guests().configure(specs);
    }

    /**
     * Starts watching, as {@link XenGuests#subscribe}.
     *
     * @param listener is told
     */
    public void subscribe(GuestListener listener) {
        connected().guests().subscribe(listener);
    }

    /**
     * The guests that are asked for and are the adapter's, as {@link XenGuests#guests}.
     *
     * @param deadline by when
     * @return the guests
     */
    public List<Guest> guests(Deadline deadline) {
        return connected().guests().guests(deadline);
    }

    /**
     * One guest, whatever it is doing, as {@link XenGuests#require}.
     *
     * @param guest the guest, as it was seen
     * @param deadline by when
     * @return what xenstore says of that very instance now
     */
    public XenGuest require(Guest guest, Deadline deadline) {
        return connected().guests().require(guest, deadline);
    }

    /**
     * One guest, as xenstore has last told of it, as {@link XenGuests#latest}.
     *
     * @param guest the guest, as it was seen
     * @param deadline by when
     * @return what is known of that very instance
     */
    public XenGuest latest(Guest guest, Deadline deadline) {
        return connected().guests().latest(guest, deadline);
    }

    /**
     * One guest that can be changed now, as {@link XenGuests#requireReady(Guest, Deadline)}.
     *
     * @param guest the guest, as it was seen
     * @param deadline by when
     * @return what xenstore says of that very instance now
     */
    public XenGuest requireReady(Guest guest, Deadline deadline) {
        return connected().guests().requireReady(guest, deadline);
    }

    /**
     * The same for one that has just been looked at, as {@link XenGuests#requireReady(XenGuest)}.
     *
     * @param facts as {@link #require} returned it
     * @return the same
     */
    public XenGuest requireReady(XenGuest facts) {
        return connected().guests().requireReady(facts);
    }

    /**
     * One guest, once it can be changed, as {@link XenGuests#awaitReady}.
     *
     * @param guest the guest, as it was seen
     * @param seen what {@link #require} returned for it
     * @param deadline by when
     * @return what xenstore says of that very instance now
     */
    public XenGuest awaitReady(Guest guest, XenGuest seen, Deadline deadline) {
        return connected().guests().awaitReady(guest, seen, deadline);
    }

    /**
     * Which configuration a guest was found by, as {@link XenGuests#spec}.
     *
     * @param guest the guest, as it was seen
     * @return the spec, or empty if it is not configured any more
     */
    public Optional<GuestSpec> spec(Guest guest) {
        return connected().guests().spec(guest);
    }

    /**
     * All guests of the host, as {@link XenGuests#all}.
     *
     * @param deadline by when
     * @return the guests, whoever serves them
     */
    public List<XenGuest> all(Deadline deadline) {
        return connected().guests().all(deadline);
    }

    /**
     * xenstore itself, not to be closed.
     *
     * @return the connection
     */
    public Xenstore store() {
        return connected().store();
    }

    /**
     * What xenstore says of the guests' USB.
     *
     * @return the ledger
     */
    public VusbLedger ledger() {
        return connected().ledger();
    }

    private Connected connected() {
        synchronized (lock) {
            requireOpen();
            if (connected == null) {
                throw new IllegalStateException("not configured yet");
            }
            return connected;
        }
    }

    private void requireOpen() {
        if (closed) {
            throw BackendException.of(BackendException.CLOSED, "the adapter for Xen has been closed")
                    .retry(Retry.NEVER)
                    .build();
        }
    }

    /** Ends the watches, and all calls under way to xenstore. No hint comes after this. Idempotent. */
    @Override
    public void close() {
        Connected ended;
        synchronized (lock) {
            closed = true;
            ended = connected;
        }
        if (ended != null) {
            ended.guests().close();
            ended.store().close();
        }
    }
}
