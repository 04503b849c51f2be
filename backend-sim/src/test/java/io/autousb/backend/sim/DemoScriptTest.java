package io.autousb.backend.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UsbDevice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DemoScriptTest {

    private final ManualScheduler scheduler = new ManualScheduler();
    private final DemoScript demo = DemoScript.create();
    private final List<String> said = new ArrayList<>();
    private final AtomicInteger ends = new AtomicInteger();

    @Test
    void create_always_setsTheScene() {
        assertThat(demo.world().host().topology().devices())
                .extracting(UsbDevice::path)
                .containsExactly(DemoScript.HUB.child(1), DemoScript.HUB.child(2));
        assertThat(demo.world().guests().find(DemoScript.GUEST).flatMap(SimGuest::look))
                .isPresent();
    }

    @Test
    void play_whenTimeGoesOn_announcesEachStepAndEndsOnce() {
        demo.play(scheduler, said::add, ends::incrementAndGet);
        scheduler.advance(Duration.ofSeconds(15));

        assertThat(said)
                .containsExactlyElementsOf(
                        demo.steps().stream().map(DemoScript.Step::text).toList());
        assertThat(ends).hasValue(1);
        assertThat(scheduler.size()).isZero();
    }

    @Test
    void play_whenNobodyAttaches_leavesTheGuestFull() {
        demo.play(scheduler, said::add, ends::incrementAndGet);
        scheduler.advance(Duration.ofSeconds(15));

        var guest = demo.world().guests().find(DemoScript.GUEST).orElseThrow();
        assertThat(guest.look().orElseThrow().controllers())
                .flatExtracting(GuestController::ports)
                .noneMatch(GuestPort::free);
        assertThat(demo.world().host().topology().devices()).hasSize(5);
    }

    @Test
    void play_whenClosed_stopsWithoutEnd() {
        Runnable stop = demo.play(scheduler, said::add, ends::incrementAndGet);
        scheduler.advance(Duration.ofSeconds(2));
        stop.run();
        scheduler.advance(Duration.ofSeconds(20));

        assertThat(said).hasSize(2);
        assertThat(ends).hasValue(0);
    }
}
