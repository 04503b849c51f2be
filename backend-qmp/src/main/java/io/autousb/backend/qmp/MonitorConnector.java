package io.autousb.backend.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.linux.UnixSocketConnection;
import io.autousb.qmp.QmpCommand;
import io.autousb.qmp.QmpErrorException;
import io.autousb.qmp.QmpHandshake;
import io.autousb.qmp.QmpSession;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds a guest's monitors and negotiates with the first that is free. Stays in the queue of those that
 * are busy. While the QEMU that it was connected to last runs, a guest without a connection is in trouble,
 * never absent. Used by one thread; {@link #close} may come from any.
 */
final class MonitorConnector implements AutoCloseable {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration SETUP_TIMEOUT = Duration.ofSeconds(10);

    private static final QmpCommand USB_HOST_PROPERTIES = QmpCommand.query("device-list-properties")
            .with("typename", "usb-host")
            .build();

    private final MonitorSearch search;
    private final HostProcesses processes;
    private final Duration greetingTimeout;
    private final Impostors impostors;
    private final Map<Path, Place> queued = new ConcurrentHashMap<>();
    private @Nullable MonitorLink last;
    private Duration busyRound = Duration.ZERO;
    private volatile boolean closed;

    /** A place in a monitor's queue. */
    private static final class Place {
        private final QmpHandshake handshake;
        private final QemuInstance instance;
        private boolean tried;

        private Place(QmpHandshake handshake, QemuInstance instance) {
            this.handshake = handshake;
            this.instance = instance;
        }
    }

    /** Is told what comes over the connection, on the session's thread, and what it is tried with before that. */
    interface Observer {
        /** The guest seems to be there. Called by who connects. */
        void sighted(GuestId id, String instance);

        void stateMayHaveChanged();

        void attachmentsMayHaveChanged(GuestId id);

        void ended(BackendException why);
    }

    /** A connection; or a guest that cannot be talked to, and why; or none of them: no guest, and perhaps why. */
    record Result(
            @Nullable MonitorLink link,
            GuestState state,
            @Nullable GuestId id,
            String instance,
            @Nullable BackendException trouble) {

        private static final Result ABSENT = new Result(null, GuestState.UNKNOWN, null, "", null);

        private static Result absent(BackendException why) {
            return new Result(null, GuestState.UNKNOWN, null, "", why);
        }

        /** Whether there is a guest. */
        boolean isPresent() {
            return id != null;
        }

        private static Result trouble(GuestId id, String instance, BackendException why) {
            return new Result(null, GuestState.UNKNOWN, id, instance, why);
        }
    }

    MonitorConnector(MonitorSearch search, HostProcesses processes, Duration greetingTimeout) {
        this.search = search;
        this.processes = processes;
        this.greetingTimeout = greetingTimeout;
        this.impostors = new Impostors(processes.ownUid());
    }

    /**
     * Tries once.
     *
     * @param round how long to listen at a monitor that is known to be busy before looking at the others again
     * @param stopped ends the attempt early
     * @param progress is told of trouble before a long wait
     * @param observer is told what comes over the connection
     */
    Result connect(Duration round, BooleanSupplier stopped, Consumer<Result> progress, Observer observer) {
        busyRound = round;
        Result result = search(stopped, progress, observer);
        if (result.link() != null) {
            last = result.link();
        }
        return stillRunning(result);
    }

    /** No monitor of a QEMU that runs is no absence: what it holds, it holds. */
    private Result stillRunning(Result result) {
        MonitorLink before = last;
        if (result.isPresent() || before == null || !before.instance().isRunning()) {
            return result;
        }
        BackendException why = result.trouble();
        return Result.trouble(
                before.id(), before.instance().text(), why == null ? MonitorFailures.unreachable(before) : why);
    }

    private Result search(BooleanSupplier stopped, Consumer<Result> progress, Observer observer) {
        MonitorSearch.Result found = search.find();
        if (found instanceof MonitorSearch.Claims claims) {
            keepQueues(claims.all().stream()
                    .flatMap(claim -> claim.sockets().stream())
                    .toList());
            return claims(claims.all(), stopped, progress, observer);
        }
        List<Path> sockets = found instanceof MonitorSearch.Sockets some ? some.paths() : List.of();
        keepQueues(sockets);
        return sockets.isEmpty() ? Result.ABSENT : attempt(sockets, null, stopped, progress, observer);
    }

    /** Uses the one process that is proven to be what it claims; asks for help if there are two. */
    private Result claims(
            List<MonitorSearch.Claim> all, BooleanSupplier stopped, Consumer<Result> progress, Observer observer) {
        impostors.retain(all);
        List<MonitorSearch.Claim> proven = new ArrayList<>();
        Result best = Result.ABSENT;
        for (MonitorSearch.Claim claim : all) {
            Result result = claim.sockets().isEmpty() ? mute(claim) : reach(claim);
            if (result == null) {
                proven.add(claim);
            } else if (!best.isPresent()) {
                best = result;
            }
        }
        if (proven.size() > 1) {
            leaveQueues(List.copyOf(queued.keySet()));
            MonitorSearch.Claim first = proven.get(0);
            return Result.trouble(id(first.sockets()), first.instance(), MonitorFailures.ambiguous(proven));
        }
        return proven.isEmpty() ? best : attempt(proven.get(0).sockets(), proven.get(0), stopped, progress, observer);
    }

    /** Connects to a process to see who it is; null if it is what it claims. */
    private @Nullable Result reach(MonitorSearch.Claim claim) {
        Result best = Result.ABSENT;
        for (Path socket : claim.sockets()) {
            try {
                if (queued.containsKey(socket) || enter(socket, claim) != null) {
                    return null;
                }
            } catch (IOException e) {
                Result result = notConnected(id(claim.sockets()), claim.instance(), socket, e);
                best = best.isPresent() ? best : result;
            }
        }
        return best;
    }

    private static Result mute(MonitorSearch.Claim claim) {
        return Result.trouble(
                new GuestId("qmp", "/proc/" + claim.pid()), claim.instance(), MonitorFailures.mute(claim.pid()));
    }

    /** One guest, whichever of its monitors is used: that of the first. */
    private static GuestId id(List<Path> sockets) {
        return new GuestId("qmp", sockets.get(0).toString());
    }

    private Result attempt(
            List<Path> sockets,
            MonitorSearch.@Nullable Claim claim,
            BooleanSupplier stopped,
            Consumer<Result> progress,
            Observer observer) {
        Result best = Result.ABSENT;
        observer.sighted(id(sockets), claim == null ? lastInstance() : claim.instance());
        for (Path socket : sockets) {
            if (stopped.getAsBoolean()) {
                break;
            }
            Result result = attempt(id(sockets), socket, claim, observer);
            if (result.link() != null) {
                leaveQueues(List.copyOf(queued.keySet()));
                return result;
            }
            if (!best.isPresent()) {
                best = result;
            }
            if (best.isPresent()) {
                progress.accept(best);
            }
        }
        return best;
    }

    private Result attempt(GuestId id, Path socket, MonitorSearch.@Nullable Claim claim, Observer observer) {
        Place place = queued.get(socket);
        boolean stays = false;
        try {
            if (place == null) {
                place = enter(socket, claim);
            }
            if (place == null) {
                return Result.ABSENT;
            }
            Duration patience = place.tried ? busyRound : greetingTimeout;
            place.tried = true;
            MonitorEvents events = new MonitorEvents(id, observer);
            QmpSession session = place.handshake.complete(patience, events);
            stays = true;
            queued.remove(socket);
            return setUp(id, place, session, events);
        } catch (IOException e) {
            return notConnected(id, claim == null ? lastInstance() : claim.instance(), socket, e);
        } catch (BackendException e) {
            stays = e.is(BackendException.BUSY);
            return place == null || e.is(BackendException.IO) && !place.instance.isAlive()
                    ? Result.absent(e)
                    : Result.trouble(id, instance(place), e);
        } finally {
            if (!stays) {
                leaveQueues(List.of(socket));
            }
        }
    }

    private static Result notConnected(GuestId id, String instance, Path socket, IOException e) {
        BackendException why = MonitorFailures.connecting(socket, e);
        boolean nobody = e instanceof NoSuchFileException || e instanceof ConnectException;
        return nobody ? Result.absent(why) : Result.trouble(id, instance, why);
    }

    /** The instance behind a place in the queue. A connection that has not become a session is none of its own. */
    private String instance(Place place) {
        return place.instance.kind() == QemuInstance.Kind.CONNECTION ? lastInstance() : place.instance.text();
    }

    private String lastInstance() {
        return last == null ? "" : last.instance().text();
    }

    /** Connects; null if it is not the process that it is taken for. */
    private @Nullable Place enter(Path socket, MonitorSearch.@Nullable Claim claim) throws IOException {
        if (claim != null && impostors.contains(claim)) {
            return null;
        }
        UnixSocketConnection connection = UnixSocketConnection.connect(socket, CONNECT_TIMEOUT);
        QmpHandshake handshake = new QmpHandshake(connection, UntrustedText.of(socket.toString()));
        if (claim != null && !impostors.admits(claim, connection.peer())) {
            handshake.close();
            return null;
        }
        Place place = new Place(handshake, QemuInstance.of(processes, connection.peer(), socket));
        queued.put(socket, place);
        if (closed) {
            handshake.close();
        }
        return place;
    }

    private Result setUp(GuestId id, Place place, QmpSession session, MonitorEvents events) {
        QemuInstance instance = place.instance;
        try {
            Deadline deadline = Deadline.after(SETUP_TIMEOUT);
            MonitorLink link = new MonitorLink(
                    id,
                    instance,
                    session,
                    events.deletions,
                    events.cache,
                    events.refused,
                    knowsHostdevice(session, deadline));
            return new Result(link, link.status(deadline), id, instance.text(), null);
        } catch (BackendException e) {
            session.close();
            return instance.isAlive() ? Result.trouble(id, instance(place), e) : Result.absent(e);
        }
    }

    /** QEMU has it since 4.2, given libusb 1.0.23. Where the answer is odd, the attach will tell. */
    static boolean knowsHostdevice(QmpSession session, Deadline deadline) {
        try {
            JsonNode properties = session.execute(USB_HOST_PROPERTIES, deadline);
            for (JsonNode each : properties) {
                if (each.path("name").asText().equals("hostdevice")) {
                    return true;
                }
            }
            return properties.isEmpty();
        } catch (QmpErrorException e) {
            return true;
        }
    }

    /** Whether it listens at a busy monitor, instead of which nobody need wait. */
    boolean isQueued() {
        return !queued.isEmpty();
    }

    /** What is left of the guest when its connection has ended. */
    static Result lost(MonitorLink link, BackendException why) {
        return link.instance().isAlive()
                ? Result.trouble(link.id(), link.instance().text(), why)
                : Result.absent(why);
    }

    private void keepQueues(Collection<Path> sockets) {
        leaveQueues(
                queued.keySet().stream().filter(path -> !sockets.contains(path)).toList());
    }

    private void leaveQueues(Collection<Path> sockets) {
        for (Path socket : sockets) {
            Place place = queued.remove(socket);
            if (place != null) {
                place.handshake.close();
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        leaveQueues(List.copyOf(queued.keySet()));
    }
}
