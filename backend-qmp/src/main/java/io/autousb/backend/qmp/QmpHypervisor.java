package io.autousb.backend.qmp;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.port.AddControllerRequest;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.domain.port.DetachRequest;
import io.autousb.domain.port.GuestListener;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import io.autousb.linux.Deadline;
import io.autousb.linux.GuestHints;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plain QEMU guests, each through a monitor of its own that stays connected.
 *
 * <p>Thread-safe; calls for different guests do not wait for each other. Hints come on threads of the
 * guests' own. A guest's id is its monitor's socket.
 */
final class QmpHypervisor implements Hypervisor {

    private static final Logger LOG = LoggerFactory.getLogger(QmpHypervisor.class);

    /** A look at a socket's file costs nothing, one at all processes a little. */
    private static final Duration SOCKET_INTERVAL = Duration.ofSeconds(1);

    private static final Duration PROCESSES_INTERVAL = Duration.ofSeconds(2);
    private static final Duration STATUS_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration END_PATIENCE = Duration.ofSeconds(2);
    /** How long to wait for guests that are there: first for a connection, then for their states. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);
    /** What takes longer to prepare is no gain. */
    /** Left of a deadline for answering without those that do not. */
    private static final int SPARE_PART = 10;

    private final HostProcesses processes;
    private final QemuProcesses running;
    private final Attacher attacher;
    private final Duration greetingTimeout;
    private final GuestHints hints = new GuestHints();
    private final Object lock = new Object();
    private final List<GuestWatch> retired = new ArrayList<>();
    private Map<String, GuestWatch> watches = Map.of();
    private boolean closed;

    QmpHypervisor(Path root, Duration greetingTimeout) {
        this.processes = new HostProcesses(root);
        this.running = new QemuProcesses(processes);
        this.attacher = new Attacher(new HostDevices(root));
        this.greetingTimeout = greetingTimeout;
    }

    @Override
    public void configure(List<GuestSpec> guests) {
        GuestSettings.check(guests);
        synchronized (lock) {
            requireOpen();
            retired.removeIf(GuestWatch::hasEnded);
            Map<String, GuestWatch> next = new LinkedHashMap<>();
            for (GuestSpec spec : guests) {
                GuestWatch kept = watches.get(spec.name());
                next.put(spec.name(), kept != null && kept.spec().equals(spec) ? kept : watch(spec));
            }
            for (GuestWatch watch : watches.values()) {
                if (!next.containsValue(watch)) {
                    watch.stop();
                    retired.add(watch);
                }
            }
            watches = next;
        }
    }

    private GuestWatch watch(GuestSpec spec) {
        Optional<Path> socket = GuestSettings.socket(spec);
        MonitorSearch search = socket.map(MonitorSearch::fixed).orElseGet(() -> running.named(spec.name()));
        Pace pace = new Pace(socket.isPresent() ? SOCKET_INTERVAL : PROCESSES_INTERVAL);
        MonitorConnector connector = new MonitorConnector(search, processes, greetingTimeout);
        GuestWatch watch = new GuestWatch(spec, connector, hints, pace, STATUS_TIMEOUT);
        watch.start();
        return watch;
    }

    @Override
    public void subscribe(GuestListener listener) {
        synchronized (lock) {
            requireOpen();
            hints.listener(listener);
        }
    }

    @Override
    public List<Guest> guests(Duration timeout) {
        List<GuestWatch> all = watches();
        Deadline deadline = Deadline.after(timeout.minus(timeout.dividedBy(SPARE_PART)));
        // Half of the time for finding them, so that there is some left for asking those that are connected.
        Deadline found = soon(deadline.remaining().dividedBy(2));
        all.forEach(watch -> watch.facts().awaitSearch(found, deadline));
        Deadline patience = soon(deadline.remaining());
        all.forEach(watch -> watch.facts().ask());
        return all.stream()
                .flatMap(watch -> watch.facts().guest(patience).stream())
                .toList();
    }

    private static Deadline soon(Duration left) {
        return Deadline.after(left.compareTo(PATIENCE) < 0 ? left : PATIENCE);
    }

    @Override
    public GuestInspection inspect(Guest guest, Duration timeout) {
        GuestWatch watch = find(guest.id());
        return new Inspector(watch.link(), Deadline.after(timeout))
                .inspect(watch.spec().name());
    }

    @Override
    public void addController(AddControllerRequest request) {
        ControllerAdder.add(link(request.guest()), request);
    }

    /** What is sent early has no effect, and any other command takes it back: no other guest need wait for that. */
    @Override
    public boolean prepare(Guest guest, List<AttachRequest> attaches) {
        try {
            attacher.prepare(link(guest), attaches);
        } catch (BackendException e) {
            LOG.debug("nothing is prepared for {}", guest, e);
        }
        return false;
    }

    @Override
    public Attachment attach(AttachRequest request) {
        return attacher.attach(link(request.guest()), request, Deadline.after(request.timeout()));
    }

    @Override
    public void detach(DetachRequest request) {
        Detacher.detach(link(request.guest()), request, Deadline.after(request.timeout()));
    }

    /** The connection to the very instance that was last seen. */
    private MonitorLink link(Guest guest) {
        MonitorLink link = find(guest.id()).link();
        if (!link.instance().text().equals(guest.instance())) {
            throw MonitorLink.gone(guest.id());
        }
        return link;
    }

    private GuestWatch find(GuestId id) {
        return watches().stream()
                .filter(watch -> watch.facts().is(id))
                .findFirst()
                .orElseThrow(() -> MonitorLink.gone(id));
    }

    private List<GuestWatch> watches() {
        synchronized (lock) {
            requireOpen();
            return List.copyOf(watches.values());
        }
    }

    private void requireOpen() {
        if (closed) {
            throw BackendException.of(BackendException.CLOSED, "the hypervisor qmp has been closed")
                    .retry(Retry.NEVER)
                    .build();
        }
    }

    @Override
    public void close() {
        List<GuestWatch> all;
        synchronized (lock) {
            closed = true;
            all = new ArrayList<>(watches.values());
            all.addAll(retired);
            watches = Map.of();
            retired.clear();
        }
        hints.end();
        all.forEach(GuestWatch::stop);
        Deadline deadline = Deadline.after(END_PATIENCE);
        all.forEach(watch -> watch.join(deadline));
    }
}
