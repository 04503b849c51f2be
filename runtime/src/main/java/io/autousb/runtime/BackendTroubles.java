package io.autousb.runtime;

import io.autousb.domain.port.BackendException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Backends that failed as a whole: each cause is told once, and they are asked again, later each time. */
final class BackendTroubles {

    private record Trouble(String message, int count, Runnable drop) {}

    private final FailureBook failures;
    private final EngineLoop loop;
    private final Consumer<EngineEvent> tell;
    private final Map<String, Trouble> troubles = new HashMap<>();

    BackendTroubles(FailureBook failures, EngineLoop loop, Consumer<EngineEvent> tell) {
        this.failures = failures;
        this.loop = loop;
        this.tell = tell;
    }

    void failed(String backend, BackendException cause, Runnable again) {
        Trouble before = troubles.get(backend);
        if (before == null || !before.message().equals(cause.getMessage())) {
            tell.accept(new EngineEvent.BackendFailed(backend, cause));
        }
        if (before != null) {
            before.drop().run();
        }
        int count = before == null ? 1 : before.count() + 1;
        troubles.put(backend, new Trouble(cause.getMessage(), count, loop.after(failures.delay(count), again)));
    }

    void recovered(String backend) {
        Trouble trouble = troubles.remove(backend);
        if (trouble != null) {
            trouble.drop().run();
            tell.accept(new EngineEvent.BackendRecovered(backend));
        }
    }
}
