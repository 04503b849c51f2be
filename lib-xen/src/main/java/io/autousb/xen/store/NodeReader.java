package io.autousb.xen.store;

import io.autousb.domain.port.BackendException;
import java.util.Collection;
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

    /**
     * Looks at several nodes at once, as soon as the first of them is asked for: one way to xenstored and back for all.
     * In a transaction, changes that are made after this and before that go the same way, and the nodes are found as
     * they were before them.
     *
     * @param values nodes whose values will be asked for
     * @param lists nodes whose children will be asked for
     * @return what finds these, and what was looked at ahead before, as they were then; all else it looks at when asked
     *     for. For one thread; fails as this
     */
    NodeReader ahead(Collection<XenstorePath> values, Collection<XenstorePath> lists);

    /**
     * The same for values only.
     *
     * @param values nodes whose values will be asked for
     * @return as the other
     */
    default NodeReader ahead(XenstorePath... values) {
        return ahead(List.of(values), List.of());
    }
}
