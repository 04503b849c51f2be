package io.autousb.linux;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices that could not be read though they may well be there: this process may be at a limit, or a
 * device about to go. They are tried again; what lasts is said, once. Thread-safe.
 */
final class Troubles {

    /** When to try again. */
    static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(Troubles.class);

    private final Executor workers;
    private final Consumer<Set<String>> retry;
    private final Map<String, String> causes = new ConcurrentHashMap<>();
    private final Set<String> said = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean planned = new AtomicBoolean();

    /**
     * No troubles yet.
     *
     * @param workers one of them waits until the next try
     * @param retry gets the names of devices to try again
     */
    Troubles(Executor workers, Consumer<Set<String>> retry) {
        this.workers = workers;
        this.retry = retry;
    }

    void begin(String name, String cause) {
        causes.put(name, cause);
        LOG.debug("cannot read {} now: {}", name, cause);
        if (planned.compareAndSet(false, true)) {
            workers.execute(this::tryAgain);
        }
    }

    void end(String name) {
        causes.remove(name);
        said.remove(name);
    }

    /** Ends the troubles with what is not there any more. */
    void endAllBut(Set<String> names) {
        causes.keySet().retainAll(names);
        said.retainAll(names);
    }

    boolean isEmpty() {
        return causes.isEmpty();
    }

    private void tryAgain() {
        try {
            Thread.sleep(RETRY_AFTER.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        planned.set(false);
        Map<String, String> lasting = Map.copyOf(causes);
        lasting.forEach((name, cause) -> {
            if (said.add(name)) {
                LOG.warn("cannot read the USB device {}, keeping what was known of it: {}", name, cause);
            }
        });
        if (!lasting.isEmpty()) {
            retry.accept(lasting.keySet());
        }
    }
}
