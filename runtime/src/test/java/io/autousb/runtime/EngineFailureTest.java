package io.autousb.runtime;

import static io.autousb.runtime.FakeHypervisor.fails;
import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.plan.Decision.Status;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Steps that fail: when they are tried again, and when no more. */
class EngineFailureTest {

    private final Bench bench = new Bench();

    @BeforeEach
    void begin() {
        bench.hypervisor.start("a");
        bench.start("a 1-1 1-2");
    }

    @AfterEach
    void end() {
        bench.close();
    }

    private static BackendException.Builder refused() {
        return BackendException.of(BackendException.REFUSED, "it said no");
    }

    private void alwaysFails(BackendException.Builder failure) {
        bench.hypervisor.always("attach", fails(failure));
    }

    @Test
    void attach_whenItFails_isTriedLaterEachTimeAndInTheEndNoMore() {
        alwaysFails(refused());
        List<Long> times = new ArrayList<>();
        bench.engine.observe(event -> {
            if (event instanceof EngineEvent.StepFailed) {
                times.add(Duration.ofNanos(bench.clock.nanos()).toMillis());
            }
        });
        bench.host.plug("1-1");
        bench.pass(Duration.ofMinutes(30));
        List<Long> delays = new ArrayList<>();
        for (int i = 1; i < times.size(); i++) {
            delays.add(times.get(i) - times.get(i - 1));
        }
        assertThat(delays).containsExactly(100L, 200L, 400L, 800L, 1600L, 3200L, 6400L);
        assertThat(bench.decision("1-1").status()).isEqualTo(Status.BLOCKED);
        assertThat(bench.decision("1-1").reason()).contains("8 times in a row").contains("it said no");
        List<EngineEvent.StepFailed> failed = bench.told(EngineEvent.StepFailed.class);
        assertThat(failed.get(0).retryIn()).contains(Duration.ofMillis(100));
        assertThat(failed.get(7).retryIn()).isEmpty();
    }

    @Test
    void attach_whileItBacksOff_isNotTriedEarlierByHints() {
        alwaysFails(refused());
        bench.host.plug("1-1");
        bench.settle();
        for (int i = 0; i < 20; i++) {
            bench.host.hint();
            bench.hypervisor.attachmentsChanged("a");
            bench.hypervisor.guestsChanged();
            bench.settle();
        }
        assertThat(bench.calls("attach a 1-1")).isEqualTo(1);
    }

    @Test
    void attach_whenItSucceedsInTheEnd_beginsAfreshTheNextTime() {
        bench.hypervisor.next("attach", fails(refused()));
        bench.hypervisor.next("attach", fails(refused()));
        bench.host.plug("1-1");
        bench.pass(1000);
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
        assertThat(bench.told(EngineEvent.StepFailed.class))
                .extracting(EngineEvent.StepFailed::retryIn)
                .containsExactly(Optional.of(Duration.ofMillis(100)), Optional.of(Duration.ofMillis(200)));
    }

    private void rest() {
        alwaysFails(refused());
        bench.host.plug("1-1");
        bench.pass(Duration.ofMinutes(2));
        assertThat(bench.calls("attach a 1-1")).isEqualTo(8);
        bench.hypervisor.normally("attach");
        bench.host.hint();
        bench.hypervisor.attachmentsChanged("a");
        bench.pass(Duration.ofMinutes(2));
        assertThat(bench.calls("attach a 1-1")).isEqualTo(8);
    }

    @Test
    void rest_endsWithANewGeneration() {
        rest();
        bench.host.unplug("1-1");
        bench.host.plug("1-1");
        bench.settle();
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
    }

    @Test
    void rest_endsWithANewInstance() {
        rest();
        bench.hypervisor.start("a");
        bench.settle();
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
    }

    @Test
    void rest_endsWithANewConfiguration() {
        rest();
        bench.reconfigure("a 1-1");
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
    }

    @Test
    void attach_whenItCanNeverSucceed_isTriedOnce() {
        alwaysFails(refused().retry(Retry.NEVER));
        bench.host.plug("1-1");
        bench.pass(Duration.ofMinutes(10));
        assertThat(bench.calls("attach a 1-1")).isEqualTo(1);
        assertThat(bench.decision("1-1").status()).isEqualTo(Status.BLOCKED);
        assertThat(bench.told(EngineEvent.StepFailed.class).get(0).retryIn()).isEmpty();
    }

