package io.autousb.linux;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A character device that takes messages by {@code write(2)} and gives out a stream of bytes, which is
 * waited for in {@code poll(2)}.
 *
 * <p>Thread-safe. One thread reads and one writes at a time. {@link #close} wakes the reader; a write
 * that the device holds up cannot be woken, so nobody waits for it: it gives the descriptor back when it
 * returns.
 */
public final class DeviceFile implements Closeable {

    private final int fd;
    private final SocketHalf reading;
    private final StreamBuffer outgoing = new StreamBuffer();
    private final ReentrantLock writing = new ReentrantLock();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Object users = new Object();
    private int using = 1;

    private DeviceFile(int fd) throws IOException {
        this.fd = fd;
        this.reading = new SocketHalf(fd, Libc.POLLIN);
    }

    /**
     * Opens a device for reading and writing.
     *
     * @param file its node
     * @return the open device
     * @throws NoSuchFileException if there is none
     * @throws AccessDeniedException if this user may not
     * @throws IOException if the device refuses
     * @throws LinkageError if JNA cannot be used here
     */
    public static DeviceFile open(Path file) throws IOException {
        int fd = FileCalls.open(file, Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC, 0);
        try {
            return new DeviceFile(fd);
        } catch (IOException | RuntimeException | Error e) {
            Libc.close(fd);
            throw e;
        }
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
        if (!into.hasRemaining()) {
            return 0;
        }
        return reading.run(closed, Deadline.NEVER, through -> through.read(fd, into));
    }

    /**
     * Writes a message in one piece. Blocks for as long as the device likes, whoever interrupts or closes.
     *
     * @param message what to write, from its position to its limit; at most 16 KiB
     * @throws ClosedChannelException if this is closed already
     * @throws IOException if the device does not take all of it
     */
    public void write(ByteBuffer message) throws IOException {
        writing.lock();
        try {
            enter();
            int count;
            try {
                count = outgoing.write(fd, message);
            } finally {
                leave();
            }
            if (count != message.remaining()) {
                throw new IOException("the device did not take a whole message");
            }
            message.position(message.limit());
        } finally {
            writing.unlock();
        }
    }

    private void enter() throws ClosedChannelException {
        synchronized (users) {
            if (closed.get()) {
                throw new ClosedChannelException();
            }
            using++;
        }
    }

    /** The last one frees what all used: a number that is closed while in use may be another file's. */
    private void leave() {
        synchronized (users) {
            using--;
            if (using == 0) {
                outgoing.close();
                Libc.close(fd);
            }
        }
    }

    /** Closes the device and wakes its reader. Does not wait for a write. Idempotent. */
    @Override
    public void close() {
        synchronized (users) {
            if (!closed.compareAndSet(false, true)) {
                return;
            }
        }
        reading.wake();
        reading.close();
        leave();
    }
}
