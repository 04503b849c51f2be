package io.autousb.backend.sim;

import io.autousb.contract.StateStoreFixture;
import java.util.List;
import java.util.stream.Stream;

/** Broken state stores. */
final class StateStoreMutants {

    private StateStoreMutants() {}

    static List<Mutant<StateStoreFixture>> all() {
        return Stream.of(StateSaveMutants.all(), StateTroubleMutants.all(), StateLifeMutants.all())
                .flatMap(List::stream)
                .toList();
    }
}
