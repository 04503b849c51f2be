package io.autousb.linux;

import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A connected unix stream socket whose calls have deadlines.
 *
 * <p>Thread-safe. One thread reads and one writes at a time, independently of each other; a second
 * reader or writer waits for the first, beyond its own deadline if need be. {@link #close} from any
 * thread wakes both at once. Waiting is done in {@code poll(2)}: data wakes the reader without delay. An
 * interrupted thread gets an {@link java.io.InterruptedIOException}; the connection stays usable.
 *
 * <pre>{@code
 * try (var connection = UnixSocketConnection.connect(Path.of("/run/qmp/windows.sock"), Duration.ofSeconds(2))) {
 *     connection.write(request, Duration.ofSeconds(1));
 *     int count = connection.read(buffer, Duration.ofSeconds(5));
 * }
 * }</pre>
 */
public final class UnixSocketConnection implements Closeable {

    private final int fd;
    private final PeerCredentials peer;
    private final SocketHalf reading;
    private final SocketHalf writing;
    private final AtomicBoolean closed = new AtomicBoolean();

    private UnixSocketConnection(int fd) throws IOException {
        this.fd = fd;
        this.peer = UnixSocketConnector.peer(fd);
        this.reading = new SocketHalf(fd, Libc.POLLIN);
        try {
            this.writing = new SocketHalf(fd, Libc.POLLOUT);
        } catch (IOException | RuntimeException | Error e) {
            reading.close();
            throw e;
        }
    }

    /**
     * Connects. While the listener's queue is full, waits for a place in it.
     *
     * @param socket the socket's file, with a path of at most {@value UnixSocketConnector#MAX_PATH_BYTES} bytes
     * @param timeout how long to wait
     * @return the connection
     * @throws NoSuchFileException if there is no such file
     * @throws AccessDeniedException if this user may not connect
     * @throws ConnectException if nobody listens (any more), or the file is no socket
     * @throws SocketTimeoutException if there was no place in the queue in time
     * @throws IOException if anything else fails
     * @throws LinkageError if JNA cannot be used here
     */
    public static UnixSocketConnection connect(Path socket, Duration timeout) throws IOException {
        int fd = UnixSocketConnector.connect(socket, Deadline.after(timeout));
        try {
            return new UnixSocketConnection(fd);
        } catch (IOException | RuntimeException | Error e) {
            Libc.close(fd);
            throw e;
        }
    }

    /**
     * Who is at the other end.
     *
     * @return the listener's credentials, as they were when this connected
     */
    public PeerCredentials peer() {
        return peer;
    }

    /**
     * Reads what is there, waiting until something is.
     *
     * @param into gets the bytes; its limit bounds them
     * @return how many came, at least one unless {@code into} is full already, or -1 at the end
     * @throws AsynchronousCloseException if another thread closes this meanwhile
     * @throws ClosedChannelException if this is closed already
     * @throws IOException if reading fails
     */
    public int read(ByteBuffer into) throws IOException {
        return read(into, Deadline.NEVER);
    }

    /**
     * Reads what is there, waiting for a while until something is.
     *
     * @param into gets the bytes; its limit bounds them
     * @param timeout how long to wait; zero only takes what is there already
     * @return how many came, at least one unless {@code into} is full already, or -1 at the end
     * @throws SocketTimeoutException if nothing came in time
     * @throws AsynchronousCloseException if another thread closes this meanwhile
     * @throws ClosedChannelException if this is closed already
     * @throws IOException if reading fails
     */
    public int read(ByteBuffer into, Duration timeout) throws IOException {
        return read(into, Deadline.after(timeout));
    }

    private int read(ByteBuffer into, Deadline deadline) throws IOException {
        if (!into.hasRemaining()) {
            return 0;
        }
        return reading.run(closed, deadline, through -> through.receive(fd, into));
    }

    /**
     * Writes all bytes.
     *
     * @param bytes what to write, from its position to its limit; when this throws, its position tells
     *     how much has gone
     * @param timeout how long to wait for the other end to take them
     * @throws SocketTimeoutException if they were not all taken in time
     * @throws AsynchronousCloseException if another thread closes this meanwhile
     * @throws ClosedChannelException if this is closed already
     * @throws IOException if writing fails, such as to an end that is closed
     */
    public void write(ByteBuffer bytes, Duration timeout) throws IOException {
        Deadline deadline = Deadline.after(timeout);
        while (bytes.hasRemaining()) {
            int ignored = writing.run(closed, deadline, through -> through.send(fd, bytes));
        }
    }

    /** Closes the socket and wakes who waits in it. Idempotent. */
    @Override
    public void close() throws IOException {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        reading.wake();
        writing.wake();
        reading.close();
        writing.close();
        Libc.close(fd);
    }
}
