package io.autousb.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.DeviceMatch;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.plan.Decision.Status;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What others did, and what is attached but does not work. */
class EngineForeignTest {

    private final Bench bench = new Bench();
    private final UsbDevice keyboard = bench.host.plug("1-1");

    @BeforeEach
    void begin() {
        bench.hypervisor.start("a");
        bench.hypervisor.start("b");
    }

    @AfterEach
    void end() {
        bench.close();
    }

    private static Attachment byAddress(String guest, UsbDevice device) {
        return Attachment.builder(FakeHypervisor.id(guest), "hand")
                .address(device.address())
                .build();
    }

    @Test
    void foreign_whenWanted_isAdoptedAndRemovedWhenUnplugged() {
        bench.hypervisor.attachByHand("a", byAddress("a", keyboard));
        bench.start("a 1-1", "b");
        assertThat(bench.hypervisor.calls).isEmpty();
        assertThat(bench.decision("1-1").status()).isEqualTo(Status.ATTACHED);
        bench.host.unplug("1-1");
        bench.settle();
        assertThat(bench.hypervisor.has("a")).isEmpty();
    }

    @Test
    void foreign_whenNotWanted_isLeftAloneUntilItsDeviceIsGone() {
        bench.hypervisor.attachByHand("a", byAddress("a", keyboard));
        bench.start("a 1-2", "b");
        bench.pass(Duration.ofMinutes(5));
        assertThat(bench.hypervisor.calls).isEmpty();
        bench.host.unplug("1-1");
        bench.settle();
        assertThat(bench.hypervisor.calls).containsExactly("clear a hand");
    }

    @Test
    void foreign_whenTheControllerIsReboundAtTheSameAddress_isCured() {
        bench.hypervisor.attachByHand("a", byAddress("a", keyboard));
        bench.start("a 1-1", "b");
        UsbDevice again = bench.host.rebind(keyboard);
        assertThat(again.address()).isEqualTo(keyboard.address());
        bench.pass(1000);
        assertThat(bench.hypervisor.calls).containsExactly("clear a hand", "attach a 1-1");
        assertThat(bench.hypervisor.truth("a").attachments().get(0).generation())
                .contains(again.generation());
    }

    @Test
    void ours_whenTheControllerIsRebound_isCured() {
        bench.start("a 1-1", "b");
        bench.hypervisor.calls.clear();
        bench.host.rebind(keyboard);
        bench.pass(1000);
        assertThat(bench.hypervisor.calls).containsExactly("clear a ours-N", "attach a 1-1");
    }

    @Test
    void rematching_isNeverRemoved() {
        bench.hypervisor.attachByHand(
                "a",
                Attachment.builder(FakeHypervisor.id("a"), "hand")
                        .path(keyboard.path())
                        .match(new DeviceMatch(0, 0, 1, List.of(1)))
                        .build());
        bench.start("a", "b 1-1");
        bench.host.unplug("1-1");
        bench.pass(Duration.ofMinutes(2));
        assertThat(bench.hypervisor.calls).isEmpty();
    }

    @Test
    void removalByHand_isAWishUntilReplug() {
        bench.start("a 1-1", "b");
        bench.hypervisor.detachByHand("a", "1-1");
        bench.pass(Duration.ofMinutes(5));
        assertThat(bench.calls("attach")).isEqualTo(1);
        assertThat(bench.decision("1-1").status()).isEqualTo(Status.BLOCKED);
        assertThat(bench.decision("1-1").reason()).contains("another hand");
        bench.host.unplug("1-1");
        bench.host.plug("1-1");
        bench.settle();
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
    }

    @Test
    void removalByHand_isAWishUntilReconfigured() {
        bench.start("a 1-1", "b");
        bench.hypervisor.detachByHand("a", "1-1");
        bench.settle();
        bench.reconfigure("a 1-1", "b");
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
    }

