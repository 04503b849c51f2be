package io.autousb.runtime;

import java.util.concurrent.CountDownLatch;

/** A close that never ends, for tests of bounds. */
final class Closings {

    private Closings() {}

    static void hang() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
