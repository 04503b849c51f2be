package io.autousb.linux;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Where uevents come from; a seam for tests. One thread receives; {@link #close} may come from another
 * one.
 */
public interface UeventSocket extends Closeable {

    /**
     * Waits for the next message.
     *
     * @return the message, or that some were lost
     * @throws java.nio.channels.ClosedChannelException if this is closed, before or meanwhile
     * @throws IOException if receiving fails for good
     */
    Reception receive() throws IOException;

    /** Wakes who receives, and frees the descriptors. Idempotent. */
    @Override
    void close() throws IOException;

    /** What has come. */
    sealed interface Reception {}

    /**
     * A message as it came.
     *
     * @param payload its bytes, from position to limit; nobody else changes them
     * @param sender who sent it
     */
    record Message(ByteBuffer payload, UeventSender sender) implements Reception {}

    /** Messages were lost, any number and of any kind. */
    record Overflow() implements Reception {}

    /** Opens sockets. */
    @FunctionalInterface
    interface Opener {
        /**
         * Opens a socket that receives what is sent from now on.
         *
         * @return the socket
         * @throws IOException if that is not possible
         */
        UeventSocket open() throws IOException;
    }
}
