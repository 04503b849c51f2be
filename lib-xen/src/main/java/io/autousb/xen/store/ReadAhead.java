package io.autousb.xen.store;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Nodes of which some are looked at together.
 *
 * @param values by what a value is asked for
 * @param lists by what children are asked for
 * @param nodes who asks, also for all else
 */
record ReadAhead(Map<XenstorePath, Ahead> values, Map<XenstorePath, Ahead> lists, RemoteNodes nodes)
        implements NodeReader {

    @Override
    public Optional<String> read(XenstorePath path) {
        Ahead asked = values.get(path);
        return asked == null ? nodes.read(path) : nodes.value(asked);
    }

    @Override
    public Optional<List<String>> list(XenstorePath path) {
        Ahead asked = lists.get(path);
        return asked == null ? nodes.list(path) : nodes.names(path, asked);
    }

    @Override
    public ReadAhead ahead(Collection<XenstorePath> moreValues, Collection<XenstorePath> moreLists) {
        ReadAhead more = nodes.ahead(unknown(moreValues, values), unknown(moreLists, lists));
        return new ReadAhead(both(values, more.values), both(lists, more.lists), nodes);
    }

    private static List<XenstorePath> unknown(Collection<XenstorePath> paths, Map<XenstorePath, Ahead> known) {
        return paths.stream().filter(path -> !known.containsKey(path)).toList();
    }

    private static Map<XenstorePath, Ahead> both(Map<XenstorePath, Ahead> earlier, Map<XenstorePath, Ahead> later) {
        Map<XenstorePath, Ahead> all = new HashMap<>(earlier);
        all.putAll(later);
        return all;
    }
}
