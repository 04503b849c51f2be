package io.autousb.xen.store;

import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What xenstored has to be told over one connection: which watches there are, which are no more. Used by one thread. */
final class Placement {

    private static final Logger LOG = LoggerFactory.getLogger(Placement.class);
    private static final Duration REFUSED_PAUSE = Duration.ofSeconds(30);

    private final Connection connection;
    private final Watches watches;
    private final Pace pace;
    private final Map<String, WatchEntry> placed = new HashMap<>();
    private final Map<String, Deadline> refused = new HashMap<>();

    Placement(Connection connection, Watches watches, Pace pace) {
        this.connection = connection;
        this.watches = watches;
        this.pace = pace;
    }

    /** Does what is due. When to come again, if nobody asks for it before. Gives the connection up if it is of no use. */
    Deadline settle() {
        try {
            abortStrays();
            unplace();
            return place();
        } catch (BackendException e) {
            connection.giveUp(e);
            return Deadline.NEVER;
        }
    }

    private void abortStrays() {
        for (Integer id = connection.nextStray(); id != null; id = connection.nextStray()) {
            ask(Request.abort(id));
        }
    }

    private void unplace() {
        Iterator<WatchEntry> all = placed.values().iterator();
        while (all.hasNext()) {
            WatchEntry entry = all.next();
            if (!watches.contains(entry)) {
                all.remove();
                ask(Request.unwatch(entry.target(), entry.token()));
            }
        }
        refused.keySet().retainAll(watches.tokens());
    }

    private Deadline place() {
        Deadline again = Deadline.NEVER;
        for (WatchEntry entry : watches.entries()) {
            Deadline pause = refused.get(entry.token());
            boolean isDue = pause == null || pause.remainingNanos() == 0;
            if (isDue && !placed.containsKey(entry.token())) {
                pause = place(entry);
            }
            if (pause != null && pause.remainingNanos() < again.remainingNanos()) {
                again = pause;
            }
        }
        return again;
    }

    /** Places a watch; when to try it again if it is refused. */
    private @Nullable Deadline place(WatchEntry entry) {
        RefusedException no = ask(Request.watch(entry.target(), entry.token()));
        if (no == null) {
            placed.put(entry.token(), entry);
            refused.remove(entry.token());
            watches.look(entry);
            return null;
        }
        Deadline pause = Deadline.after(REFUSED_PAUSE);
        if (refused.put(entry.token(), pause) == null) {
            LOG.warn("xenstored refuses to watch, so that changes may go unnoticed: {}", no.getMessage());
        }
        return pause;
    }

    /** Why xenstored refuses, or null if it does not. */
    private @Nullable RefusedException ask(Request request) {
        try {
            Payload ignored = connection.call(request, Deadline.after(pace.setup()));
            return null;
        } catch (RefusedException e) {
            return e;
        }
    }
}
