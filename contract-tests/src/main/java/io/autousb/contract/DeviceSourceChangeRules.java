package io.autousb.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.Generation;
import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.DeviceSource;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How a source tells of changes. */
abstract class DeviceSourceChangeRules extends DeviceSourceFactRules {

    private static final int ROUNDS = 20;
    private static final Duration A_MOMENT = Duration.ofMillis(500);
    private static final long BREATH_NANOS = 200_000;

    @Test
    @DisplayName("DS-11 A plug is hinted, and then in the snapshot")
    final void plug_whenWatching_isHintedAndShown() {
        DeviceSource source = watching();

        HostTopology host =
                lookAfter(source, () -> world().plug(port(1), Gadget.keyboard()), port(1) + " is ready", isReady(true));

        assertThat(host.devices()).hasSize(1);
    }

    @Test
    @DisplayName("DS-12 An unplug is hinted, and then the device is not in the snapshot")
    final void unplug_whenWatching_isHintedAndShown() {
        DeviceSource source = watching();
        plugged(source, port(1), Gadget.keyboard());

        HostTopology host = lookAfter(source, () -> world().unplug(port(1)), port(1) + " is empty", lacks(port(1)));

        assertThat(host.devices()).isEmpty();
    }

    @Test
    @DisplayName("DS-13 A hub that is pulled out takes along what is below it")
    final void unplug_whenHub_takesWhatIsBelow() {
        DeviceSource source = watching();
        plugged(source, port(1), Gadget.hub(4));
        plugged(source, port(1).child(1), Gadget.keyboard());
        plugged(source, port(1).child(2), Gadget.stick("1"));
        plugged(source, port(2), Gadget.keyboard());

        HostTopology host = lookAfter(source, () -> world().unplug(port(1)), "the hub is gone", onlyBelow(port(2)));

        assertThat(host.hubAt(port(1))).isEmpty();
    }

    @Test
    @DisplayName("DS-14 A replug into the same port is hinted, and another generation")
    final void replug_whenSamePort_isAnotherGeneration() {
        DeviceSource source = watching();
        Generation before = plugged(source, port(1), Gadget.keyboard()).generation();

        lookAfter(
                source,
                () -> {
                    world().unplug(port(1));
                    world().plug(port(1), Gadget.keyboard());
                },
                "another generation is there",
                isThereAndNot(before));
    }

    @Test
    @DisplayName("DS-15 A device that comes back with the same address is another generation")
    final void rebind_whenSameAddress_isAnotherGeneration() {
        needs(DeviceSourceCapability.REBIND);
        DeviceSource source = watching();
        Generation before = plugged(source, port(1), Gadget.keyboard()).generation();

        lookAfter(source, () -> world().rebind(port(1)), "another generation is there", isThereAndNot(before));
    }

    @Test
    @DisplayName("DS-16 Whoever looks after each hint, and never else, ends with what is there")
    final void changes_whenFollowedByHints_leaveNoGap() {
        DeviceSource source = watching();
        int mark = hints().count();
        look(source);
        Future<Boolean> changes = Await.start(this::plugAndUnplug);

        hints().awaitAfter(mark, "all changes were made", () -> isRight(look(source)) && changes.isDone());

        assertThat(Await.result(world().patience(), changes)).isTrue();
    }

    @Test
    @DisplayName("DS-17 A device that goes or comes while the host is read is no failure")
    final void snapshot_whenDevicesComeAndGo_showsThemWholeOrNot() {
        DeviceSource source = watching();
        Future<Boolean> changes = Await.start(this::plugAndUnplug);

        while (!changes.isDone()) {
            assertThat(look(source).devices()).allSatisfy(device -> {
                assertThat(device.id()).isEqualTo(Gadget.keyboard().id());
                assertThat(device.address().bus()).isEqualTo(port(1).bus());
            });
        }

        assertThat(Await.result(world().patience(), changes)).isTrue();
    }

    @Test
    @DisplayName("DS-18 Several threads may look at a time")
    final void snapshot_whenFromSeveralThreads_isTheSame() {
        world().plug(port(1), Gadget.keyboard());
        DeviceSource source = watching();
        HostTopology expected = look(source);

        Future<HostTopology> one = Await.start(() -> look(source));
        Future<HostTopology> other = Await.start(() -> look(source));

        assertThat(Await.result(world().timeout(), one)).isEqualTo(expected);
        assertThat(Await.result(world().timeout(), other)).isEqualTo(expected);
    }

