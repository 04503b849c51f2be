package io.autousb.linux;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Daemon threads for reads that may hang: an idle one if there is one, else a new one, up to a bound;
 * then tasks queue up. A thread that hangs in a read cannot be woken; it ends when the read does.
 */
final class Workers implements Executor, AutoCloseable {

    private static final int MAX_THREADS = 32;
    private static final int IDLE_SECONDS = 30;

    private final ThreadPoolExecutor pool;

    Workers(String name) {
        HandOver queue = new HandOver();
        AtomicInteger count = new AtomicInteger();
        pool = new ThreadPoolExecutor(
                0,
                MAX_THREADS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                queue,
                task -> {
                    Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                },
                (task, executor) -> queue.put(task));
    }

    @Override
    public void execute(Runnable task) {
        pool.execute(task);
    }

    /** Lets idle threads end now, and busy ones when they are done. Idempotent. */
    @Override
    public void close() {
        pool.shutdownNow();
    }

    /** Refuses what no idle thread takes at once, so that the pool makes a new thread. */
    private static final class HandOver extends LinkedTransferQueue<Runnable> {
        private static final long serialVersionUID = 1L;

        @Override
        public boolean offer(Runnable task) {
            return tryTransfer(task);
        }
    }
}
