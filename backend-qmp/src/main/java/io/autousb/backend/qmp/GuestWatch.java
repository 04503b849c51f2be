package io.autousb.backend.qmp;

import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.GuestSpec;
import io.autousb.linux.Deadline;
import io.autousb.linux.GuestHints;
import io.autousb.qmp.QmpHandshake;
import io.autousb.qmp.Waiting;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one connection to one guest. A thread of its own finds, connects, asks for the state after each
 * hint, and begins anew when the connection ends. Thread-safe.
 */
final class GuestWatch {

    private static final Logger LOG = LoggerFactory.getLogger(GuestWatch.class);
    private static final Duration AFTER_FAULT = Duration.ofSeconds(5);

    private final GuestSpec spec;
    private final MonitorConnector connector;
    private final GuestHints hints;
    private final Pace pace;
    private final Duration statusTimeout;
    private final GuestFacts facts = new GuestFacts();
    private final Thread thread;

    GuestWatch(GuestSpec spec, MonitorConnector connector, GuestHints hints, Pace pace, Duration statusTimeout) {
        this.spec = spec;
        this.connector = connector;
        this.hints = hints;
        this.pace = pace;
        this.statusTimeout = statusTimeout;
        this.thread = new Thread(this::run, "autousb-qmp-guest");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    GuestSpec spec() {
        return spec;
    }

    GuestFacts facts() {
        return facts;
    }

    /**
     * The connection.
     *
     * @throws BackendException why there is none
     */
    MonitorLink link() {
        return facts.link(spec.name());
    }

    private void run() {
        QmpHandshake.warmUp();
        while (!facts.isClosed()) {
            try {
                watch();
            } catch (RuntimeException e) {
                LOG.error("watching a guest has failed, and is begun anew", e);
                facts.searchHasEnded();
                facts.pause(AFTER_FAULT);
            }
        }
        connector.close();
    }

    private void watch() {
        MonitorConnector.Result result = connector.connect(pace.next(), facts::isClosed, this::show, new Events());
        if (result.link() == null) {
            show(result);
            if (!connector.isQueued()) {
                facts.pause(pace.next());
            }
        } else {
            hold(result.link(), result.state());
        }
    }

    private void hold(MonitorLink link, GuestState state) {
        try {
            show(link, state, facts.asked());
            while (facts.awaitWish(link)) {
                ask(link);
            }
        } finally {
            link.close();
            if (!facts.isClosed()) {
                link.session().end().ifPresent(why -> show(MonitorConnector.lost(link, why)));
            }
        }
    }

    private void ask(MonitorLink link) {
        long wanted = facts.asked();
        try {
            show(link, link.status(Deadline.after(statusTimeout)), wanted);
        } catch (BackendException e) {
            LOG.debug("no state of a guest", e);
        }
    }

    private void show(MonitorLink link, GuestState state, long upTo) {
        if (facts.connected(new Guest(link.id(), spec.name(), link.instance().text(), state), link, upTo)) {
            hints.guests();
        }
    }

    /** Shows what a search without success has found. */
    private void show(MonitorConnector.Result result) {
        GuestId id = result.id();
        Guest guest = id == null ? null : new Guest(id, spec.name(), result.instance(), GuestState.UNKNOWN);
        if (facts.disconnected(guest, guest == null ? null : result.trouble())) {
            pace.changed();
            hints.guests();
        }
    }

    /** Begins to end: wakes everything that waits. */
    void stop() {
        facts.close().ifPresent(MonitorLink::close);
        connector.close();
    }

    boolean hasEnded() {
        return !thread.isAlive();
    }

    /** Waits for the thread, within bounds. After {@link #stop}. */
    void join(Deadline deadline) {
        Waiting.forEnd(thread, deadline);
    }

    /** What the session tells the watch. */
    private final class Events implements MonitorConnector.Observer {
        @Override
        public void sighted(GuestId id, String instance) {
            facts.sighted(new Guest(id, spec.name(), instance, GuestState.UNKNOWN));
        }

        @Override
        public void stateMayHaveChanged() {
            facts.ask();
        }

        @Override
        public void attachmentsMayHaveChanged(GuestId id) {
            hints.attachments(id);
        }

        @Override
        public void ended(BackendException why) {
            facts.wake();
        }
    }
}
