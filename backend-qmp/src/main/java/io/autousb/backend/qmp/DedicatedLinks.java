package io.autousb.backend.qmp;

import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.port.GuestListener;
import io.autousb.domain.port.GuestSpec;
import io.autousb.linux.Deadline;
import io.autousb.linux.GuestHints;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.monitor.DedicatedMonitors;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps a connection to each guest of Xen that has a monitor of its own beside libxl's: the one that the configuration
 * names, or one that its device model's arguments do. Thread-safe.
 */
final class DedicatedLinks implements AutoCloseable {

    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration STATUS_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration SEARCH_PATIENCE = Duration.ofSeconds(1);
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(2);
    private static final Duration STATE_PATIENCE = Duration.ofSeconds(2);
    private static final Duration END_PATIENCE = Duration.ofSeconds(2);

    private final DedicatedMonitors monitors;
    private final HostProcesses processes;
    private final Duration greetingTimeout;
    private final GuestHints hints;
    private final Object lock = new Object();
    private final Map<String, Followed> followed = new HashMap<>();
    private final List<GuestWatch> retired = new ArrayList<>();
    private boolean closed;

    /** One life of a guest; without a watch if it has no monitor of its own. */
    private record Followed(Optional<Path> configured, Optional<GuestWatch> watch) {}

    DedicatedLinks(Path root, Duration greetingTimeout, GuestHints hints) {
        this.monitors = new DedicatedMonitors(root);
        this.processes = new HostProcesses(root);
        this.greetingTimeout = greetingTimeout;
        this.hints = hints;
    }

    /** Whether it is known of a life whether it has a monitor of its own. */
    boolean isFollowed(String instance) {
        synchronized (lock) {
            return followed.containsKey(instance);
        }
    }

    /** Begins to keep a connection, if there is anything to connect to and it has not begun yet. */
    void follow(XenGuest guest, GuestSpec spec, Deadline deadline) {
        Optional<Path> configured = GuestSettings.socket(spec);
        synchronized (lock) {
            Followed before = followed.get(guest.instance());
            if (closed || before != null && before.configured().equals(configured)) {
                return;
            }
        }
        List<Path> sockets = configured
                .map(List::of)
                .orElseGet(() -> monitors.find(guest, Deadline.after(shorter(SEARCH_PATIENCE, deadline.remaining()))));
        synchronized (lock) {
            Followed before = followed.get(guest.instance());
            if (closed || before != null && before.configured().equals(configured)) {
                return;
            }
            if (before != null) {
                before.watch().ifPresent(this::retire);
            }
            Optional<GuestWatch> watch =
                    sockets.isEmpty() ? Optional.empty() : Optional.of(watch(guest, spec, sockets));
            followed.put(guest.instance(), new Followed(configured, watch));
        }
    }

    private GuestWatch watch(XenGuest guest, GuestSpec spec, List<Path> sockets) {
        MonitorConnector connector = new MonitorConnector(search(guest, sockets), processes, greetingTimeout);
        GuestWatch watch = new GuestWatch(spec, connector, hintsFor(guest.id()), new Pace(INTERVAL), STATUS_TIMEOUT);
        watch.start();
        return watch;
    }

    /** Only the device model itself is taken for it, whatever else listens there. */
    private MonitorSearch search(XenGuest guest, List<Path> sockets) {
        if (guest.deviceModel().pid().isEmpty()) {
            return MonitorSearch.fixed(sockets.get(0));
        }
        int pid = guest.deviceModel().pid().getAsInt();
        return () -> processes
                .startTime(pid)
                .<MonitorSearch.Result>map(
                        start -> new MonitorSearch.Claims(List.of(new MonitorSearch.Claim(pid, start, sockets))))
                .orElseGet(MonitorSearch.Absent::new);
    }

    /** The guest is Xen's, and not that of the socket. */
    private GuestHints hintsFor(GuestId guest) {
        GuestHints translated = new GuestHints();
        translated.listener(new GuestListener() {
            @Override
            public void guestsChanged() {
                hints.guests();
            }

            @Override
            public void attachmentsChanged(GuestId socket) {
                hints.attachments(guest);
            }
        });
        return translated;
    }

    /** The connection, if there is one; one that is being made is waited for. */
    Optional<MonitorLink> link(XenGuest guest, Deadline deadline) {
        return watch(guest.instance()).flatMap(watch -> {
            Deadline patience = Deadline.after(shorter(CONNECT_PATIENCE, deadline.remaining()));
            watch.facts().awaitSearch(patience, patience);
            return present(watch);
        });
    }

    /** The connection, if there is one at this moment. */
    Optional<MonitorLink> present(XenGuest guest) {
        return watch(guest.instance()).flatMap(DedicatedLinks::present);
    }

    private static Optional<MonitorLink> present(GuestWatch watch) {
        return watch.facts().connection().filter(link -> link.session().isOpen());
    }

    /** The guests, with the states that their monitors tell: xenstore does not know of a pause. */
    List<Guest> withStates(List<Guest> guests, Deadline deadline) {
        Deadline patience = Deadline.after(shorter(STATE_PATIENCE, deadline.remaining()));
        guests.forEach(guest ->
                watch(guest.instance()).ifPresent(watch -> watch.facts().ask()));
        return guests.stream().map(guest -> withState(guest, patience)).toList();
    }

    private Guest withState(Guest guest, Deadline deadline) {
        return guest.state().acceptsChanges()
                ? watch(guest.instance())
                        .flatMap(watch -> state(watch, deadline))
                        .map(guest::withState)
                        .orElse(guest)
                : guest;
    }

    /** Empty while there is no connection: libxl's monitor may do. */
    private static Optional<GuestState> state(GuestWatch watch, Deadline deadline) {
        watch.facts().awaitSearch(deadline, deadline);
        return watch.facts().connection().isPresent()
                ? watch.facts().guest(deadline).map(Guest::state)
                : Optional.empty();
    }

    private Optional<GuestWatch> watch(String instance) {
        synchronized (lock) {
            Followed one = followed.get(instance);
            return one == null ? Optional.empty() : one.watch();
        }
    }

    /** Ends the connections of all other lives. */
    void retain(Collection<String> instances) {
        synchronized (lock) {
            retired.removeIf(GuestWatch::hasEnded);
            for (Iterator<Map.Entry<String, Followed>> each =
                            followed.entrySet().iterator();
                    each.hasNext(); ) {
                Map.Entry<String, Followed> one = each.next();
                if (!instances.contains(one.getKey())) {
                    one.getValue().watch().ifPresent(this::retire);
                    each.remove();
                }
            }
        }
    }

    private void retire(GuestWatch watch) {
        watch.stop();
        retired.add(watch);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    @Override
    public void close() {
        List<GuestWatch> all;
        synchronized (lock) {
            closed = true;
            followed.values().forEach(one -> one.watch().ifPresent(this::retire));
            followed.clear();
            all = List.copyOf(retired);
            retired.clear();
        }
        Deadline deadline = Deadline.after(END_PATIENCE);
        all.forEach(watch -> watch.join(deadline));
    }
}
