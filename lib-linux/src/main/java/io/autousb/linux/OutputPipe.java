package io.autousb.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import io.autousb.api.CommandOutput;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;

/**
 * A pipe that takes what a child process writes, and keeps the beginning of it. It is not one of {@link
 * Process}, whose own are read until nothing comes any more: when the child has ended, but a program that
 * it left behind goes on writing, that never ends. Not thread-safe.
 */
final class OutputPipe implements Closeable {

    private static final int CHUNK = 1 << 13;

    /** What a pipe holds unless somebody has changed it (pipe(7)). */
    private static final int CAPACITY = 1 << 16;

    private final byte[] chunk = new byte[CHUNK];
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final int readEnd;
    private int writeEnd;
    private boolean cut;

    OutputPipe() throws IOException {
        int[] ends = new int[2];
        Libc.check(Libc.pipe2(ends, Libc.O_CLOEXEC | Libc.O_NONBLOCK), "making a pipe");
        readEnd = ends[0];
        writeEnd = ends[1];
    }

    int descriptor() {
        return readEnd;
    }

    /** Where the child is to write to. Opened anew by that name, it is one that blocks. */
    ProcessBuilder.Redirect target() {
        return ProcessBuilder.Redirect.to(new File("/proc/self/fd/" + writeEnd));
    }

    /** Leaves the writing to the child, so that its end is the end of the pipe. */
    void handOver() {
        if (writeEnd >= 0) {
            Libc.close(writeEnd);
            writeEnd = -1;
        }
    }

    /**
     * Takes what is there, but no more than a pipe holds.
     *
     * @return false at the end
     */
    boolean take() throws IOException {
        for (int taken = 0; taken < CAPACITY; ) {
            int count = Libc.read(readEnd, chunk, new NativeLong(CHUNK));
            if (count == 0) {
                return false;
            }
            if (count < 0) {
                int errno = Native.getLastError();
                if (errno == Libc.EAGAIN || errno == Libc.EINTR) {
                    return true;
                }
                throw Libc.failure("reading from a pipe", errno);
            }
            keep(count);
            taken += count;
        }
        return true;
    }

    private void keep(int count) {
        int room = CommandOutput.MAX_BYTES - kept.size();
        kept.write(chunk, 0, Math.min(count, room));
        cut |= count > room;
    }

    CommandOutput output() {
        return CommandOutput.of(kept.toByteArray(), cut);
    }

    @Override
    public void close() {
        handOver();
        Libc.close(readEnd);
    }
}
