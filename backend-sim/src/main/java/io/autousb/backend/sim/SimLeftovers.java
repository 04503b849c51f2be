package io.autousb.backend.sim;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.RepairNotice;
import io.autousb.domain.port.RepairNotice.Outcome;
import io.autousb.domain.port.RepairRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is left over in a guest, running or not, by what a repair says of it. Thread-safe. */
final class SimLeftovers {

    /** The looks that each is still left alone at. */
    private final Map<String, Integer> found = new LinkedHashMap<>();

    private @Nullable BackendException resistance;

    synchronized void add(String what, int looks) {
        found.put(SimFailures.safe(what), looks);
    }

    synchronized List<String> present() {
        return List.copyOf(found.keySet());
    }

    synchronized void resist(@Nullable BackendException newResistance) {
        resistance = newResistance;
    }

    synchronized List<RepairNotice> repair(String where, RepairRequest request) {
        List<RepairNotice> notices = new ArrayList<>();
        for (String what : present()) {
            notices.add(repair(where, what, request));
        }
        return notices;
    }

    private RepairNotice repair(String where, String what, RepairRequest request) {
        if (found.getOrDefault(what, 0) > 0) {
            found.merge(what, -1, Integer::sum);
            return RepairNotice.of(where, what, Outcome.AWAITED);
        }
        if (request.reportOnly()) {
            return RepairNotice.of(where, what, Outcome.REPORTED);
        }
        if (resistance != null) {
            return RepairNotice.failed(where, what, resistance);
        }
        found.remove(what);
        return RepairNotice.of(where, what, Outcome.REPAIRED);
    }
}
