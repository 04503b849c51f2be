package io.autousb.contract;

import io.autousb.api.CommandRunner;
import io.autousb.api.ProviderContext;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Lends adapters under test what the core would: the machine's clock, a scheduler on one thread, and what
 * runs programs, if any.
 */
public final class TestContext implements AutoCloseable {

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "contract-scheduler");
        thread.setDaemon(true);
        return thread;
    });
    private final ProviderContext context;

    /**
     * Makes a context in which no program can be run.
     *
     * @param root the folder in place of {@code /}
     */
    public TestContext(Path root) {
        this(root, CommandRunner.none("no program is run in this test"));
    }

    /**
     * Makes a context.
     *
     * @param root the folder in place of {@code /}
     * @param commands runs programs, or acts as if it did
     */
    public TestContext(Path root, CommandRunner commands) {
        this.context = new ProviderContext(
                System::nanoTime,
                (delay, task) -> {
                    ScheduledFuture<?> waiting =
                            executor.schedule(task, Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
                    return () -> waiting.cancel(false);
                },
                root,
                commands);
    }

    /**
     * What a provider is given.
     *
     * @return always the same
     */
    public ProviderContext context() {
        return context;
    }

    /** Drops the tasks that wait. */
    @Override
    public void close() {
        executor.shutdownNow();
    }
}
