package io.autousb.runtime;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.Hypervisor;
import io.autousb.domain.port.RepairNotice;
import io.autousb.domain.port.RepairNotice.Outcome;
import io.autousb.domain.port.RepairRequest.Depth;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What the engine remembers of one hypervisor's repairs. Used by the engine's thread only. */
final class RepairTrack {

    final String name;
    final Hypervisor hypervisor;
    final SerialExecutor worker;
    /** A run has not come back in time. */
    boolean stuck;

    /** When a look was due before it was postponed. */
    private long wantedAt = Long.MAX_VALUE;

    private long dueAt = Long.MAX_VALUE;
    private Depth depth = Depth.QUICK;
    private int failures;
    private String trouble = "";
    /** What the last look of each depth found, one line each. */
    private final Map<Depth, Set<String>> found = new EnumMap<>(Depth.class);

    RepairTrack(String name, Hypervisor hypervisor, SerialExecutor worker) {
        this.name = name;
        this.hypervisor = hypervisor;
        this.worker = worker;
        for (Depth each : Depth.values()) {
            found.put(each, new HashSet<>());
        }
    }

    /** A look is due then, or earlier if one was due already; the more thorough of the two. */
    void want(Depth wanted, long at) {
        depth = dueAt == Long.MAX_VALUE || wanted.compareTo(depth) > 0 ? wanted : depth;
        wantedAt = Math.min(wantedAt, at);
        dueAt = Math.min(dueAt, at);
    }

    /** What is due is so only then, but by no more than the patience later than it was wanted. */
    void postpone(long until, long patience) {
        if (dueAt != Long.MAX_VALUE) {
            dueAt = Math.max(dueAt, Math.min(until, wantedAt + patience));
        }
    }

    long dueAt() {
        return dueAt;
    }

    /** The look that was due begins. */
    Depth begin() {
        wantedAt = Long.MAX_VALUE;
        dueAt = Long.MAX_VALUE;
        return depth;
    }

    /** What has not been told yet: what was done now, and what the last looks did not find. */
    List<RepairNotice> news(Depth looked, List<RepairNotice> notices) {
        Set<String> now = notices.stream().map(RepairNotice::toString).collect(Collectors.toSet());
        Set<String> known = new HashSet<>();
        found.values().forEach(known::addAll);
        Set<String> ended = new HashSet<>(found.get(looked));
        ended.removeAll(now);
        found.values().forEach(lines -> lines.removeAll(ended));
        found.put(looked, now);
        return notices.stream()
                .filter(notice -> notice.outcome() == Outcome.REPAIRED || known.add(notice.toString()))
                .toList();
    }

    int failed() {
        failures++;
        return failures;
    }

    void recovered() {
        failures = 0;
        trouble = "";
    }

    /** Whether a failure is another one than the last. */
    boolean isNews(BackendException cause) {
        String message = String.valueOf(cause.getMessage());
        boolean news = !message.equals(trouble);
        trouble = message;
        return news;
    }
}
