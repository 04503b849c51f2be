package io.autousb.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes what may hang. */
final class Closing {

    private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

    private Closing() {}

    /** Closes all, each on a thread of its own, and returns when they are closed or time is up. */
    static void all(Duration within, AutoCloseable first, Collection<? extends AutoCloseable> others) {
        List<AutoCloseable> all = new ArrayList<>(others);
        all.add(first);
        CountDownLatch open = new CountDownLatch(all.size());
        for (AutoCloseable closeable : all) {
            Thread thread = new Thread(() -> close(closeable, open), "autousb-close");
            thread.setDaemon(true);
            thread.start();
        }
        try {
            if (!open.await(within.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn(
                        "{} of {} adapters did not close within {} ms", open.getCount(), all.size(), within.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(AutoCloseable closeable, CountDownLatch open) {
        try {
            closeable.close();
        } catch (Exception e) {
            LOG.warn("an adapter failed to close", e);
        } finally {
            open.countDown();
        }
    }
}
