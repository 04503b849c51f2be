package io.autousb.runtime.catalogue;

import java.util.function.Supplier;

/** A call of a provider's or an adapter's. What a plugin brings finds its own parts by the thread's class loader, if it looks there. */
final class AdapterCall {

    private AdapterCall() {}

    /** Runs a call, the thread's class loader being the callee's. */
    static <T> T of(Object callee, Supplier<T> call) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(callee.getClass().getClassLoader());
        try {
            return call.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
