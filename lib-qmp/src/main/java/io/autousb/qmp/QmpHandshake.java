package io.autousb.qmp;

import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.linux.UnixSocketConnection;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that waits for its turn. QEMU serves one client of a monitor at a time; the others can
 * connect but hear nothing until the first is gone (QEMU {@code chardev/char-socket.c}, {@code
 * tcp_chr_accept}). Staying in the queue is better than to come again: what has left it still takes a
 * place there until QEMU looks.
 *
 * <p>Used by one thread; {@link #close} may come from any.
 */
public final class QmpHandshake implements AutoCloseable {

    private static final String ONE_CLIENT = "end the other client, or give the guest one more monitor with"
            + " -qmp unix:/run/qmp/NAME.sock,server=on,wait=off";

    private static final Logger LOG = LoggerFactory.getLogger(QmpHandshake.class);
    private static final String SAMPLE_GREETING =
            "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": 7}}, \"capabilities\": []}}";

    private final UnixSocketConnection connection;
    private final QmpReader reader;
    private final Object where;

    /**
     * Takes a connection over.
     *
     * @param connection a fresh connection to a monitor
     * @param where what to call it in messages
     */
    public QmpHandshake(UnixSocketConnection connection, Object where) {
        this.connection = connection;
        this.reader = new QmpReader(connection);
        this.where = where;
    }

    /**
     * Loads what reading and writing messages needs. That is most of what a first connection takes, and
     * can be done while there is nobody to connect to.
     */
    public static void warmUp() {
        byte[] greeting = SAMPLE_GREETING.getBytes(StandardCharsets.US_ASCII);
        try {
            QmpMessage read = QmpParser.parse(greeting, greeting.length);
            QmpCommand written = QmpCommand.query("qom-list").with("path", "/").build();
            LOG.trace("read {} and wrote {}", read, written);
        } catch (QmpProtocolException e) {
            throw new IllegalStateException("the sample is a greeting", e);
        }
    }

    /**
     * Waits for the greeting and negotiates, without out-of-band execution.
     *
     * @param timeout how long to wait for the greeting, and again for the negotiation
     * @param listener is told of events from now on
     * @return the session, which closes the connection
     * @throws BackendException {@link BackendException#BUSY} if there was no greeting: this may be called
     *     again. After any other failure the connection is closed
     */
    public QmpSession complete(Duration timeout, QmpListener listener) {
        try {
            QmpMessage greeting = reader.next(Deadline.after(timeout));
            if (!(greeting instanceof QmpMessage.Greeting hello)) {
                throw new QmpProtocolException("no greeting");
            }
            negotiate(Deadline.after(timeout));
            return QmpSession.start(connection, reader, where, hello.version(), listener);
        } catch (SocketTimeoutException e) {
            throw BackendException.of(
                            BackendException.BUSY, "the monitor is busy: another client holds it, or QEMU hangs")
                    .where(where)
                    .remedy(ONE_CLIENT)
                    .cause(e)
                    .build();
        } catch (QmpProtocolException e) {
            close();
            throw BackendException.of(BackendException.PROTOCOL, "this is no QMP monitor: " + e.getMessage())
                    .where(where)
                    .remedy("use the socket of -qmp, not that of -monitor or -serial")
                    .cause(e)
                    .build();
        } catch (IOException e) {
            close();
            throw BackendException.of(BackendException.IO, "QEMU closed the monitor before it was ready")
                    .where(where)
                    .cause(e)
                    .build();
        }
    }

    private void negotiate(Deadline deadline) throws IOException {
        connection.write(
                ByteBuffer.wrap(QmpCommand.change("qmp_capabilities").build().line(0)), deadline.remaining());
        try {
            while (true) {
                QmpMessage message = reader.next(deadline);
                if (message instanceof QmpMessage.Answer answer && answer.id() == 0) {
                    return;
                }
                if (!(message instanceof QmpMessage.Notice)) {
                    throw new QmpProtocolException("the negotiation failed");
                }
            }
        } catch (SocketTimeoutException e) {
            throw new IOException("no answer to qmp_capabilities in time", e);
        }
    }

    /** Gives up, if there is no session yet. Idempotent. */
    @Override
    public void close() {
        QmpSession.closeQuietly(connection);
    }
}
