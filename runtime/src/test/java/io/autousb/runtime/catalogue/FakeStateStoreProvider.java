package io.autousb.runtime.catalogue;

import io.autousb.api.Availability;
import io.autousb.api.Option;
import io.autousb.api.OptionValues;
import io.autousb.api.ProviderContext;
import io.autousb.api.StateStoreProvider;
import io.autousb.domain.port.LoadedState;
import io.autousb.domain.port.StateStore;
import io.autousb.domain.port.StoredState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A provider of stores that keep nothing, which tells what it was asked to make. */
final class FakeStateStoreProvider implements StateStoreProvider {

    private final Consumer<OptionValues> asked;

    FakeStateStoreProvider(Consumer<OptionValues> asked) {
        this.asked = asked;
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public String description() {
        return "keeps nothing";
    }

    @Override
    public List<Option> options() {
        return List.of(new Option("place", Option.Type.TEXT, Optional.empty(), "where"));
    }

    @Override
    public Availability probe(ProviderContext context) {
        return Availability.AVAILABLE;
    }

    @Override
    public int priority() {
        return 1;
    }

    @Override
    public StateStore create(OptionValues options, ProviderContext context) {
        asked.accept(options);
        return new StateStore() {
            @Override
            public LoadedState load(Duration timeout) {
                return LoadedState.of(StoredState.EMPTY);
            }

            @Override
            public void save(StoredState state, Duration timeout) {}

            @Override
            public void close() {}
        };
    }
}