    @Test
    void attach_whenItWaitsForUdev_isTriedWhenThatIsDoneAndNotCounted() {
        bench.hypervisor.always(
                "attach",
                fails(BackendException.of(BackendException.NOT_READY, "not yet").retry(Retry.ON_CHANGE)));
        UsbDevice device = bench.host.plug("1-1", builder -> builder.initialized(false));
        bench.pass(1000);
        assertThat(bench.calls("attach a 1-1")).isEqualTo(1);
        bench.hypervisor.normally("attach");
        bench.host.change(FakeHost.initialized(device, true));
        bench.settle();
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
        assertThat(bench.told(EngineEvent.StepFailed.class)).isEmpty();
    }

    @Test
    void attach_whenUdevWasDoneBeforeTheFailureArrived_isTriedAtOnce() {
        bench.hypervisor.next("attach", real -> {
            ManualThreads.hang();
            throw BackendException.of(BackendException.NOT_READY, "not yet")
                    .retry(Retry.ON_CHANGE)
                    .build();
        });
        UsbDevice device = bench.host.plug("1-1", builder -> builder.initialized(false));
        bench.settle();
        bench.host.change(FakeHost.initialized(device, true));
        bench.settle();
        bench.threads.release("guest-a");
        bench.settle();
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
    }

    @Test
    void attach_whenItWaitsForAChange_isTriedNowAndThenAndNeverRests() {
        alwaysFails(BackendException.of(BackendException.BUSY, "monitor busy").retry(Retry.ON_CHANGE));
        bench.host.plug("1-1");
        bench.pass(Duration.ofMinutes(2));
        assertThat(bench.calls("attach a 1-1")).isBetween(20L, 25L);
        assertThat(bench.decision("1-1").status()).isEqualTo(Status.WAITING);
        bench.hypervisor.normally("attach");
        bench.pass(Timings.DEFAULT.changeFallback());
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
    }

    @Test
    void attach_whenOneDeviceFails_doesNotHoldUpAnother() {
        bench.hypervisor.next("attach", fails(refused()));
        bench.host.plug("1-1");
        bench.host.plug("1-2");
        bench.settle();
        assertThat(bench.hypervisor.has("a")).containsExactly("1-2");
        bench.pass(200);
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1", "1-2");
    }

    @Test
    void attach_whenEveryPortIsTaken_isBounded() {
        alwaysFails(BackendException.of(BackendException.PORT_BUSY, "taken").retry(Retry.NOW));
        bench.host.plug("1-1");
        bench.pass(Duration.ofMinutes(30));
        assertThat(bench.calls("attach a 1-1")).isLessThan(60);
        assertThat(bench.calls("controller a")).isLessThan(10);
    }

    @Test
    void attach_whenTheAdapterIsBroken_isAFailureLikeAnyOther() {
        bench.hypervisor.next("attach", real -> {
            throw new IllegalStateException("bug\u001b");
        });
        bench.host.plug("1-1");
        bench.pass(200);
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
        assertThat(bench.told(EngineEvent.StepFailed.class).get(0).cause().getMessage())
                .contains("bug\\x1b")
                .contains("defect of the adapter");
    }

    @Test
    void attach_whenAClassOfTheAdapterIsMissing_isAFailureLikeAnyOther() {
        bench.hypervisor.next("attach", real -> {
            throw new NoClassDefFoundError("com/example/Missing");
        });
        bench.host.plug("1-1");
        bench.pass(200);
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
    }

    @Test
    void attach_whenTheGuestHasItAlready_looksAgain() {
        bench.hypervisor.next("attach", real -> {
            real.get();
            throw BackendException.of(BackendException.DUPLICATE, "it has it").build();
        });
        bench.host.plug("1-1");
        bench.settle();
        assertThat(bench.decision("1-1").status()).isEqualTo(Status.ATTACHED);
        bench.pass(Duration.ofMinutes(2));
        assertThat(bench.calls("attach")).isEqualTo(1);
    }

    @Test
    void attach_whenTheDeviceWentMeanwhile_isForgotten() {
        bench.hypervisor.next("attach", real -> {
            ManualThreads.hang();
            return real.get();
        });
        bench.host.plug("1-1");
        bench.settle();
        bench.host.hints = false;
        bench.host.unplug("1-1");
        bench.threads.release("guest-a");
        bench.pass(1000);
        assertThat(bench.calls("attach")).isEqualTo(1);
        assertThat(bench.told(EngineEvent.DeviceGone.class)).hasSize(1);
    }

