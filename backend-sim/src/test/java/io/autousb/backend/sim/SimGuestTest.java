package io.autousb.backend.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.model.UsbInterface;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DetachRequest;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class SimGuestTest {

    private static final PortPath PLACE = PortPath.parse("1-1");
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final SimWorld world = SimWorld.create();
    private final ManualScheduler scheduler = new ManualScheduler();
    private final Hypervisor hypervisor = new SimHypervisor(world.guests(), scheduler);
    private final SimGuest guest = world.guests().define("windows");

    private UsbDevice plug(SimDevice device) {
        world.host().plug(PLACE, device);
        return world.host().at(PLACE).orElseThrow();
    }

    private Guest started() {
        guest.start();
        hypervisor.configure(List.of(new GuestSpec("windows", Map.of())));
        return hypervisor.guests(TIMEOUT).get(0);
    }

    private Attachment attach(Guest to, UsbDevice device) {
        return hypervisor.attach(new AttachRequest(to, device, port(1), TIMEOUT));
    }

    private GuestPort port(int number) {
        return guest.look().orElseThrow().controllers().get(0).ports().get(number - 1);
    }

    private List<Attachment> attachments() {
        return guest.look().map(GuestInspection::attachments).orElseThrow();
    }

    private List<Optional<String>> drivers() {
        return world.host().at(PLACE).orElseThrow().interfaces().stream()
                .map(UsbInterface::driver)
                .toList();
    }

    @Test
    void attach_whenHostDriverHadIt_takesTheInterfaces() {
        Attachment made = attach(started(), plug(SimDevice.keyboard()));
        assertThat(drivers()).containsExactly(Optional.of(UsbInterface.USBFS));

        guest.detachByHand(made.handle());

        assertThat(drivers()).containsExactly(Optional.of("usbhid"));
    }

    @Test
    void takeBack_whenAttached_givesTheInterfacesToTheHost() {
        attach(started(), plug(SimDevice.keyboard()));

        world.host().takeBack(PLACE);

        assertThat(drivers()).containsExactly(Optional.of("usbhid"));
        assertThat(attachments()).hasSize(1);
    }

    @Test
    void stop_whenAttached_givesDevicesBack() {
        attach(started(), plug(SimDevice.keyboard()));

        guest.stop();

        assertThat(drivers()).containsExactly(Optional.of("usbhid"));
        assertThat(guest.look()).isEmpty();
    }

    @Test
    void attach_whenControllerTooFast_isRefusedForGood() {
        guest.withControllers(2, 6);
        Guest started = started();
        UsbDevice keyboard = plug(SimDevice.keyboard());

        BackendException failure = failure(() -> attach(started, keyboard));

        assertThat(failure.code()).isEqualTo(BackendException.REFUSED);
        assertThat(failure.retry()).isEqualTo(BackendException.Retry.NEVER);
    }

    @Test
    void rematching_whenSuccessorComes_takesIt() {
        started();
        guest.attachByHand(plug(SimDevice.keyboard()), port(1), HandMade.REMATCHING);
        world.host().unplug(PLACE);
        assertThat(attachments()).hasSize(1);

        plug(SimDevice.keyboard());

        assertThat(drivers()).containsExactly(Optional.of(UsbInterface.USBFS));
    }

    @Test
    void heldTwice_whenTwoGuestsHaveIt_tells() {
        Guest started = started();
        SimGuest other = world.guests().define("other");
        other.start();
        UsbDevice device = plug(SimDevice.keyboard());
        attach(started, device);
        assertThat(world.guests().heldTwice()).isEmpty();

        other.attachByHand(device, port(1), HandMade.NAMED);

        assertThat(world.guests().heldTwice()).containsExactly(device);
    }

    @Test
    void hang_whenTimeRunsOut_failsByTheLentScheduler() {
        Guest started = started();
        UsbDevice device = plug(SimDevice.keyboard());
        guest.hang(false);
        CompletableFuture<Attachment> call = CompletableFuture.supplyAsync(() -> attach(started, device));
        awaitTasks(1);
        assertThat(call).isNotDone();

        scheduler.advance(TIMEOUT);

        assertThat(failure(call)).satisfies(e -> {
            assertThat(e.code()).isEqualTo(BackendException.TIMEOUT);
            assertThat(e.outcomeUnknown()).isTrue();
        });
        guest.release();
        assertThat(attachments()).isEmpty();
    }

    @Test
    void hang_whenItObeysLater_doesWhatWasAsked() {
        Guest started = started();
        UsbDevice device = plug(SimDevice.keyboard());
        guest.hang(true);
        CompletableFuture<Attachment> call = CompletableFuture.supplyAsync(() -> attach(started, device));
        awaitTasks(1);
        scheduler.advance(TIMEOUT);
        failure(call);
        assertThat(attachments()).isEmpty();

        guest.release();

        assertThat(attachments()).extracting(Attachment::generation).containsExactly(Optional.of(device.generation()));
    }

    @Test
    void release_whenCallWaits_letsItSucceed() {
        Guest started = started();
        UsbDevice device = plug(SimDevice.keyboard());
        guest.hang(false);
        CompletableFuture<Attachment> call = CompletableFuture.supplyAsync(() -> attach(started, device));
        awaitTasks(1);

        guest.release();

        assertThat(call).succeedsWithin(10, TimeUnit.SECONDS);
        assertThat(scheduler.size()).isZero();
    }

    @Test
    void restart_whenCallWaits_failsItAndHangsNoLonger() {
        Guest started = started();
        UsbDevice device = plug(SimDevice.keyboard());
        guest.hang(true);
        CompletableFuture<Attachment> call = CompletableFuture.supplyAsync(() -> attach(started, device));
        awaitTasks(1);

        guest.restart();

        assertThat(failure(call).code()).isEqualTo(BackendException.GUEST_GONE);
        assertThat(attach(hypervisor.guests(TIMEOUT).get(0), device).ours()).isTrue();
    }

    @Test
    void slow_whenWithinTheTimeout_takesItsTime() {
        Guest started = started();
        UsbDevice device = plug(SimDevice.keyboard());
        guest.slow(Duration.ofSeconds(1));
        CompletableFuture<Attachment> call = CompletableFuture.supplyAsync(() -> attach(started, device));
        awaitTasks(2);
        assertThat(call).isNotDone();

        scheduler.advance(Duration.ofSeconds(1));

        assertThat(call).succeedsWithin(10, TimeUnit.SECONDS);
    }

    @Test
    void slow_whenBeyondTheTimeout_isDoneAfterTheFailure() {
        Guest started = started();
        UsbDevice device = plug(SimDevice.keyboard());
        guest.slow(Duration.ofSeconds(3));
        CompletableFuture<Attachment> call = CompletableFuture.supplyAsync(() -> attach(started, device));
        awaitTasks(2);

        scheduler.advance(TIMEOUT);

        assertThat(failure(call).outcomeUnknown()).isTrue();
        assertThat(attachments()).isEmpty();
        scheduler.advance(Duration.ofSeconds(3));
        assertThat(attachments()).hasSize(1);
    }

    @Test
    void failNextAttaches_whenAttached_failsSoOften() {
        Guest started = started();
        UsbDevice device = plug(SimDevice.keyboard());
        guest.failNextAttaches(
                2, BackendException.of("odd", "it failed as told").build());

        assertThat(failure(() -> attach(started, device)).code()).isEqualTo("odd");
        assertThat(failure(() -> attach(started, device)).code()).isEqualTo("odd");
        assertThat(attach(started, device).ours()).isTrue();
    }

    @Test
    void detach_whenAttached_letsGoOfTheDevice() {
        Guest started = started();
        Attachment made = attach(started, plug(SimDevice.keyboard()));

        hypervisor.detach(new DetachRequest(started, made, true, TIMEOUT));

        assertThat(world.host().claims(PLACE)).isZero();
    }

    /** A call that waits has its deadline with the scheduler; a slow one also its end. */
    private void awaitTasks(int number) {
        Awaitility.await().until(() -> scheduler.size() == number);
    }

    private static BackendException failure(Runnable call) {
        return Assertions.catchThrowableOfType(BackendException.class, call::run);
    }

    private static BackendException failure(CompletableFuture<?> call) {
        return Assertions.catchThrowableOfType(BackendException.class, () -> {
            try {
                call.get(10, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw e.getCause();
            }
        });
    }
}
