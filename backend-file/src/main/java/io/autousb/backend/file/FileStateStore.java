package io.autousb.backend.file;

import io.autousb.backend.file.DiskCall.LateException;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.LoadedState;
import io.autousb.domain.port.StateStore;
import io.autousb.domain.port.StoredState;
import io.autousb.linux.Deadline;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The state store {@code file}. Calls are made one after another on a thread of its own: a disk that hangs
 * cannot be interrupted, and must not hold up who calls beyond the deadline.
 */
final class FileStateStore implements StateStore {

    private final Path path;
    private final StateFile file;
    private final ThreadPoolExecutor thread;

    FileStateStore(Path path, StateFile file) {
        this.path = path;
        this.file = file;
        this.thread = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread made = new Thread(task, "autousb-state-file");
            made.setDaemon(true);
            return made;
        });
    }

    /** What is to be done until a deadline. */
    @FunctionalInterface
    private interface Work<T> {
        T run(Deadline deadline) throws IOException;
    }

    @Override
    public LoadedState load(Duration timeout) {
        try {
            return call(timeout, file::load);
        } catch (LateException e) {
            throw Failures.late(path).build();
        } catch (IOException e) {
            throw Failures.of("the state cannot be read", path, e).build();
        }
    }

    @Override
    public void save(StoredState state, Duration timeout) {
        try {
            StoredState ignored = call(timeout, deadline -> {
                file.save(state, deadline);
                return state;
            });
        } catch (LateException e) {
            BackendException.Builder failure = Failures.late(path);
            throw e.hasBegun() ? failure.outcomeUnknown().build() : failure.build();
        } catch (IOException e) {
            throw Failures.of("the state cannot be saved", path, e).build();
        }
    }

    private <T> T call(Duration timeout, Work<T> work) throws IOException, LateException {
        Deadline deadline = Deadline.after(timeout);
        DiskCall<T> call = new DiskCall<>(() -> work.run(deadline));
        try {
            thread.execute(call);
            return call.await(deadline);
        } catch (RejectedExecutionException e) {
            throw Failures.closed();
        } catch (LinkageError e) {
            throw Failures.withoutJna(e);
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
