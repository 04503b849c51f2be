package io.autousb.domain.port;

/** Time that only moves forward, for deadlines and delays. Thread-safe. */
@FunctionalInterface
public interface MonotonicClock {

    /** The clock of the machine. */
    MonotonicClock SYSTEM = System::nanoTime;

    /**
     * The present moment.
     *
     * @return nanoseconds since some fixed point; only differences mean something
     */
    long nanos();
}
