package io.autousb.linux;

import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.spi.AbstractInterruptibleChannel;

/**
 * One wait that an interrupt of its thread ends too: by what the JDK's own channels use for that, the
 * only way to hear of it. Since JDK 23 the word of an interrupt may come when the wait is over.
 */
final class InterruptibleWait extends AbstractInterruptibleChannel {

    private final WakeablePoll poll;

    InterruptibleWait(WakeablePoll poll) {
        this.poll = poll;
    }

    /** As {@link WakeablePoll#await}. The thread stays interrupted. */
    void await(Deadline deadline) throws IOException {
        begin();
        try {
            poll.await(deadline);
        } finally {
            forget();
        }
    }

    private void forget() {
        try {
            end(true);
        } catch (AsynchronousCloseException e) {
            // By the interrupt, which the thread's status tells.
        }
    }

    @Override
    protected void implCloseChannel() {
        poll.wake();
    }
}
