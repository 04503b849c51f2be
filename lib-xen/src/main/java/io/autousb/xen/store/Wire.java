package io.autousb.xen.store;

import io.autousb.linux.Deadline;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What carries messages to xenstored and back. One thread reads, one at a time writes, any closes. Its text says where it
 * leads, and is safe to print.
 */
interface Wire extends Closeable {

    /**
     * Waits for bytes.
     *
     * @param into has room
     * @return how many came, or -1 at the end
     */
    int read(ByteBuffer into) throws IOException;

    /**
     * Sends a message, whoever interrupts.
     *
     * @param message its position tells how much has gone, also when this throws
     * @param deadline by when it has to be gone
     * @throws java.net.SocketTimeoutException if it is not
     */
    void write(ByteBuffer message, Deadline deadline) throws IOException;

    /** Wakes who reads or writes. Does not wait. Idempotent. */
    @Override
    void close();
}
