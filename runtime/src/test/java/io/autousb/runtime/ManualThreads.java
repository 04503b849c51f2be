package io.autousb.runtime;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Executors that a test runs task by task, one at a time over all of them. A task may {@link #hang}: its
 * executor then stands still, and the others go on, until the test says otherwise.
 */
final class ManualThreads implements EngineThreads {

    private static final ThreadLocal<@Nullable Line> CURRENT = new ThreadLocal<>();

    private final ExecutorService pool = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "manual");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Line> lines = new ArrayList<>();
    private final List<Throwable> thrown = new ArrayList<>();
    private final @Nullable Random order;
    private int tasks;

    /**
     * Makes executors.
     *
     * @param order whose turn it is; null for in turn, first come first served
     */
    ManualThreads(@Nullable Random order) {
        this.order = order;
    }

    private final class Line implements SerialExecutor {
        final String name;
        final Queue<Runnable> waiting = new ArrayDeque<>();
        final Semaphore yielded = new Semaphore(0);
        final Semaphore resumed = new Semaphore(0);
        boolean hanging;
        boolean closed;

        Line(String name) {
            this.name = name;
        }

        @Override
        public void execute(Runnable task) {
            synchronized (lines) {
                if (!closed) {
                    waiting.add(task);
                }
            }
        }

        @Override
        public void close() {
            synchronized (lines) {
                closed = true;
                waiting.clear();
            }
        }

        void run(Runnable task) {
            pool.execute(() -> {
                CURRENT.set(this);
                try {
                    task.run();
                } catch (Throwable e) {
                    thrown.add(e);
                } finally {
                    CURRENT.remove();
                    yielded.release();
                }
            });
            yielded.acquireUninterruptibly();
        }

        void resume() {
            hanging = false;
            resumed.release();
            yielded.acquireUninterruptibly();
        }
    }

    @Override
    public SerialExecutor serial(String name, int priority) {
        Line line = new Line(name);
        synchronized (lines) {
            lines.add(line);
        }
        return line;
    }

    /** Called from a task: stands still until {@link #release}. */
    static void hang() {
        Line line = CURRENT.get();
        if (line == null) {
            throw new IllegalStateException("only a task may hang");
        }
        line.hanging = true;
        line.yielded.release();
        line.resumed.acquireUninterruptibly();
    }

    /** Lets the executor with that name go on, and returns when its task has ended or hangs again. */
    void release(String name) {
        List<Line> found;
        synchronized (lines) {
            found = lines.stream()
                    .filter(line -> line.hanging && line.name.equals(name))
                    .toList();
        }
        if (found.isEmpty()) {
            throw new IllegalStateException("nothing hangs on " + name);
        }
        found.forEach(Line::resume);
    }

    /** The executors whose task hangs. */
    List<String> hanging() {
        synchronized (lines) {
            return lines.stream()
                    .filter(line -> line.hanging)
                    .map(line -> line.name)
                    .toList();
        }
    }

    /** Runs the next task. Returns false if none can run. */
    boolean runOne() {
        Line line;
        Runnable task;
        synchronized (lines) {
            List<Line> ready = lines.stream()
                    .filter(candidate -> !candidate.hanging && !candidate.waiting.isEmpty())
                    .toList();
            if (ready.isEmpty()) {
                return false;
            }
            line = ready.get(order == null ? tasks % ready.size() : order.nextInt(ready.size()));
            task = line.waiting.remove();
        }
        tasks++;
        line.run(task);
        return true;
    }

    /** How many tasks have been run. */
    int tasks() {
        return tasks;
    }

    /** What tasks have thrown. */
    List<Throwable> thrown() {
        return thrown;
    }

    void end() {
        while (!hanging().isEmpty()) {
            release(hanging().get(0));
        }
        pool.shutdown();
    }
}
