package io.autousb.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DeviceSource;
import java.io.IOException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The rules for device sources, {@code DS-01} and so on. An adopter extends it and returns a fixture:
 *
 * <pre>{@code
 * class UdevDeviceSourceContractTest extends DeviceSourceContract {
 *     @Override
 *     protected DeviceSourceFixture createFixture() {
 *         return new UdevFixture();
 *     }
 * }
 * }</pre>
 */
public abstract class DeviceSourceContract extends DeviceSourceChangeRules {

    /** For adopters. */
    protected DeviceSourceContract() {}

    @Override
    protected abstract DeviceSourceFixture createFixture() throws Exception;

    @Test
    @DisplayName("DS-24 No hint comes after close has returned")
    final void close_whenThingsGoOn_silencesTheListener() {
        AtomicBoolean closed = new AtomicBoolean();
        AtomicBoolean late = new AtomicBoolean();
        DeviceSource source = open();
        source.subscribe(() -> late.compareAndSet(false, closed.get()));
        look(source);

        source.close();
        closed.set(true);

        DeviceSource other = watching();
        plugged(other, port(1), Gadget.keyboard());
        lookAfter(other, () -> world().unplug(port(1)), port(1) + " is empty", lacks(port(1)));
        assertThat(late).isFalse();
    }

    @Test
    @DisplayName("DS-25 After close every call fails with CLOSED")
    final void anyCall_whenClosed_failsWithClosed() {
        DeviceSource source = watching();
        look(source);

        source.close();

        Failures.of(BackendException.CLOSED, () -> look(source));
        Failures.of(BackendException.CLOSED, () -> source.subscribe(hints()));
    }

    @Test
    @DisplayName("DS-26 Closing again does nothing, from any thread and at any time")
    final void close_whenClosedBefore_doesNothing() {
        DeviceSource unused = open();
        unused.close();
        unused.close();
        DeviceSource source = watching();
        look(source);

        Future<Boolean> one = Await.start(() -> closed(source));
        Future<Boolean> other = Await.start(() -> closed(source));

        assertThat(Await.result(world().patience(), one)).isTrue();
        assertThat(Await.result(world().patience(), other)).isTrue();
        assertThat(closed(source)).isTrue();
    }

    @Test
    @DisplayName("DS-27 Closing one source leaves another one alone")
    final void close_whenThereIsAnother_leavesItAlone() {
        DeviceSource source = watching();
        look(source);
        DeviceSource other = watching(new HintCounter(world().patience()));
        look(other);

        other.close();

        plugged(source, port(1), Gadget.keyboard());
    }

    @Test
    @DisplayName("DS-28 Close leaves no thread behind")
    final void close_whenUsed_endsThreads() throws IOException {
        DeviceSource source = watching();
        plugged(source, port(1), Gadget.keyboard());

        source.close();

        tearDownFixture();
        Resources.awaitNoMoreThan(threadsBefore(), world().patience());
    }

    @Test
    @DisplayName("DS-29 Close leaves no descriptor behind")
    final void close_whenUsed_closesDescriptors() {
        world().plug(port(1), Gadget.keyboard());

        Resources.assertNoDescriptorsLeftBy(world().patience(), () -> {
            DeviceSource source = watching();
            look(source);
            source.close();
        });
    }

    private static boolean closed(DeviceSource source) {
        source.close();
        return true;
    }
}
