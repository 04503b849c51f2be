package io.autousb.backend.qmp;

/** One life of a guest, from a start that loses all attachments to its end. Thread-safe. */
interface GuestLife {

    /** What tells it from the next, as {@link io.autousb.domain.model.Guest#instance}. */
    String text();

    /** Whether it goes on, as far as can be told. */
    boolean isAlive();

    /** Whether QEMU itself is known to run, whatever has become of its socket. */
    boolean isRunning();

    /** Whether QEMU may open any file, or may for all we know: trying tells then. */
    boolean isRoot();
}
