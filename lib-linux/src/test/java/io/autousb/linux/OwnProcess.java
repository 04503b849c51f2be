package io.autousb.linux;

import java.io.File;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;

/** What tests do with, and see of, the process that they run in. */
final class OwnProcess {

    private OwnProcess() {}

    /** How many descriptors are open. */
    static int descriptors() {
        return new File("/proc/self/fd").list().length;
    }

    /** Makes a call in a daemon thread of its own. */
    static <T> CompletableFuture<T> inThread(String name, Callable<T> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        result.complete(call.call());
                    } catch (Throwable e) {
                        result.completeExceptionally(e);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    /** Waits until a thread is in a method. */
    static void awaitIn(String thread, String method) {
        Awaitility.await()
                .until(() -> Thread.getAllStackTraces().entrySet().stream()
                        .filter(entry -> entry.getKey().getName().equals(thread))
                        .anyMatch(entry -> Arrays.stream(entry.getValue())
                                .anyMatch(frame -> frame.getMethodName().equals(method))));
    }
}
