package io.autousb.xen.store;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Nodes of which some have been looked at already.
 *
 * @param values answers to READ
 * @param lists answers to DIRECTORY
 * @param nodes who has asked, and looks at all else
 */
record ReadAhead(Map<XenstorePath, Pending> values, Map<XenstorePath, Pending> lists, RemoteNodes nodes)
        implements NodeReader {

    @Override
    public Optional<String> read(XenstorePath path) {
        Pending answer = values.get(path);
        return answer == null ? nodes.read(path) : nodes.value(answer);
    }

    @Override
    public Optional<List<String>> list(XenstorePath path) {
        Pending answer = lists.get(path);
        return answer == null ? nodes.list(path) : nodes.names(path, answer);
    }

    @Override
    public ReadAhead ahead(Collection<XenstorePath> moreValues, Collection<XenstorePath> moreLists) {
        ReadAhead more = nodes.ahead(moreValues, moreLists);
        return new ReadAhead(both(values, more.values), both(lists, more.lists), nodes);
    }

    private static Map<XenstorePath, Pending> both(
            Map<XenstorePath, Pending> earlier, Map<XenstorePath, Pending> later) {
        Map<XenstorePath, Pending> all = new HashMap<>(earlier);
        all.putAll(later);
        return all;
    }
}
