package io.autousb.lab;

import io.autousb.api.OptionValues;
import io.autousb.backend.xenstore.XenstoreStateStoreProvider;
import io.autousb.contract.StateStoreCapability;
import io.autousb.contract.StateStoreFixture;
import io.autousb.contract.TestContext;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.StateStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code xenstore} with the daemon that runs in the machine. */
final class XenstoreWorld implements StateStoreFixture {

    private static final String KEY = "/local/domain/0/auto-usb-attach";
    private static final String STATE = KEY + "/state";

    private final TestContext context = Machine.context();
    private boolean hangs;

    XenstoreWorld() {
        Machine.run("xenstore-write", KEY, "");
        Machine.run("xenstore-rm", KEY);
    }

    @Override
    public StateStore open() {
        XenstoreStateStoreProvider provider = new XenstoreStateStoreProvider();
        return provider.create(OptionValues.of(provider.options(), Map.of()), context.context());
    }

    /** A real daemon fails only where others would suffer too. */
    @Override
    public Set<StateStoreCapability> unsupported() {
        return Set.of(StateStoreCapability.FAILING_SAVES, StateStoreCapability.UNREADABLE);
    }

    @Override
    public void spoil(String code) {
        List<Integer> numbers = numbers();
        String latest = STATE + "/" + numbers.get(numbers.size() - 1);
        switch (code) {
            case BackendException.TORN -> Machine.run("xenstore-rm", latest + "/0");
            case BackendException.FOREIGN -> Machine.run("xenstore-write", latest, "root:x:0:0:root:/root:/bin/bash");
            default -> Machine.run("xenstore-write", latest, "version 2, in another way");
        }
    }

    @Override
    public int putAside() {
        return numbers().size() - 1;
    }

    private static List<Integer> numbers() {
        return Machine.run("xenstore-list", STATE)
                .lines()
                .filter(name -> name.matches("[0-9]+"))
                .map(Integer::valueOf)
                .sorted()
                .toList();
    }

    /** Stops the daemon. */
    @Override
    public void hang(boolean hanging) {
        Machine.run("pkill", hanging ? "-STOP" : "-CONT", "xenstored");
        hangs = hanging;
    }

    @Override
    public Duration timeout() {
        return Machine.PATIENCE;
    }

    @Override
    public Duration shortTimeout() {
        return Duration.ofSeconds(2);
    }

    @Override
    public Duration patience() {
        return Machine.PATIENCE;
    }

    @Override
    public Duration grace() {
        return Duration.ofSeconds(5);
    }

    @Override
    public void close() {
        if (hangs) {
            hang(false);
        }
        context.close();
    }
}