    @Test
    void removalBecauseOfUnplug_isNoWish() {
        bench.start("a 1-1", "b");
        bench.host.hints = false;
        bench.host.unplug("1-1");
        bench.hypervisor.attachByHand("a", byAddress("a", keyboard));
        bench.settle();
        bench.host.hints = true;
        bench.host.plug("1-1");
        bench.settle();
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
    }

    @Test
    void takenByTheHost_isCured() {
        bench.start("a 1-1", "b");
        bench.hypervisor.calls.clear();
        bench.host.change(FakeHost.driver(keyboard, "usbhid"));
        bench.pass(1400);
        assertThat(bench.hypervisor.calls).isEmpty();
        bench.hypervisor.next("attach", real -> {
            bench.host.change(FakeHost.driver(keyboard, "usbfs"));
            return real.get();
        });
        bench.pass(Duration.ofMinutes(10));
        assertThat(bench.hypervisor.calls).containsExactly("detach a ours-N", "attach a 1-1");
    }

    @Test
    void takenByTheHost_againAndAgain_restsInTheEnd() {
        bench.start("a 1-1", "b");
        bench.hypervisor.calls.clear();
        bench.host.change(FakeHost.driver(keyboard, "usbhid"));
        for (int i = 0; i < 200; i++) {
            bench.host.hint();
            bench.pass(Duration.ofSeconds(1));
        }
        assertThat(bench.calls("detach a")).isEqualTo(8);
        assertThat(bench.hypervisor.has("a")).containsExactly("1-1");
    }

    @Test
    void snapshotFromBeforeTheAttach_doesNotMakeItSick() {
        bench.host.unplug("1-1");
        bench.start("a 1-1", "b");
        UsbDevice held = bench.host.plug(
                "1-1",
                builder ->
                        builder.interfaces(FakeHost.driver(keyboard, "usbhid").interfaces()));
        bench.hypervisor.next("attach", real -> {
            bench.host.hangs = true;
            bench.host.hint();
            ManualThreads.hang();
            bench.host.hints = false;
            bench.host.change(FakeHost.driver(held, "usbfs"));
            return real.get();
        });
        bench.settle();
        bench.threads.release("guest-a");
        bench.settle();
        bench.threads.release("host");
        bench.hypervisor.calls.clear();
        bench.pass(Duration.ofSeconds(30));
        assertThat(bench.hypervisor.calls).isEmpty();
    }

    @Test
    void foreign_whenAnotherGuestIsToHaveIt_blocksUntilItIsTakenAwayThere() {
        bench.hypervisor.attachByHand("a", byAddress("a", keyboard));
        bench.start("a", "b 1-1");
        assertThat(bench.decision("1-1").status()).isEqualTo(Status.BLOCKED);
        assertThat(bench.decision("1-1").reason()).contains("detach it there first");
        bench.hypervisor.detachByHand("a", "1-1");
        bench.pass(1000);
        assertThat(bench.hypervisor.has("b")).containsExactly("1-1");
    }

    @Test
    void takenByTheHost_onceInAWhile_isCuredEachTime() {
        bench.start("a 1-1", "b");
        bench.hypervisor.calls.clear();
        bench.hypervisor.always("attach", real -> {
            bench.host.change(FakeHost.driver(keyboard, "usbfs"));
            return real.get();
        });
        for (int i = 1; i <= 20; i++) {
            bench.host.change(FakeHost.driver(keyboard, "usbhid"));
            bench.pass(Duration.ofHours(1));
            assertThat(bench.calls("detach a")).isEqualTo(i);
        }
    }

    @Test
    void foreign_whenRebound_andTheGuestIsLookedAtFirst_isNotTakenForTheNewStay() {
        bench.hypervisor.attachByHand("a", byAddress("a", keyboard));
        bench.start("a 1-1", "b");
        bench.host.hints = false;
        bench.host.rebind(keyboard);
        bench.hypervisor.attachmentsChanged("a");
        bench.pass(1000);
        assertThat(bench.hypervisor.calls).containsExactly("clear a hand", "attach a 1-1");
    }
}
