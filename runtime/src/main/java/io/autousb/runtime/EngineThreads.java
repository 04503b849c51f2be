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
     * @param priority of its thread, as {@link Thread#setPriority} has it: {@link Thread#MAX_PRIORITY} where
     *     a plug waits for it
     * @return a new executor
     */
    SerialExecutor serial(String name, int priority);

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

        @SuppressWarnings("ThreadPriorityCheck") // a wish for speed only; nothing relies on it
        private DaemonExecutor(String name, int priority) {
            pool = new ThreadPoolExecutor(
                    1,
                    1,
                    IDLE_SECONDS,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    task -> {
                        Thread thread = new Thread(task, "autousb-" + name);
                        thread.setDaemon(true);
                        thread.setPriority(priority);
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
