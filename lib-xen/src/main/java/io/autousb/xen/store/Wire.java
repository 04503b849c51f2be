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
     * Sends whole messages, whoever interrupts.
     *
     * @param messages one after the other; the position tells how much has gone, also when this throws
     * @param deadline by when they have to be gone
     * @throws java.net.SocketTimeoutException if they are not
     */
    void write(ByteBuffer messages, Deadline deadline) throws IOException;

    /** Wakes who reads or writes. Does not wait. Idempotent. */
    @Override
    void close();
}
