package io.autousb.contract;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** A listener that counts: nothing but the fact of a hint may be relied on. */
final class HintCounter implements Runnable {

    private final AtomicInteger hints = new AtomicInteger();
    private final Duration patience;

    HintCounter(Duration patience) {
        this.patience = patience;
    }

    @Override
    public void run() {
        hints.incrementAndGet();
    }

    int count() {
        return hints.get();
    }

    /** As the core does it: looks again after a hint, and never without one. */
    void awaitAfter(int mark, String what, BooleanSupplier looksRight) {
        int seen = mark;
        while (true) {
            int last = seen;
            Await.until(patience, "a hint came, so that one could see that " + what, () -> count() > last);
            seen = count();
            if (looksRight.getAsBoolean()) {
                return;
            }
        }
    }
}
