package io.autousb.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.linux.PeerCredentials;
import io.autousb.linux.UnixSocketConnection;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A negotiated session with a monitor of QEMU's.
 *
 * <p>Thread-safe. One command is under way at a time, as QEMU runs them; others wait for their turn,
 * within their own deadlines. The caller's thread writes, a daemon thread of the session's own reads.
 *
 * <p>A command whose answer does not come in time ends the session: QEMU drops what it has not begun
 * when its client is gone ({@code monitor_qmp_cleanup_queue_and_resume}), so that no late command can
 * hit a world that has changed. Whether it had begun, only the next session can find out.
 */
public final class QmpSession implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(QmpSession.class);
    private static final Duration LISTENER_PATIENCE = Duration.ofSeconds(1);

    private final UnixSocketConnection connection;
    private final QmpReader reader;
    private final Object where;
    private final String version;
    private final QmpListener listener;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean busy;
    private long lastId;
    /** What QEMU has got but the end, with the last id. For whoever has the turn. */
    private @Nullable QmpCommand drafted;

    private @Nullable QmpMessage answer;
    private BackendException.@Nullable Builder end;
    private boolean closed;

    private QmpSession(
            UnixSocketConnection connection, QmpReader reader, Object where, String version, QmpListener listener) {
        this.connection = connection;
        this.reader = reader;
        this.where = where;
        this.version = version;
        this.listener = listener;
        this.thread = new Thread(this::read, "autousb-qmp-reader");
        thread.setDaemon(true);
    }

    static QmpSession start(
            UnixSocketConnection connection, QmpReader reader, Object where, String version, QmpListener listener) {
        QmpSession session = new QmpSession(connection, reader, where, version, listener);
        session.thread.start();
        return session;
    }

    /**
     * Negotiates a session, for short use.
     *
     * @param connection a fresh connection; closed with the session, or if this fails
     * @param where what to call it in messages
     * @param timeout how long to wait for the greeting, and again for the negotiation
     * @param listener is told of events
     * @return the session
     * @throws BackendException {@link BackendException#BUSY} if another client holds the monitor
     */
    public static QmpSession open(
            UnixSocketConnection connection, Object where, Duration timeout, QmpListener listener) {
        QmpHandshake handshake = new QmpHandshake(connection, where);
        try {
            return handshake.complete(timeout, listener);
        } catch (BackendException e) {
            handshake.close();
            throw e;
        }
    }

    /**
     * Executes a command and waits for its answer.
     *
     * @param command the command
     * @param deadline by when the answer has to be there
     * @return what QEMU returns
     * @throws QmpErrorException if QEMU says that it failed
     * @throws BackendException if there is no answer: {@link BackendException#TIMEOUT}, {@link
     *     BackendException#CLOSED} after {@link #close}, {@link BackendException#IO} or {@link
     *     BackendException#PROTOCOL}; {@link BackendException#outcomeUnknown} if a change had been sent
     */
    public JsonNode execute(QmpCommand command, Deadline deadline) {
        if (Thread.currentThread() == thread) {
            throw new IllegalStateException("a listener must not execute " + command);
        }
        begin(command, deadline);
        try {
            send(rest(command, deadline), deadline);
            return await(command, command.isChange(), deadline);
        } finally {
            finish();
        }
    }

    /**
     * Sends a command but its end, so that QEMU need only read that once it is to be executed: it takes its time to read,
     * byte by byte ({@code monitor_can_read}). Until {@link #execute} of an equal command nothing happens in QEMU; any
     * other command takes it back first. Does nothing if another command is under way or the session has ended.
     *
     * @param command the command that is likely to be the next
     * @param deadline by when another one that was drafted has to be taken back
     * @return whether QEMU has it now
     * @throws BackendException if taking another one back failed, as for {@link #execute}
     */
    public boolean draft(QmpCommand command, Deadline deadline) {
        if (!beginAtOnce()) {
            return false;
        }
        try {
            if (!command.equals(drafted)) {
                takeBack(deadline);
                drafted = command;
                send(command.start(nextId()), deadline);
            }
            return isOpen();
        } finally {
            finish();
        }
    }

    /**
     * Takes back what was drafted, if anything was.
     *
     * @param deadline by when
     * @throws BackendException if that failed, as for {@link #execute}; {@link BackendException#PROTOCOL} if QEMU executed it
     */
    public void withdraw(Deadline deadline) {
        if (beginAtOnce()) {
            try {
                takeBack(deadline);
            } finally {
                finish();
            }
        }
    }

    private void begin(QmpCommand command, Deadline deadline) {
        lock.lock();
        try {
            boolean mine = Waiting.until(changed, () -> !busy || end != null, deadline);
            if (end != null) {
                throw end.build();
            }
            if (!mine) {
                throw timeout(command).build();
            }
            busy = true;
            answer = null;
        } finally {
            lock.unlock();
        }
    }

    /** Whoever has the turn has taken back what was drafted. */
    private boolean beginAtOnce() {
        lock.lock();
        try {
            if (busy || end != null) {
                return false;
            }
            busy = true;
            answer = null;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private long nextId() {
        lock.lock();
        try {
            answer = null;
            return ++lastId;
        } finally {
            lock.unlock();
        }
    }

    /** What QEMU has yet to get of a command. */
    private byte[] rest(QmpCommand command, Deadline deadline) {
        if (command.equals(drafted)) {
            drafted = null;
            return QmpCommand.end();
        }
        takeBack(deadline);
        return command.line(nextId());
    }

    private void takeBack(Deadline deadline) {
        QmpCommand unwanted = drafted;
        if (unwanted == null) {
            return;
        }
        drafted = null;
        send(QmpCommand.withdrawal(), deadline);
        try {
            JsonNode unused = await(unwanted, false, deadline);
        } catch (QmpErrorException refused) {
            LOG.debug("withdrawn: {}", refused.getMessage());
            return;
        }
        LOG.warn("QEMU executed {}, which was withdrawn: {}", unwanted, where);
        BackendException.Builder why = BackendException.of(
                        BackendException.PROTOCOL, "QEMU executed " + unwanted + ", which was withdrawn")
                .where(where);
        end(why);
        throw why.build();
    }

    private void send(byte[] line, Deadline deadline) {
        try {
            connection.write(ByteBuffer.wrap(line), deadline.remaining());
        } catch (IOException e) {
            end(failure(e));
        } catch (RuntimeException | Error e) {
            // Nobody knows how much of it QEMU has: what follows would be its end.
            end(BackendException.of(BackendException.IO, "sending to QEMU has failed")
                    .where(where)
                    .cause(e));
            throw e;
        }
    }

    private JsonNode await(QmpCommand command, boolean isChange, Deadline deadline) {
        QmpMessage message;
        lock.lock();
        try {
            if (!Waiting.until(changed, () -> answer != null || end != null, deadline)) {
                end(timeout(command));
            }
            message = answer;
            if (message == null && end != null) {
                throw (isChange ? copy(end.build()).outcomeUnknown() : end).build();
            }
        } finally {
            lock.unlock();
        }
        if (message instanceof QmpMessage.Answer good) {
            return good.value();
        }
        QmpMessage.Failure failure = (QmpMessage.Failure) Objects.requireNonNull(message);
        throw new QmpErrorException(command, failure.errorClass(), failure.description());
    }

    private void finish() {
        lock.lock();
        try {
            busy = false;
            answer = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void read() {
        try {
            while (true) {
                take(reader.next(Deadline.NEVER));
            }
        } catch (IOException e) {
            end(failure(e));
        } catch (RuntimeException | Error e) {
            // Whatever it is: a session without a reader must not look like one that only waits.
            LOG.error("reading from QEMU has failed", e);
            end(BackendException.of(BackendException.PROTOCOL, "what QEMU sent could not be read")
                    .where(where)
                    .cause(e));
        } finally {
            tellEnd();
        }
    }

    private void take(QmpMessage message) throws QmpProtocolException {
        if (message instanceof QmpMessage.Notice notice) {
            tell(notice.event());
        } else if (message instanceof QmpMessage.Answer good) {
            answered(good.id(), good);
        } else if (message instanceof QmpMessage.Failure bad) {
            answered(bad.id(), bad);
        } else {
            throw new QmpProtocolException("a second greeting");
        }
    }

    private void answered(long id, QmpMessage message) throws QmpProtocolException {
        lock.lock();
        try {
            if (!busy || id != lastId || answer != null) {
                throw new QmpProtocolException("an answer that nobody waits for: id " + id);
            }
            answer = message;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void tell(QmpEvent event) {
        try {
            listener.event(event);
        } catch (RuntimeException e) {
            LOG.error("the listener failed on {}", event, e);
        }
    }

    private void tellEnd() {
        BackendException why = null;
        lock.lock();
        try {
            if (!closed && end != null) {
                why = end.build();
            }
        } finally {
            lock.unlock();
        }
        if (why != null) {
            listener.ended(why);
        }
    }

    /** Ends the session; the first reason counts. */
    private void end(BackendException.Builder why) {
        lock.lock();
        try {
            if (end == null) {
                end = why;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        closeQuietly(connection);
    }

    private BackendException.Builder failure(IOException e) {
        if (e instanceof QmpProtocolException) {
            return BackendException.of(BackendException.PROTOCOL, "QEMU broke the protocol: " + e.getMessage())
                    .where(where)
                    .cause(e);
        }
        String what = e instanceof EOFException ? "QEMU closed the connection" : "the connection to QEMU failed";
        return BackendException.of(BackendException.IO, what).where(where).cause(e);
    }

    private BackendException.Builder timeout(QmpCommand command) {
        return BackendException.of(BackendException.TIMEOUT, "QEMU did not answer " + command + " in time")
                .where(where);
    }

    private static BackendException.Builder copy(BackendException e) {
        BackendException.Builder copy = BackendException.of(e.code(), e.what())
                .where(e.where())
                .remedy(e.remedy())
                .retry(e.retry());
        Throwable cause = e.getCause();
        return cause == null ? copy : copy.cause(cause);
    }

    /**
     * Who answers.
     *
     * @return the process that called {@code listen}, as it was then
     */
    public PeerCredentials peer() {
        return connection.peer();
    }

    /**
     * QEMU's version.
     *
     * @return three numbers, such as {@code 7.2.22}
     */
    public String version() {
        return version;
    }

    /**
     * Whether commands can be executed.
     *
     * @return false once the session has ended
     */
    public boolean isOpen() {
        lock.lock();
        try {
            return end == null;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Why the session has ended; {@link BackendException#CLOSED} only if nothing else had ended it before.
     *
     * @return the reason, or empty while it is open
     */
    public Optional<BackendException> end() {
        lock.lock();
        try {
            return Optional.ofNullable(end).map(BackendException.Builder::build);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends the session. A command under way fails with {@link BackendException#CLOSED} at once. When this
     * returns, the listener is not called any more, unless this is called by the listener itself.
     * Idempotent.
     */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        end(BackendException.of(BackendException.CLOSED, "the session was closed")
                .where(where)
                .retry(BackendException.Retry.NEVER));
        if (Thread.currentThread() != thread) {
            Waiting.forEnd(thread, Deadline.after(LISTENER_PATIENCE));
        }
    }

    static void closeQuietly(UnixSocketConnection connection) {
        try {
            connection.close();
        } catch (IOException e) {
            LOG.debug("closing a monitor's socket", e);
        }
    }
}
