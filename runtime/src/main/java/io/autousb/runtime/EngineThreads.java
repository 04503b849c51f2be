package io.autousb.runtime;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Where the engine's work runs, so that a test can run it step by step. */
@FunctionalInterface
public interface EngineThreads {

    /**
     * Makes an executor of its own.
     *
     * @param name what it is for
     * @return a new executor
     */
    SerialExecutor serial(String name);

    /**
     * Daemon threads, one for each executor while it has something to do.
     *
     * @return threads for real work
     */
    static EngineThreads real() {
        return DaemonExecutor::new;
    }

    /** A thread that ends when it was idle for a while and comes back when needed. */
    final class DaemonExecutor implements SerialExecutor {
        private static final long IDLE_SECONDS = 300;
        private final ThreadPoolExecutor pool;

        private DaemonExecutor(String name) {
            pool = new ThreadPoolExecutor(
                    1,
                    1,
                    IDLE_SECONDS,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    task -> {
                        Thread thread = new Thread(task, "autousb-" + name);
                        thread.setDaemon(true);
                        return thread;
                    },
                    new ThreadPoolExecutor.DiscardPolicy());
            pool.allowCoreThreadTimeOut(true);
        }

        @Override
        public void execute(Runnable task) {
            pool.execute(task);
        }

        @Override
        public void close() {
            pool.getQueue().clear();
            pool.shutdown();
        }
    }
}
