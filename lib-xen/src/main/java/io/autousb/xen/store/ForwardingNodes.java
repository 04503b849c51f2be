package io.autousb.xen.store;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Nodes that are others at each call. */
abstract class ForwardingNodes implements NodeWriter {

    /** Those that the next call is for. */
    abstract NodeWriter nodes();

    @Override
    public final Optional<String> read(XenstorePath path) {
        return nodes().read(path);
    }

    @Override
    public final Optional<List<String>> list(XenstorePath path) {
        return nodes().list(path);
    }

    @Override
    public final NodeReader ahead(Collection<XenstorePath> values, Collection<XenstorePath> lists) {
        return nodes().ahead(values, lists);
    }

    @Override
    public final void write(XenstorePath path, String value) {
        nodes().write(path, value);
    }

    @Override
    public final void remove(XenstorePath path) {
        nodes().remove(path);
    }
}
