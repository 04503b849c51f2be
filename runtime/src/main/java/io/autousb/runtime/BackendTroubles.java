package io.autousb.runtime;

import io.autousb.domain.port.BackendException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Backends that failed as a whole: each cause is told once, and they are asked again, later each time. */
final class BackendTroubles {

    private record Trouble(String message, int count) {}

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
        Trouble trouble = new Trouble(cause.getMessage(), before == null ? 1 : before.count() + 1);
        troubles.put(backend, trouble);
        if (before == null || !before.message().equals(trouble.message())) {
            tell.accept(new EngineEvent.BackendFailed(backend, cause));
        }
        loop.after(failures.delay(trouble.count()), again);
    }

    void recovered(String backend) {
        if (troubles.remove(backend) != null) {
            tell.accept(new EngineEvent.BackendRecovered(backend));
        }
    }
}
