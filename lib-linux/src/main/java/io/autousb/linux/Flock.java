package io.autousb.linux;

import com.sun.jna.Native;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An exclusive lock of {@code flock(2)}, as libxl and the command {@code flock} take it. It excludes
 * other processes and other threads alike. Java's own {@link java.nio.channels.FileLock} is of another
 * kind, and neither sees the other.
 *
 * <p>Waiting is trying again and again, with pauses that grow to {@value #LONGEST_PAUSE_MILLIS} ms: a
 * thread that sleeps in {@code flock} itself could only be woken by a signal. So who waits is served in no
 * order. An interrupted thread gets an {@link InterruptedIOException} instead of the next pause.
 *
 * <p>A lock is released by any thread, and by the kernel when the process ends.
 *
 * <pre>{@code
 * Flock lock = Flock.tryLock(file, Duration.ofSeconds(10)).orElseThrow(() -> busy(file));
 * try {
 *     ...
 * } finally {
 *     lock.removeAndClose();
 * }
 * }</pre>
 */
public final class Flock implements AutoCloseable {

    private static final long FIRST_PAUSE_NANOS = 1_000_000;
    private static final long LONGEST_PAUSE_MILLIS = 20;

    /** So often in a row a file is met that was just replaced, before that counts as being locked. */
    private static final int MAX_REPLACED = 8;

    private final int descriptor;
    private final @Nullable LockFile file;
    private boolean held = true;

    private Flock(int descriptor, @Nullable LockFile file) {
        this.descriptor = descriptor;
        this.file = file;
    }

    /** Something that may be locked by another one now. */
    @FunctionalInterface
    private interface Attempt {
        Optional<Flock> run() throws IOException;
    }

    /**
     * Locks a file if nobody else has locked it.
     *
     * @param file the file; made if it is not there, readable for nobody else
     * @return the lock, or empty if somebody else has it
     * @throws IOException as {@link #tryLock(Path, Duration)} does
     */
    public static Optional<Flock> tryLock(Path file) throws IOException {
        return tryLock(file, Duration.ZERO);
    }

    /**
     * Locks a file, waiting until nobody else has locked it. Who holds such a lock may remove the file, or
     * put another one in its place, before releasing it: what is locked is the file that has the path when
     * this returns ({@code libxl_internal.c}, {@code ev_lock_child_callback}).
     *
     * @param file the file; made if it is not there, readable for nobody else
     * @param timeout how long to wait; zero or less only tries
     * @return the lock, or empty if somebody else had it all the time
     * @throws java.nio.file.NoSuchFileException if there is no such folder
     * @throws java.nio.file.AccessDeniedException if this user may not write there
     * @throws java.nio.file.FileSystemException if it is a symbolic link or no regular file
     * @throws InterruptedIOException if this thread is interrupted while it waits; it stays interrupted
     * @throws IOException if anything else fails
     * @throws LinkageError if JNA cannot be used here
     */
    public static Optional<Flock> tryLock(Path file, Duration timeout) throws IOException {
        return tryLock(file, Deadline.after(timeout), () -> {});
    }

    /** For tests, which do something between the opening of the file and the locking. */
    static Optional<Flock> tryLock(Path file, Deadline deadline, Runnable opened) throws IOException {
        return await(deadline, () -> attempt(file, opened));
    }

    /**
     * Locks what a descriptor was opened for. The descriptor stays the caller's, to be closed after this.
     *
     * @param descriptor an open descriptor
     * @param timeout how long to wait; zero or less only tries
     * @return the lock, or empty if somebody else had it all the time
     * @throws InterruptedIOException if this thread is interrupted while it waits; it stays interrupted
     * @throws IOException if it cannot be locked, such as when it is not open
     * @throws LinkageError if JNA cannot be used here
     */
    public static Optional<Flock> tryLock(int descriptor, Duration timeout) throws IOException {
        return await(
                Deadline.after(timeout),
                () -> isLocked(descriptor) ? Optional.of(new Flock(descriptor, null)) : Optional.empty());
    }

    private static Optional<Flock> await(Deadline deadline, Attempt attempt) throws IOException {
        long pause = FIRST_PAUSE_NANOS;
        while (true) {
            boolean last = deadline.hasPassed();
            Optional<Flock> lock = attempt.run();
            if (lock.isPresent() || last) {
                return lock;
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted");
            }
            LockSupport.parkNanos(Math.min(pause, deadline.remainingNanos()));
            pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS * 1_000_000);
        }
    }

    private static Optional<Flock> attempt(Path path, Runnable opened) throws IOException {
        for (int i = 0; i < MAX_REPLACED; i++) {
            LockFile file = LockFile.open(path);
            boolean keep = false;
            try {
                opened.run();
                if (!isLocked(file.descriptor())) {
                    return Optional.empty();
                }
                keep = file.isInPlace();
                if (keep) {
                    return Optional.of(new Flock(file.descriptor(), file));
                }
            } finally {
                if (!keep) {
                    file.close();
                }
            }
        }
        return Optional.empty();
    }

    /** Whether the descriptor's file is locked through it now. */
    private static boolean isLocked(int descriptor) throws IOException {
        while (Libc.flock(descriptor, Libc.LOCK_EX | Libc.LOCK_NB) < 0) {
            int errno = Native.getLastError();
            if (errno == Libc.EAGAIN) {
                return false;
            }
            if (errno != Libc.EINTR) {
                throw Libc.failure("locking a file", errno);
            }
        }
        return true;
    }

    /**
     * Removes the file, and then releases the lock: in this order, so that who waits for the lock finds
     * that the file is another one. Leaves a file that somebody has put in its place. Does nothing after
     * {@link #close}.
     *
     * @throws IOException if the file cannot be removed; the lock is released all the same
     * @throws IllegalStateException if this is the lock of a descriptor, which has no path
     */
    public synchronized void removeAndClose() throws IOException {
        if (file == null) {
            throw new IllegalStateException("the lock of a descriptor has no file to remove");
        }
        if (!held) {
            return;
        }
        try {
            file.remove();
        } finally {
            close();
        }
    }

    /** Releases the lock, and leaves the file. Idempotent. */
    @Override
    public synchronized void close() {
        if (!held) {
            return;
        }
        held = false;
        // A child that is just being started has the descriptor too, and would keep the lock for a while.
        Libc.flock(descriptor, Libc.LOCK_UN);
        if (file != null) {
            file.close();
        }
    }
}
