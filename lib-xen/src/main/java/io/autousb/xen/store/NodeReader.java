package io.autousb.xen.store;

import io.autousb.domain.port.BackendException;
import java.util.List;
import java.util.Optional;

/**
 * Looks at nodes: each by itself as {@link Xenstore#by} gives it, or all of one moment as a {@link
 * XenstoreTransaction}.
 */
public interface NodeReader {

    /**
     * A node's value.
     *
     * @param path the node
     * @return its value, read as UTF-8 with U+FFFD for what is none; empty if there is no such node. A node
     *     that was made on the way to another one has the value ""
     * @throws BackendException if it cannot be read: see {@link Xenstore}
     */
    Optional<String> read(XenstorePath path);

    /**
     * What is directly below a node, however long the list is.
     *
     * @param path the node
     * @return names that {@link XenstorePath#child(String)} takes, in no order; empty if there is no such
     *     node, an empty list if there is nothing below it
     * @throws BackendException if it cannot be read: see {@link Xenstore}
     */
    Optional<List<String>> list(XenstorePath path);
}
