package io.autousb.linux;

/** What cuts short the waiting for slow values: something that must not wait for them. Thread-safe. */
final class Haste {

    /** Stands for no count: who waits with it does not wait. */
    static final long NOW = -1;

    private long count;

    /** Wakes who waits. */
    synchronized void urge() {
        count++;
        notifyAll();
    }

    /** How often there was haste. Who waits gives what this was when its look began. */
    synchronized long count() {
        return count;
    }
}
