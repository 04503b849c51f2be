package io.autousb.backend.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.linux.Deadline;
import io.autousb.linux.UnixSocketConnection;
import io.autousb.qmp.QmpCommand;
import io.autousb.qmp.QmpErrorException;
import io.autousb.qmp.QmpHandshake;
import io.autousb.qmp.QmpSession;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds a guest's monitors and negotiates with the first that is free. Stays in the queue of those that
 * are busy. Used by one thread; {@link #close} may come from any.
 */
final class MonitorConnector implements AutoCloseable {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration SETUP_TIMEOUT = Duration.ofSeconds(10);
    /** How long to listen at a monitor that is known to be busy before looking at the others again. */
    private static final Duration BUSY_ROUND = Duration.ofMillis(250);

    private static final QmpCommand USB_HOST_PROPERTIES = QmpCommand.query("device-list-properties")
            .with("typename", "usb-host")
            .build();

    private final MonitorSearch search;
    private final HostProcesses processes;
    private final Duration greetingTimeout;
    private final Map<Path, Queued> queued = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** A place in a busy monitor's queue. */
    private record Queued(QmpHandshake handshake, QemuInstance instance) {}

    /** Is told what comes over the connection. Called on the session's thread. */
    interface Observer {
        void stateMayHaveChanged();

        void attachmentsMayHaveChanged(GuestId id);

        void ended(BackendException why);
    }

    /** A connection; or a guest that cannot be talked to, and why; or none of them: no guest. */
    record Result(
            @Nullable MonitorLink link,
            GuestState state,
            @Nullable GuestId id,
            String instance,
            @Nullable BackendException trouble) {

        private static final Result ABSENT = new Result(null, GuestState.UNKNOWN, null, "", null);

        private static Result trouble(GuestId id, String instance, BackendException why) {
            return new Result(null, GuestState.UNKNOWN, id, instance, why);
        }
    }

    MonitorConnector(MonitorSearch search, HostProcesses processes, Duration greetingTimeout) {
        this.search = search;
        this.processes = processes;
        this.greetingTimeout = greetingTimeout;
    }

    /**
     * Tries once.
     *
     * @param stopped ends the attempt early
     * @param progress is told of trouble before a long wait
     * @param observer is told what comes over the connection
     */
    Result connect(BooleanSupplier stopped, Consumer<Result> progress, Observer observer) {
        MonitorSearch.Result found = search.find();
        List<Path> sockets = found instanceof MonitorSearch.Sockets some ? some.paths() : List.of();
        leaveQueues(
                queued.keySet().stream().filter(path -> !sockets.contains(path)).toList());
        if (found instanceof MonitorSearch.Mute mute) {
            return mute(mute);
        }
        Result best = Result.ABSENT;
        for (Path socket : sockets) {
            if (stopped.getAsBoolean()) {
                break;
            }
            Result result = attempt(socket, observer);
            if (result.link() != null) {
                leaveQueues(List.copyOf(queued.keySet()));
                return result;
            }
            if (best.trouble() == null) {
                best = result;
            }
            if (best.trouble() != null) {
                progress.accept(best);
            }
        }
        return best;
    }

    private static Result mute(MonitorSearch.Mute mute) {
        BackendException why = BackendException.of(
                        BackendException.UNSUPPORTED, "the guest's QEMU has no QMP monitor on a socket of its own")
                .where("process " + mute.pid())
                .remedy("start it with -qmp unix:/run/qmp/NAME.sock,server=on,wait=off")
                .retry(Retry.ON_CHANGE)
                .build();
        return Result.trouble(new GuestId("qmp", "/proc/" + mute.pid()), mute.instance(), why);
    }

    private Result attempt(Path socket, Observer observer) {
        GuestId id = new GuestId("qmp", socket.toString());
        Queued place = queued.get(socket);
        boolean fresh = place == null;
        try {
            if (place == null) {
                place = enter(socket);
            }
            MonitorEvents events = new MonitorEvents(id, observer);
            QmpSession session = place.handshake.complete(fresh ? greetingTimeout : BUSY_ROUND, events);
            Result result = setUp(id, place.instance, session, events);
            queued.remove(socket);
            return result;
        } catch (NoSuchFileException | ConnectException e) {
            return Result.ABSENT;
        } catch (IOException e) {
            return Result.trouble(id, "", failure(socket, e));
        } catch (BackendException e) {
            String instance = place == null ? "" : place.instance.text();
            boolean stays = e.is(BackendException.BUSY);
            if (!stays) {
                leaveQueues(List.of(socket));
            }
            return e.is(BackendException.IO) ? Result.ABSENT : Result.trouble(id, instance, e);
        }
    }

    private Queued enter(Path socket) throws IOException {
        UnixSocketConnection connection = UnixSocketConnection.connect(socket, CONNECT_TIMEOUT);
        Queued place = new Queued(
                new QmpHandshake(connection, UntrustedText.of(socket.toString())),
                QemuInstance.of(processes, connection.peer(), socket));
        queued.put(socket, place);
        if (closed) {
            place.handshake.close();
        }
        return place;
    }

    private static Result setUp(GuestId id, QemuInstance instance, QmpSession session, MonitorEvents events) {
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
            return instance.isAlive() ? Result.trouble(id, instance.text(), e) : Result.ABSENT;
        }
    }

    /** QEMU has it since 4.2, given libusb 1.0.23. Where the answer is odd, the attach will tell. */
    private static boolean knowsHostdevice(QmpSession session, Deadline deadline) {
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

    /** What is left of the guest when its connection has ended. */
    static Result lost(MonitorLink link, BackendException why) {
        return link.instance().isAlive()
                ? Result.trouble(link.id(), link.instance().text(), why)
                : Result.ABSENT;
    }

    private static BackendException failure(Path socket, IOException e) {
        UntrustedText where = UntrustedText.of(socket.toString());
        if (e instanceof AccessDeniedException) {
            return BackendException.of(BackendException.NO_PERMISSION, "no right to use the monitor's socket")
                    .where(where)
                    .remedy("run as root, or give this user the right to write to the socket")
                    .cause(e)
                    .build();
        }
        if (e instanceof SocketTimeoutException) {
            return BackendException.of(BackendException.BUSY, "the monitor is busy: other clients queue for it")
                    .where(where)
                    .remedy("end the other clients, or give the guest one more monitor with"
                            + " -qmp unix:/run/qmp/NAME.sock,server=on,wait=off")
                    .cause(e)
                    .build();
        }
        return BackendException.of(
                        BackendException.IO,
                        "the monitor's socket cannot be used: " + UntrustedText.of(String.valueOf(e.getMessage())))
                .where(where)
                .cause(e)
                .build();
    }

    private void leaveQueues(Collection<Path> sockets) {
        for (Path socket : sockets) {
            Queued place = queued.remove(socket);
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
