package io.autousb.xen.guest;

import io.autousb.domain.model.Guest;
import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.domain.port.GuestListener;
import io.autousb.domain.port.GuestSpec;
import io.autousb.linux.Deadline;
import io.autousb.linux.GuestHints;
import io.autousb.xen.store.NodeReader;
import io.autousb.xen.store.Xenstore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiPredicate;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The guests of Xen that an adapter serves: watches xenstore, looks at all domains after each event, and hints if
 * what {@link #guests} returns has changed since.
 *
 * <p>Thread-safe. Hints come on one thread of this, never after {@link #close} has returned.
 *
 * <p>States: {@link io.autousb.domain.model.GuestState#RUNNING} for a guest that xenstore shows as complete, whatever
 * its processors do: xenstore does not tell that (an adapter that knows better says so by {@link Guest#withState}).
 * {@code TRANSIENT} while libxl makes it, ends it, migrates it or suspends it. {@code UNKNOWN} if several guests bear
 * the name; {@link #require} says so. A guest that libxl has not built yet is not there.
 *
 * <pre>{@code
 * XenGuests guests = new XenGuests(store, root, clock, (spec, guest) -> XenAdapter.of(guest) == XenAdapter.XL);
 * guests.configure(specs);
 * guests.subscribe(listener);
 * for (Guest guest : guests.guests(deadline)) {
 *     XenGuest facts = guests.require(guest, deadline);
 * }
 * }</pre>
 */
public final class XenGuests implements AutoCloseable {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private final Xenstore store;
    private final GuestSearch search;
    private final GuestHints hints = new GuestHints();
    private final Object lock = new Object();
    private List<GuestSpec> specs = List.of();
    private volatile Set<String> ambiguous = Set.of();
    private @Nullable GuestWatcher watcher;
    private boolean closed;

    /**
     * Begins nothing yet.
     *
     * @param store xenstore, to be closed by the caller after this
     * @param root the root folder below which {@code var/lib/xen} is looked for
     * @param clock the time
     * @param serves whether a guest is this adapter's, by what is configured and what xenstore says; called by any
     *     thread, and does not block
     */
    public XenGuests(Xenstore store, Path root, LongSupplier clock, BiPredicate<GuestSpec, XenGuest> serves) {
        this.store = store;
        this.search = new GuestSearch(new GuestStates(new LibxlCreation(root), clock), serves);
    }

    /**
     * Says which guests are asked for. May come again; guests that stay are not disturbed. Does not block.
     *
     * @param guests guests by name, or by domid: a name of digits only is a domid, as for {@code xl}
     * @throws BackendException {@code INVALID} if one of them is the control domain, or is named twice
     */
    public void configure(List<GuestSpec> guests) {
        GuestNames.check(guests);
        synchronized (lock) {
            requireOpen();
            specs = List.copyOf(guests);
            if (watcher != null) {
                watcher.wake();
            }
        }
    }

    /**
     * Starts watching. Called once, after {@link #configure}.
     *
     * @param listener is told that {@link #guests} changed, and that something changed in what xenstore says of a
     *     served guest's USB ports and controllers, by whomever
     */
    public void subscribe(GuestListener listener) {
        synchronized (lock) {
            requireOpen();
            if (watcher != null) {
                throw new IllegalStateException("there is a listener already");
            }
            hints.listener(listener);
            watcher = new GuestWatcher(store, this::look, hints);
            watcher.start();
        }
    }

    /**
     * Looks which guests there are.
     *
     * @param deadline by when
     * @return each guest that is asked for, is there, and is this adapter's, under the name it was asked for
     * @throws BackendException if xenstore does not answer
     */
    public List<Guest> guests(Deadline deadline) {
        GuestWatcher present;
        synchronized (lock) {
            requireOpen();
            present = watcher;
        }
        List<Guest> guests = look(store.by(deadline)).guests();
        if (present != null) {
            present.shown(guests);
        }
        return guests;
    }

    private GuestSearch.Look look(NodeReader nodes) {
        List<GuestSpec> asked;
        synchronized (lock) {
            asked = specs;
        }
        GuestSearch.Look look = search.look(nodes, asked);
        ambiguous = look.ambiguous();
        return look;
    }

    /**
     * Looks at one guest.
     *
     * @param guest the guest, as {@link #guests} returned it, in whatever state
     * @param deadline by when
     * @return what xenstore says of that very instance now, however it is called by now
     * @throws BackendException {@code GUEST_GONE} if it is not there any more; {@code REFUSED} if several guests bear
     *     its name; otherwise if xenstore does not answer
     */
    public XenGuest require(Guest guest, Deadline deadline) {
        if (ambiguous.contains(guest.name())) {
            throw BackendException.of(BackendException.REFUSED, "several guests are called " + guest)
                    .where(guest.id())
                    .remedy("give each a name of its own (xl rename), or configure one by its domain's number")
                    .retry(Retry.ON_CHANGE)
                    .build();
        }
        OptionalInt domid = XenGuest.domid(guest.instance());
        return (domid.isEmpty() ? Optional.<XenGuest>empty() : DomainReader.read(nodes(deadline), domid.getAsInt()))
                .filter(facts ->
                        facts.id().equals(guest.id()) && facts.instance().equals(guest.instance()))
                .orElseThrow(() -> gone(guest));
    }

    /**
     * One guest, without asking xenstore where no watch says that it may be another by now. For changes that look once
     * more themselves whether the guest is still there, as those of {@link io.autousb.xen.vusb.VusbLedger} do.
     *
     * @param guest the guest, as {@link #guests} returned it
     * @param deadline by when
     * @return what xenstore says of that very instance, or said before a change that it has yet to tell of
     * @throws BackendException as {@link #require}
     */
    public XenGuest latest(Guest guest, Deadline deadline) {
        GuestWatcher present;
        synchronized (lock) {
            present = watcher;
        }
        return Optional.ofNullable(present)
                .filter(watching -> !ambiguous.contains(guest.name()))
                .flatMap(watching -> watching.known(guest.instance()))
                .orElseGet(() -> require(guest, deadline));
    }

    /**
     * Looks at one guest that is to be changed.
     *
     * @param guest the guest, as {@link #guests} returned it
     * @param deadline by when
     * @return as {@link #require}
     * @throws BackendException as {@link #require}; {@code REFUSED} while libxl makes the guest, ends it, migrates it or
     *     suspends it
     */
    public XenGuest requireReady(Guest guest, Deadline deadline) {
        return requireReady(require(guest, deadline));
    }

    /**
     * The same for one that has just been looked at.
     *
     * @param facts as {@link #require} returned it
     * @return the same
     * @throws BackendException as the other
     */
    public XenGuest requireReady(XenGuest facts) {
        if (!search.state(facts).acceptsChanges()) {
            throw BackendException.of(
                            BackendException.REFUSED, "libxl is making the guest, ending, migrating or suspending it")
                    .where(facts)
                    .retry(Retry.ON_CHANGE)
                    .build();
        }
        return facts;
    }

    /**
     * Waits until a guest that has just been looked at can be changed: one that is being made will soon be.
     *
     * @param guest the guest, as {@link #guests} returned it
     * @param seen what {@link #require} returned for it
     * @param deadline by when
     * @return as {@link #require}
     * @throws BackendException as {@link #requireReady(Guest, Deadline)}, at the deadline; at once if the guest goes
     */
    public XenGuest awaitReady(Guest guest, XenGuest seen, Deadline deadline) {
        Deadline waiting = deadline.earlier(LOOK_AGAIN.multipliedBy(2));
        XenGuest facts = seen;
        while (waiting.remainingNanos() > 0 && !search.state(facts).acceptsChanges()) {
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            facts = require(guest, deadline);
        }
        return requireReady(facts);
    }

    private static BackendException gone(Guest guest) {
        return BackendException.of(BackendException.GUEST_GONE, "the guest is gone")
                .where("guest " + guest + ", " + UntrustedText.of(guest.instance()))
                .retry(Retry.ON_CHANGE)
                .build();
    }

    /**
     * Which configuration a guest was found by.
     *
     * @param guest the guest, as {@link #guests} returned it
     * @return the spec, or empty if it is not configured any more
     */
    public Optional<GuestSpec> spec(Guest guest) {
        synchronized (lock) {
            return specs.stream()
                    .filter(spec -> spec.name().equals(guest.name()))
                    .findFirst();
        }
    }

    /**
     * Looks at all guests of the host, whoever serves them: for what concerns the whole host.
     *
     * @param deadline by when
     * @return all that are built
     * @throws BackendException if xenstore does not answer
     */
    public List<XenGuest> all(Deadline deadline) {
        NodeReader nodes = nodes(deadline);
        return DomainReader.domids(nodes).stream()
                .flatMap(domid -> DomainReader.read(nodes, domid).stream())
                .toList();
    }

    private NodeReader nodes(Deadline deadline) {
        synchronized (lock) {
            requireOpen();
        }
        return store.by(deadline);
    }

    private void requireOpen() {
        if (closed) {
            throw BackendException.of(BackendException.CLOSED, "the list of Xen's guests is closed")
                    .retry(Retry.NEVER)
                    .build();
        }
    }

    /** Ends the watches and the thread. Idempotent. */
    @Override
    public void close() {
        GuestWatcher ended;
        synchronized (lock) {
            closed = true;
            ended = watcher;
            watcher = null;
        }
        hints.end();
        if (ended != null) {
            ended.close();
        }
    }
}
