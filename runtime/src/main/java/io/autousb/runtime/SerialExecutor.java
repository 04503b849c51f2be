package io.autousb.runtime;

import java.util.concurrent.Executor;

/** Runs tasks one after the other, in order. */
public interface SerialExecutor extends Executor, AutoCloseable {

    /** Drops the tasks that wait; one under way is left to end by itself. Later tasks are dropped too. */
    @Override
    void close();
}
