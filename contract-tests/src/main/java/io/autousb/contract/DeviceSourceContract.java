package io.autousb.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DeviceSource;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The rules for device sources. An adopter extends it and returns a fixture:
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
public abstract class DeviceSourceContract extends DeviceSourceRules {

    @Override
    protected abstract DeviceSourceFixture createFixture() throws Exception;

    @Test
    @DisplayName("DS-01 The first snapshot shows what was plugged in before")
    final void snapshot_whenPluggedInBefore_showsTheDevice() {
        world().plug(port(1), Gadget.keyboard());

        HostTopology host = look(watching());

        UsbDevice device = host.at(port(1)).orElseThrow();
        assertThat(device.id()).isEqualTo(Gadget.keyboard().id());
        assertThat(device.address().bus()).isEqualTo(port(1).bus());
        assertThat(host.devices()).containsExactly(device);
    }

    @Test
    @DisplayName("DS-02 A plug is hinted, and then in the snapshot")
    final void plug_whenWatching_isHintedAndShown() {
        DeviceSource source = watching();

        UsbDevice device = plugged(source, port(1), Gadget.keyboard());

        assertThat(device.isReady()).isTrue();
    }

    @Test
    @DisplayName("DS-03 An unplug is hinted, and then the device is not in the snapshot")
    final void unplug_whenWatching_isHintedAndShown() {
        DeviceSource source = watching();
        plugged(source, port(1), Gadget.keyboard());

        HostTopology host = lookAfter(source, () -> world().unplug(port(1)), port(1) + " is empty", lacks(port(1)));

        assertThat(host.devices()).isEmpty();
    }

    @Test
    @DisplayName("DS-23 After close every call fails with CLOSED")
    final void anyCall_whenClosed_failsWithClosed() {
        DeviceSource source = watching();
        look(source);

        source.close();

        Failures.of(BackendException.CLOSED, () -> look(source));
        Failures.of(BackendException.CLOSED, () -> source.subscribe(hints()));
    }
}
