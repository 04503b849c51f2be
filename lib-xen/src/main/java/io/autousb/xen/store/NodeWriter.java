package io.autousb.xen.store;

import io.autousb.domain.port.BackendException;

/** Looks at nodes and changes them. */
public interface NodeWriter extends NodeReader {

    /**
     * Sets a node's value. Makes the node, and those on the way to it, where they are missing; new ones have
     * the permissions of what they are below.
     *
     * @param path the node
     * @param value what it is to be, without U+0000: written as UTF-8, of at most {@link
     *     Xenstore#MAX_PAYLOAD} bytes together with the path and one more
     * @throws BackendException {@link BackendException#INVALID} if it is too long or cannot be written,
     *     before anything is sent; otherwise see {@link Xenstore}
     */
    void write(XenstorePath path, String value);

    /**
     * Removes a node with all below it. Is content if there is none, nor anything on the way to it.
     *
     * @param path the node, not the root
     * @throws BackendException see {@link Xenstore}
     */
    void remove(XenstorePath path);
}
