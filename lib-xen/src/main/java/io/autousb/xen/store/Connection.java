package io.autousb.xen.store;

import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to xenstored. Thread-safe; any number of requests may be under way. Callers write, a daemon
 * thread of the connection's own reads, and finds by its id whose answer has come.
 *
 * <p>Who is out of time goes, and the answer is dropped when it comes: one impatient caller does not cost the
 * others their connection. That is given up when an answer is due for a whole {@code patience}.
 */
final class Connection implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    /** Answers that are due. A socket of Linux holds about twice as many small requests that nobody reads. */
    static final int MAX_PENDING = 128;

    /** Requests of one caller that are under way at a time, so that there is room for others. */
    static final int MAX_AHEAD = 32;

    private static final Duration LISTENER_PATIENCE = Duration.ofSeconds(1);

    /** Hears what comes by itself. Returns at once; called on the reader's thread, or where a stray is noted. */
    interface Listener {
        /** A watch has fired. */
        void event(String path, String token);

        /** There is a {@link #nextStray}. */
        void strayed();

        /** The last call. */
        void ended();
    }

    private final Wire wire;
    private final Duration patience;
    private final Listener listener;
    private final Thread thread = new Thread(this::read, "autousb-xenstore-reader");

    /** For answers that are due. */
    private final Semaphore room = new Semaphore(MAX_PENDING, true);

    private final ReentrantLock sending = new ReentrantLock();

    private final Object lock = new Object();
    private final Map<Integer, Pending> pending = new LinkedHashMap<>();
    private final Queue<Integer> strays = new ConcurrentLinkedQueue<>();
    private @Nullable Supplier<BackendException.Builder> end;
    private int lastId;

    private Connection(Wire wire, Duration patience, Listener listener) {
        this.wire = wire;
        this.patience = patience;
        this.listener = listener;
        thread.setDaemon(true);
    }

    /**
     * Begins to read.
     *
     * @param wire closed with the connection; what it calls itself goes into messages
     * @param patience how long an answer may be due before the connection is given up
     * @param listener hears what comes by itself
     */
    static Connection start(Wire wire, Duration patience, Listener listener) {
        Connection connection = new Connection(wire, patience, listener);
        connection.thread.start();
        return connection;
    }

    /**
     * Asks, and waits for the answer.
     *
     * @param request what is asked
     * @param deadline by when the answer has to be there
     * @return what the answer holds
     * @throws RefusedException if xenstored says no
     * @throws BackendException if there is no answer, as {@link Xenstore} tells
     */
    Payload call(Request request, Deadline deadline) throws RefusedException {
        requireFits(request);
        return callAll(List.of(request), deadline).get(0).result();
    }

    /**
     * Asks for several things, all before the first answer is waited for. xenstored does them in this order, whether
     * or not it refuses one.
     *
     * @param requests what is asked, of which each {@linkplain #requireFits fits}
     * @param deadline by when the last answer has to be there
     * @return the requests in their order, each with its answer
     * @throws BackendException if one has no answer, as {@link Xenstore} tells; nobody waits for the others then
     */
    List<Pending> callAll(List<Request> requests, Deadline deadline) {
        List<Pending> answered = new ArrayList<>();
        for (int from = 0; from < requests.size(); from += MAX_AHEAD) {
            int to = Math.min(from + MAX_AHEAD, requests.size());
            answered.addAll(callSome(requests.subList(from, to), deadline));
        }
        return answered;
    }

    private List<Pending> callSome(List<Request> requests, Deadline deadline) {
        List<Pending> sent = send(requests, deadline);
        for (Pending waiting : sent) {
            if (!waiting.await(deadline) && abandon(waiting)) {
                sent.forEach(this::abandon);
                giveUpIfStuck();
                throw late(waiting.request());
            }
            waiting.requireAnswer();
        }
        return sent;
    }

    /** Fails, before anything is sent, if xenstored could not take it. */
    static void requireFits(Request request) {
        if (request.payload().length() > Xenstore.MAX_PAYLOAD) {
            throw Failures.tooLong(request).build();
        }
    }

    /** Waits until there is room for so many answers, and until others have sent theirs. */
    private List<Pending> send(List<Request> requests, Deadline deadline) {
        giveUpIfStuck();
        int count = requests.size();
        if (!Waiting.until(nanos -> room.tryAcquire(count, nanos, TimeUnit.NANOSECONDS), deadline)) {
            throw Failures.timeout(wire, "xenstored owes " + MAX_PENDING + " answers already")
                    .build();
        }
        boolean sent = false;
        try {
            List<Pending> waiting = sendNow(requests, deadline);
            sent = true;
            return waiting;
        } finally {
            if (!sent) {
                room.release(count);
            }
        }
    }

    private List<Pending> sendNow(List<Request> requests, Deadline deadline) {
        boolean now = deadline.remainingNanos() > 0
                && Waiting.until(nanos -> sending.tryLock(nanos, TimeUnit.NANOSECONDS), deadline);
        if (!now) {
            throw notSent(requests.get(0)).build();
        }
        try {
            List<Pending> waiting = register(requests);
            write(waiting, deadline);
            return waiting;
        } finally {
            sending.unlock();
        }
    }

    private List<Pending> register(List<Request> requests) {
        synchronized (lock) {
            if (end != null) {
                throw end.get().build();
            }
            return requests.stream().map(this::register).toList();
        }
    }

    /** To be called with the lock held. */
    private Pending register(Request request) {
        do {
            lastId++;
        } while (lastId == 0 || pending.containsKey(lastId));
        Pending waiting = new Pending(lastId, request, Deadline.after(patience));
        pending.put(lastId, waiting);
        return waiting;
    }

    private void write(List<Pending> waiting, Deadline deadline) {
        ByteBuffer bytes = Message.encode(waiting.stream().map(Pending::message).toList());
        try {
            wire.write(bytes, deadline);
        } catch (IOException e) {
            synchronized (lock) {
                waiting.forEach(each -> pending.remove(each.id()));
            }
            if (e instanceof SocketTimeoutException && bytes.position() == 0) {
                throw notSent(waiting.get(0).request()).cause(e).build();
            }
            BackendException.Builder lost = end(() -> Failures.lost(wire, e));
            // Less than a whole message has no effect, but there may have been whole ones before it.
            boolean unknown =
                    waiting.size() > 1 && waiting.stream().map(Pending::request).anyMatch(Request::isChange);
            throw (unknown ? lost.outcomeUnknown() : lost).build();
        }
    }

    private BackendException.Builder notSent(Request request) {
        return Failures.timeout(wire, request + " could not be sent in time");
    }

    /** Whether nobody will wait for it any more; false if it has its answer. */
    private boolean abandon(Pending waiting) {
        synchronized (lock) {
            if (!waiting.isDone()) {
                waiting.abandon();
            }
            return !waiting.isDone();
        }
    }

    private BackendException late(Request request) {
        BackendException.Builder late = Failures.timeout(wire, "xenstored did not answer " + request + " in time");
        return (request.isChange() ? late.outcomeUnknown() : late).build();
    }

    private void giveUpIfStuck() {
        Pending oldest;
        synchronized (lock) {
            oldest = pending.isEmpty() ? null : pending.values().iterator().next();
        }
        if (oldest != null && oldest.isStuck()) {
            BackendException.Builder ignored = end(() -> Failures.timeout(
                    wire, "xenstored has not answered " + oldest.request() + " for " + patience.toSeconds() + " s"));
        }
    }

    private void read() {
        MessageDecoder decoder = new MessageDecoder();
        try {
            while (true) {
                Message message = decoder.next();
                if (message != null) {
                    take(message);
                    continue;
                }
                int count = wire.read(decoder.room());
                if (count < 0) {
                    throw new EOFException("the other end has closed the connection");
                }
                decoder.added(count);
            }
        } catch (IOException e) {
            BackendException.Builder ignored = end(() -> Failures.lost(wire, e));
        } catch (RuntimeException | Error e) {
            // Whatever it is: a connection without a reader must not look like one that only waits.
            LOG.error("reading from xenstored has failed", e);
            BackendException.Builder ignored =
                    end(() -> BackendException.of(BackendException.PROTOCOL, "what xenstored sent could not be read")
                            .where(wire)
                            .cause(e));
        } finally {
            listener.ended();
        }
    }

    private void take(Message message) throws XenstoreProtocolException {
        if (message.type() == MessageType.WATCH_EVENT) {
            List<String> texts = message.payload().strings();
            if (texts.size() < 2) {
                throw new XenstoreProtocolException("a watch event without path and token");
            }
            listener.event(texts.get(0), texts.get(1));
            return;
        }
        Pending asked = answered(message);
        if (asked.isAbandoned()
                && asked.request().type() == MessageType.TRANSACTION_START
                && message.type() != MessageType.ERROR) {
            addStray(Answers.transactionId(message.payload()));
        }
    }

    private Pending answered(Message message) throws XenstoreProtocolException {
        synchronized (lock) {
            Pending asked = pending.get(message.requestId());
            if (asked == null) {
                throw new XenstoreProtocolException("an answer that nobody waits for");
            }
            MessageType type = asked.request().type();
            if (message.type() != type && message.type() != MessageType.ERROR) {
                throw new XenstoreProtocolException("a " + message.type() + " in answer to a " + type);
            }
            pending.remove(message.requestId());
            room.release();
            asked.answer(message);
            return asked;
        }
    }

    /** Notes a transaction that nobody has the time to end. */
    void addStray(int transactionId) {
        strays.add(transactionId);
        listener.strayed();
    }

    /** A transaction that is to be aborted, once. */
    @Nullable
    Integer nextStray() {
        return strays.poll();
    }

    /** Ends the connection. The first reason counts, and is returned. */
    private BackendException.Builder end(Supplier<BackendException.Builder> why) {
        BackendException.Builder first;
        synchronized (lock) {
            if (end == null) {
                end = why;
                for (Pending each : pending.values()) {
                    each.fail(each.request().isChange() ? why.get().outcomeUnknown() : why.get());
                }
                pending.clear();
                room.release(MAX_PENDING); // whoever waits for it is to hear why
            }
            first = end.get();
        }
        wire.close();
        return first;
    }

    /** Ends the connection because of what came over it. */
    BackendException broken(XenstoreProtocolException e) {
        return end(() -> Failures.protocol(wire, e)).build();
    }

    /** Ends the connection because a caller has found that it is of no use. */
    void giveUp(BackendException why) {
        BackendException.Builder ignored = end(why::again);
    }

    @Override
    public String toString() {
        return wire.toString();
    }

    boolean isOpen() {
        synchronized (lock) {
            return end == null;
        }
    }

    /** Why it has ended, if it has. */
    Optional<BackendException> end() {
        synchronized (lock) {
            return end == null ? Optional.empty() : Optional.of(end.get().build());
        }
    }

    /**
     * Ends the connection. Who waits for an answer fails with {@link BackendException#CLOSED}. The listener is not
     * called any more when this returns. Idempotent.
     */
    @Override
    public void close() {
        BackendException.Builder ignored = end(() -> Failures.closed(wire));
        if (Thread.currentThread() != thread) {
            Waiting.forEnd(thread, Deadline.after(LISTENER_PATIENCE));
        }
    }
}
