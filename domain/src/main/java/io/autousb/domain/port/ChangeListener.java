package io.autousb.domain.port;

/** Is told that the host's devices may have changed. */
@FunctionalInterface
public interface ChangeListener {

    /**
     * Something may have changed; a snapshot tells what. May be called from any thread, spuriously and
     * often; returns at once.
     */
    void changed();
}
