package io.autousb.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.LoadedState;
import io.autousb.domain.port.StateStore;
import java.io.IOException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The rules for state stores, {@code ST-01} and so on. An adopter extends it and returns a fixture:
 *
 * <pre>{@code
 * class FileStateStoreContractTest extends StateStoreContract {
 *     @Override
 *     protected StateStoreFixture createFixture() {
 *         return new FileStateStoreFixture();
 *     }
 * }
 * }</pre>
 */
public abstract class StateStoreContract extends StateStoreSpoiltRules {

    /** For adopters. */
    protected StateStoreContract() {}

    @Override
    protected abstract StateStoreFixture createFixture() throws Exception;

    @Test
    @DisplayName("ST-19 After close every call fails with CLOSED")
    final void anyCall_whenClosed_failsWithClosed() {
        StateStore store = saved(SOME);

        store.close();

        Failures.of(BackendException.CLOSED, () -> look(store));
        Failures.of(BackendException.CLOSED, () -> save(store, OTHER));
        assertThat(loadAnew()).isEqualTo(SOME.entries());
    }

    @Test
    @DisplayName("ST-20 Closing again does nothing, from any thread and at any time")
    final void close_whenClosedBefore_doesNothing() {
        StateStore unused = open();
        unused.close();
        unused.close();
        StateStore store = saved(SOME);

        Future<Boolean> one = Await.start(() -> closed(store));
        Future<Boolean> other = Await.start(() -> closed(store));

        assertThat(Await.result(place().patience(), one)).isTrue();
        assertThat(Await.result(place().patience(), other)).isTrue();
        assertThat(closed(store)).isTrue();
    }

    @Test
    @DisplayName("ST-21 Closing one store leaves another one alone")
    final void close_whenThereIsAnother_leavesItAlone() {
        StateStore store = saved(SOME);
        StateStore other = open();
        assertThat(load(other)).isEqualTo(SOME.entries());

        other.close();

        assertThat(load(store)).isEqualTo(SOME.entries());
        save(store, OTHER);
        assertThat(loadAnew()).isEqualTo(OTHER.entries());
    }

    @Test
    @DisplayName("ST-22 Close waits for no call that hangs")
    final void close_whenACallHangs_returns() {
        needs(StateStoreCapability.HANG);
        StateStore store = saved(SOME);
        place().hang(true);
        Future<LoadedState> call = Await.start(() -> look(store));
        assertThat(Await.becomes(place().shortTimeout(), call::isDone)).isFalse();

        assertThat(Await.result(place().grace(), Await.start(() -> closed(store))))
                .isTrue();
    }

    @Test
    @DisplayName("ST-23 Close leaves no thread behind")
    final void close_whenUsed_endsThreads() throws IOException {
        StateStore store = saved(SOME);
        load(store);

        store.close();

        tearDownFixture();
        Resources.awaitNoMoreThan(threadsBefore(), place().patience());
    }

    @Test
    @DisplayName("ST-24 Close leaves no descriptor behind")
    final void close_whenUsed_closesDescriptors() {
        Resources.assertNoDescriptorsLeftBy(place().patience(), () -> {
            StateStore store = saved(SOME);
            load(store);
            store.close();
        });
    }

    private static boolean closed(StateStore store) {
        store.close();
        return true;
    }
}
