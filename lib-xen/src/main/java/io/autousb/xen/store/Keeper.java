package io.autousb.xen.store;

import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a connection: a thread of its own connects, puts the watches in place, ends the transactions of those
 * who ran out of time, and begins anew when the connection has ended.
 */
final class Keeper implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(1);

    /** Makes connections. */
    interface Connector {
        Wire connect(Deadline deadline) throws IOException;
    }

    private final Connector connector;
    private final Object where;
    private final Pace pace;
    private final Watches watches = new Watches(this::wake);
    private final Thread thread = new Thread(this::run, "autousb-xenstore");

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable Connection latest;
    private boolean ready;
    private @Nullable BackendException outage;
    private boolean woken;
    private boolean closed;

    private Keeper(Connector connector, Object where, Pace pace) {
        this.connector = connector;
        this.where = where;
        this.pace = pace;
        thread.setDaemon(true);
    }

    static Keeper start(Connector connector, Object where, Pace pace) {
        Keeper keeper = new Keeper(connector, where, pace);
        keeper.thread.start();
        return keeper;
    }

    Watches watches() {
        return watches;
    }

    /**
     * The connection there is. Waits for the first attempt to make one, and for no other.
     *
     * @throws BackendException why there is none
     */
    Connection connection(Deadline deadline) {
        lock.lock();
        try {
            while (!ready && outage == null && !closed) {
                if (!Waiting.until(nanos -> changed.await(nanos, TimeUnit.NANOSECONDS), deadline)) {
                    throw Failures.timeout(where, "xenstore could not be reached in time")
                            .build();
                }
            }
            if (closed) {
                throw closed();
            }
            if (ready && latest != null) {
                return latest;
            }
            throw (outage == null ? closed() : outage).again().build();
        } finally {
            lock.unlock();
        }
    }

    BackendException closed() {
        return Failures.closed(where).build();
    }

    private void wake() {
        lock.lock();
        try {
            woken = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        Duration pause = pace.firstPause();
        while (!isClosed()) {
            boolean wasGood = false;
            try {
                wasGood = keepOne();
            } catch (BackendException e) {
                miss(e);
            } catch (IOException e) {
                miss(Failures.unreachable(where, e).build());
            } catch (LinkageError e) {
                miss(Failures.unusable(where, e).build());
            } catch (RuntimeException | Error e) {
                LOG.error("keeping a connection to xenstore has failed", e);
                miss(Failures.defect(where, e).build());
            }
            pause = wasGood ? pace.firstPause() : pause;
            rest(Deadline.after(pause));
            Duration doubled = pause.multipliedBy(2);
            pause = doubled.compareTo(pace.longestPause()) < 0 ? doubled : pace.longestPause();
        }
    }

    /** Makes a connection and keeps it for as long as it lasts. Whether that was long. */
    private boolean keepOne() throws IOException {
        try (Connection connection = open()) {
            probe(connection);
            announce();
            Deadline good = Deadline.after(pace.longestPause());
            keep(connection);
            connection.end().ifPresent(this::miss);
            return good.remainingNanos() == 0;
        }
    }

    private Connection open() throws IOException {
        Wire wire = connector.connect(Deadline.after(pace.setup()));
        Connection connection = Connection.start(wire, pace.patience(), new Connection.Listener() {
            @Override
            public void event(String path, String token) {
                watches.event(path, token);
            }

            @Override
            public void strayed() {
                wake();
            }

            @Override
            public void ended() {
                wake();
            }
        });
        lock.lock();
        try {
            latest = connection;
            if (!closed) {
                return connection;
            }
        } finally {
            lock.unlock();
        }
        connection.close();
        throw closed();
    }

    /** One that connects but does not answer is of no use. */
    private void probe(Connection connection) {
        try {
            Payload ignored = connection.call(Request.read(XenstorePath.ROOT, 0), Deadline.after(pace.setup()));
        } catch (RefusedException e) {
            LOG.debug("xenstored answers, if not what it was asked", e);
        }
    }

    private void announce() {
        lock.lock();
        try {
            if (outage != null) {
                LOG.info("connected to xenstore: {}", latest);
            }
            outage = null;
            ready = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void keep(Connection connection) {
        Placement placement = new Placement(connection, watches, pace);
        while (connection.isOpen() && !isClosed()) {
            Deadline again = placement.settle();
            awaitWork(connection, again);
        }
    }

    private void awaitWork(Connection connection, Deadline deadline) {
        lock.lock();
        try {
            while (!woken && !closed && connection.isOpen() && deadline.remainingNanos() > 0) {
                boolean ignored = Waiting.until(nanos -> changed.await(nanos, TimeUnit.NANOSECONDS), deadline);
            }
            woken = false;
        } finally {
            lock.unlock();
        }
    }

    private void rest(Deadline deadline) {
        lock.lock();
        try {
            while (!closed && deadline.remainingNanos() > 0) {
                boolean ignored = Waiting.until(nanos -> changed.await(nanos, TimeUnit.NANOSECONDS), deadline);
            }
        } finally {
            lock.unlock();
        }
    }

    /** There is no connection. Calls fail for that reason until there is one. */
    private void miss(BackendException why) {
        lock.lock();
        try {
            if (ready && !closed) {
                LOG.warn("the connection to xenstore was lost, and is made again: {}", why.getMessage());
            }
            latest = null;
            ready = false;
            outage = why;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the connection and all watches. Idempotent. */
    @Override
    public void close() {
        Connection connection;
        lock.lock();
        try {
            closed = true;
            connection = latest;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (connection != null) {
            connection.close();
        }
        watches.close();
        if (Thread.currentThread() != thread) {
            Waiting.forEnd(thread, Deadline.after(CLOSE_PATIENCE));
        }
    }
}