    @Test
    void detach_whenItFails_isTriedAgain() {
        bench.host.plug("1-1");
        bench.settle();
        bench.hypervisor.next("detach", fails(refused()));
        bench.host.unplug("1-1");
        bench.settle();
        assertThat(bench.hypervisor.has("a")).containsExactly("dead");
        bench.pass(100);
        assertThat(bench.hypervisor.has("a")).isEmpty();
    }

    @Test
    void clear_whenItAlwaysFails_restsAndDoesNotHoldUpAttaches() {
        bench.host.plug("1-1");
        bench.settle();
        bench.hypervisor.always("detach", fails(refused()));
        bench.host.unplug("1-1");
        bench.pass(Duration.ofMinutes(2));
        assertThat(bench.calls("clear a")).isEqualTo(8);
        bench.host.plug("1-1");
        bench.settle();
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1", "dead");
    }

    @Test
    void addController_whenThereIsNoRoom_isToldOnce() {
        bench.hypervisor.start("a", 0);
        bench.settle();
        bench.hypervisor.always(
                "addController",
                fails(BackendException.of(BackendException.NO_ROOM, "no free slot")
                        .retry(Retry.NEVER)
                        .remedy("add -device pcie-root-port")));
        bench.host.plug("1-1");
        bench.host.plug("1-2");
        bench.pass(Duration.ofMinutes(10));
        assertThat(bench.calls("controller a")).isEqualTo(1);
        assertThat(bench.told(EngineEvent.StepFailed.class)).hasSize(1);
        assertThat(bench.decision("1-2").status()).isEqualTo(Status.BLOCKED);
        assertThat(bench.decision("1-2").reason()).contains("pcie-root-port");
    }

    @Test
    void addController_whenItsPortsDoNotFit_isBounded() {
        bench.hypervisor.start("a", 0);
        bench.settle();
        bench.hypervisor.always(
                "attach",
                fails(BackendException.of(BackendException.PORT_BUSY, "taken").retry(Retry.NOW)));
        bench.host.plug("1-1");
        bench.pass(Duration.ofMinutes(10));
        assertThat(bench.calls("controller a")).isLessThanOrEqualTo(8);
    }

    @Test
    void addController_thatSucceededOnceForEach_isNotCountedForLater() {
        bench.hypervisor.start("a", 0);
        for (int i = 1; i <= 40; i++) {
            bench.host.plug("2-" + i);
        }
        bench.reconfigure("a usb2");
        bench.pass(Duration.ofMinutes(2));
        assertThat(bench.hypervisor.has("a")).hasSize(40);
        assertThat(bench.calls("controller a")).isEqualTo(10);
    }

    @Test
    void port_thatFlaps_hasToStayForAWhile() {
        for (int i = 0; i < 8; i++) {
            bench.host.plug("1-1");
            bench.settle();
            bench.host.unplug("1-1");
            bench.settle();
        }
        assertThat(bench.calls("attach a 1-1")).isEqualTo(5);
        assertThat(bench.told(EngineEvent.PortFlapping.class)).hasSize(3);
        bench.host.plug("1-1");
        bench.host.plug("1-2");
        bench.pass(Timings.DEFAULT.flapStay().minusMillis(1));
        assertThat(bench.hypervisor.has("a")).containsExactly("1-2");
        assertThat(bench.decision("1-1").reason()).contains("flaps");
        bench.pass(2);
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1", "1-2");
    }

    @Test
    void addController_whenItNeverShows_isBounded() {
        bench.hypervisor.start("a", 0);
        bench.settle();
        bench.hypervisor.always("addController", real -> "");
        bench.host.plug("1-1");
        bench.pass(Duration.ofMinutes(10));
        assertThat(bench.calls("controller a")).isEqualTo(8);
        assertThat(bench.decision("1-1").status()).isEqualTo(Status.BLOCKED);
    }

    @Test
    void attach_whenThePortIsTaken_triesTheNextAtOnceAndLooksAgain() {
        bench.hypervisor.next(
                "attach",
                fails(BackendException.of(BackendException.PORT_BUSY, "taken").retry(Retry.NOW)));
        int before = bench.hypervisor.count("inspect a");
        bench.host.plug("1-1");
        bench.settle();
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
        assertThat(bench.hypervisor
                        .truth("a")
                        .attachments()
                        .get(0)
                        .port()
                        .orElseThrow()
                        .number())
                .isEqualTo(2);
        assertThat(bench.hypervisor.count("inspect a")).isGreaterThan(before);
        assertThat(bench.told(EngineEvent.StepFailed.class).get(0).retryIn()).contains(Duration.ZERO);
    }
}
