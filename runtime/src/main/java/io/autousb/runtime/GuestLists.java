package io.autousb.runtime;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.GuestSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The lists of all hypervisors' guests, the highest-ranking first. Filled at first; then used by any thread. */
final class GuestLists {

    private final List<GuestList> lists = new ArrayList<>();

    void add(GuestList list) {
        lists.add(list);
    }

    /**
     * Begins with all. One that cannot begin keeps none of the others from it, unless a setting is wrong.
     *
     * @return those that could not, and why
     * @throws BackendException if none could, or a setting is wrong
     */
    Map<GuestList, BackendException> start(EngineConfiguration wanted) {
        Map<GuestList, BackendException> failed = new LinkedHashMap<>();
        for (GuestList list : lists) {
            try {
                list.start(specs(wanted, list));
            } catch (BackendException e) {
                failed.put(list, e);
                if (e.is(BackendException.INVALID)) {
                    throw e;
                }
            }
        }
        if (!failed.isEmpty() && failed.size() == lists.size()) {
            throw failed.values().iterator().next();
        }
        return failed;
    }

    void look() {
        lists.forEach(GuestList::look);
    }

    void reconfigure(EngineConfiguration wanted) {
        lists.forEach(list -> list.reconfigure(specs(wanted, list)));
    }

    /** What all are to list; without one that has listed for other guests. */
    Map<GuestList, List<GuestSpec>> expected(
            EngineConfiguration wanted, GuestList answering, List<GuestSpec> answered) {
        Map<GuestList, List<GuestSpec>> expected = new LinkedHashMap<>();
        lists.forEach(list -> expected.put(list, specs(wanted, list)));
        if (!answered.equals(expected.get(answering))) {
            expected.remove(answering);
        }
        return expected;
    }

    private static List<GuestSpec> specs(EngineConfiguration configuration, GuestList list) {
        return configuration.guests().getOrDefault(list.name(), List.of());
    }

    void close() {
        lists.forEach(GuestList::close);
    }
}
