package io.autousb.xen.store;

import io.autousb.domain.model.UntrustedText;
import io.autousb.linux.Deadline;
import io.autousb.linux.UnixSocketConnection;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** xenstored's unix socket. */
final class SocketWire implements Wire {

    private static final Logger LOG = LoggerFactory.getLogger(SocketWire.class);

    private final UnixSocketConnection connection;
    private final UntrustedText place;

    SocketWire(UnixSocketConnection connection, Path socket) {
        this.connection = connection;
        this.place = UntrustedText.of(socket.toString());
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return connection.read(into);
    }

    @Override
    public void write(ByteBuffer messages, Deadline deadline) throws IOException {
        boolean interrupted = false;
        try {
            while (messages.hasRemaining()) {
                try {
                    connection.write(messages, deadline.remaining());
                } catch (SocketTimeoutException e) {
                    throw e;
                } catch (InterruptedIOException e) {
                    // Half a message would cost the connection.
                    interrupted = Thread.interrupted() || interrupted;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (IOException e) {
            LOG.debug("closing xenstored's socket", e);
        }
    }

    @Override
    public String toString() {
        return place.toString();
    }
}