    @Test
    @DisplayName("DS-19 Authorizing a device, and taking that back, is hinted and shown")
    final void authorize_whenWatching_isHintedAndShown() {
        needs(DeviceSourceCapability.AUTHORIZATION);
        DeviceSource source = watching();
        plugged(source, port(1), Gadget.keyboard());

        lookAfter(source, () -> world().authorize(port(1), false), "the device is not ready", isReady(false));
        lookAfter(source, () -> world().authorize(port(1), true), "the device is ready", isReady(true));
    }

    @Test
    @DisplayName("DS-20 A device that the host is not done with is marked, until a hint")
    final void initialize_whenWatching_isHintedAndShown() {
        needs(DeviceSourceCapability.INITIALIZATION);
        world().plug(port(1), Gadget.keyboard().uninitialized());
        DeviceSource source = watching();
        assertThat(look(source).at(port(1))).map(UsbDevice::initialized).hasValue(false);

        lookAfter(
                source,
                () -> world().initialize(port(1)),
                "the host is done",
                host -> host.at(port(1)).filter(UsbDevice::initialized).isPresent());
    }

    @Test
    @DisplayName("DS-21 Events that mean nothing do no harm")
    final void spuriousEvent_whenNothingChanged_changesNothing() {
        needs(DeviceSourceCapability.SPURIOUS_EVENTS);
        DeviceSource source = watching();
        plugged(source, port(1), Gadget.keyboard().withoutStrings());
        HostTopology before = look(source);

        world().spuriousEvent(port(1));
        world().spuriousEvent(port(1));
        world().spuriousEvent(port(2));
        plugged(source, port(3), Gadget.keyboard());
        lookAfter(source, () -> world().unplug(port(3)), port(3) + " is empty", lacks(port(3)));

        assertThat(look(source)).isEqualTo(before);
    }

    @Test
    @DisplayName("DS-22 Where events were lost, a hint comes all the same")
    final void losingEvents_whenWatching_isHinted() {
        needs(DeviceSourceCapability.EVENT_LOSS);
        DeviceSource source = watching();

        lookAfter(
                source,
                () -> world().losingEvents(() -> world().plug(port(1), Gadget.keyboard())),
                port(1) + " is in use",
                has(port(1)));
    }

    @Test
    @DisplayName("DS-23 A device that does not answer delays nothing, and is hinted when it answers")
    final void snapshot_whenDeviceSilent_leavesItsStringsOut() {
        needs(DeviceSourceCapability.SILENT_DEVICE);
        world().plug(port(1), Gadget.keyboard());
        world().silence(port(1), true);
        world().plug(port(2), Gadget.stick("1"));
        DeviceSource source = watching();
        Duration limit = world().shortTimeout().plus(world().grace());

        HostTopology host = Await.result(limit, Await.start(() -> source.snapshot(world().shortTimeout())));

        assertThat(host.at(port(1)).flatMap(UsbDevice::product)).isEmpty();
        assertThat(host.at(port(2)).flatMap(UsbDevice::product)).isPresent();
        int mark = hints().count();
        world().silence(port(1), false);
        hints().awaitAfter(
                        mark,
                        "its product is known",
                        () -> look(source)
                                .at(port(1))
                                .flatMap(UsbDevice::product)
                                .isPresent());
    }

    /** Begins slowly, so that a look is under way, and ends with ports 1 and 3 in use, as at no time before. */
    private boolean plugAndUnplug() {
        int before = looks();
        world().plug(port(2), Gadget.keyboard());
        Await.becomes(A_MOMENT, () -> looks() > before);
        world().unplug(port(2));
        for (int i = 0; i < ROUNDS; i++) {
            world().plug(port(1), Gadget.keyboard());
            LockSupport.parkNanos(BREATH_NANOS);
            world().plug(port(2), Gadget.keyboard());
            world().unplug(port(1));
            LockSupport.parkNanos(BREATH_NANOS);
            world().unplug(port(2));
        }
        world().plug(port(1), Gadget.keyboard());
        LockSupport.parkNanos(BREATH_NANOS);
        world().plug(port(3), Gadget.keyboard());
        return true;
    }

    private boolean isRight(HostTopology host) {
        return has(port(1)).and(lacks(port(2))).and(has(port(3))).test(host);
    }

    private Predicate<HostTopology> isReady(boolean expected) {
        return host ->
                host.at(port(1)).filter(device -> device.isReady() == expected).isPresent();
    }

    private Predicate<HostTopology> isThereAndNot(Generation before) {
        return host -> host.at(port(1))
                .filter(device -> !device.generation().equals(before))
                .isPresent();
    }

    private static Predicate<HostTopology> onlyBelow(PortPath place) {
        return host -> host.devices().stream().allMatch(device -> place.contains(device.path()));
    }
}
