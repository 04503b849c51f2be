package io.autousb.qmp;

import io.autousb.domain.port.BackendException;

/**
 * Is told what happens in a session. Both methods are called on the session's reader thread, one at a
 * time, in QEMU's order; they return at once and never execute a command. Not called any more after
 * {@link QmpSession#close} has returned.
 */
public interface QmpListener {

    /**
     * QEMU says something by itself. An event that QEMU sent before a command's answer is told before
     * that command returns.
     *
     * @param event what it says
     */
    void event(QmpEvent event);

    /**
     * The session has ended; the last call. Not made for a session that {@link QmpSession#close} ends.
     *
     * @param why what ended it
     */
    void ended(BackendException why);
}
