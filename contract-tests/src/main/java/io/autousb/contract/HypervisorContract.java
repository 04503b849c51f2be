package io.autousb.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.AddControllerRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.Hypervisor;
import java.io.IOException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The rules for hypervisors, {@code HV-01} and so on. An adopter extends it and returns a fixture:
 *
 * <pre>{@code
 * class QmpHypervisorContractTest extends HypervisorContract {
 *     @Override
 *     protected HypervisorFixture createFixture() {
 *         return new QmpFixture();
 *     }
 * }
 * }</pre>
 */
public abstract class HypervisorContract extends HypervisorPrepareRules {

    /** For adopters. */
    protected HypervisorContract() {}

    @Override
    protected abstract HypervisorFixture createFixture() throws Exception;

    @Test
    @DisplayName("HV-51 Calls for two guests at a time both succeed")
    final void attach_whenTwoGuestsAtATime_bothSucceed() {
        Hypervisor hypervisor = watchingTwo();
        Guest alpha = known(hypervisor, ALPHA);
        Guest beta = known(hypervisor, BETA);
        UsbDevice one = world().plug(Gadget.keyboard());
        UsbDevice two = world().plug(Gadget.keyboard());

        Future<Attachment> toAlpha = Await.start(() -> attach(hypervisor, alpha, one));
        Future<Attachment> toBeta = Await.start(() -> attach(hypervisor, beta, two));

        assertThat(Await.result(world().timeout(), toAlpha).generation()).contains(one.generation());
        assertThat(Await.result(world().timeout(), toBeta).generation()).contains(two.generation());
        assertThat(attachments(hypervisor, alpha)).hasSize(1);
        assertThat(attachments(hypervisor, beta)).hasSize(1);
    }

    @Test
    @DisplayName("HV-52 A guest that hangs does not delay the calls for another one")
    final void attach_whenAnotherGuestHangs_isNotDelayed() {
        needs(HypervisorCapability.HANG);
        Hypervisor hypervisor = watchingTwo();
        Guest alpha = known(hypervisor, ALPHA);
        Guest beta = known(hypervisor, BETA);
        GuestPort port = freePort(hypervisor, alpha);
        UsbDevice one = world().plug(Gadget.keyboard());
        UsbDevice two = world().plug(Gadget.keyboard());
        world().hang(ALPHA);

        Future<Attachment> toAlpha = Await.start(() -> hypervisor.attach(attachRequest(alpha, one, port)));
        Attachment made = Await.result(world().grace(), Await.start(() -> attach(hypervisor, beta, two)));

        assertThat(attachments(hypervisor, beta)).containsExactly(made);
        assertThat(toAlpha).isNotDone();
    }

    @Test
    @DisplayName("HV-53 No hint comes after close has returned")
    final void close_whenThingsGoOn_silencesTheListener() {
        Hypervisor hypervisor = running(ALPHA);
        hypervisor.close();
        int atClose = hints().count();
        Hypervisor other = open();
        GuestHints others = new GuestHints(world().patience());
        other.configure(specs(ALPHA));
        other.subscribe(others);
        known(other, ALPHA);
        int mark = others.guests().count();

        world().stop(ALPHA);

        others.guests()
                .awaitAfter(mark, "the guest is gone", () -> find(other, ALPHA).isEmpty());
        assertThat(hints().count()).isEqualTo(atClose);
    }

    @Test
    @DisplayName("HV-54 After close every call fails with CLOSED")
    final void anyCall_whenClosed_failsWithClosed() {
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        GuestPort port = freePort(hypervisor, guest);
        UsbDevice device = world().plug(Gadget.keyboard());
        Attachment made = attach(hypervisor, guest, device);

        hypervisor.close();

        assertClosed(() -> hypervisor.configure(specs(ALPHA)));
        assertClosed(() -> hypervisor.subscribe(hints()));
        assertClosed(() -> find(hypervisor, ALPHA));
        assertClosed(() -> inspect(hypervisor, guest));
        assertClosed(() -> hypervisor.addController(new AddControllerRequest(guest, 3, world().timeout())));
        assertClosed(() -> hypervisor.attach(attachRequest(guest, device, port)));
        assertClosed(() -> detach(hypervisor, guest, made, true));
    }

    private static void assertClosed(Runnable call) {
        Failures.of(BackendException.CLOSED, call);
    }

    @Test
    @DisplayName("HV-55 Closing again does nothing, from any thread and at any time")
    final void close_whenClosedBefore_doesNothing() {
        Hypervisor unused = open();
        unused.close();
        unused.close();
        Hypervisor hypervisor = running(ALPHA);

        Future<Boolean> one = Await.start(() -> closed(hypervisor));
        Future<Boolean> other = Await.start(() -> closed(hypervisor));

        assertThat(Await.result(world().patience(), one)).isTrue();
        assertThat(Await.result(world().patience(), other)).isTrue();
        assertThat(closed(hypervisor)).isTrue();
    }

    @Test
    @DisplayName("HV-56 Close ends calls under way")
    final void close_whenCallUnderWay_endsIt() {
        needs(HypervisorCapability.HANG);
        Hypervisor hypervisor = running(ALPHA);
        Guest guest = known(hypervisor, ALPHA);
        GuestPort port = freePort(hypervisor, guest);
        UsbDevice device = world().plug(Gadget.keyboard());
        world().hang(ALPHA);
        Future<Attachment> call = Await.start(() -> hypervisor.attach(attachRequest(guest, device, port)));
        assertThat(Await.becomes(world().shortTimeout(), call::isDone)).isFalse();

        assertThat(Await.result(world().grace(), Await.start(() -> closed(hypervisor))))
                .isTrue();

        Failures.of(() -> Await.result(world().grace(), call));
    }

    @Test
    @DisplayName("HV-57 Attachments stay when the adapter is closed")
    final void close_whenAttached_leavesAttachments() {
        Hypervisor hypervisor = running(ALPHA);
        Attachment made = attach(hypervisor, known(hypervisor, ALPHA), world().plug(Gadget.keyboard()));

        hypervisor.close();

        Hypervisor other = watching(ALPHA);
        assertThat(attachments(other, ALPHA)).extracting(Attachment::handle).containsExactly(made.handle());
    }

    @Test
    @DisplayName("HV-58 Close leaves no thread behind")
    final void close_whenUsed_endsThreads() throws IOException {
        Hypervisor hypervisor = running(ALPHA);
        attach(hypervisor, known(hypervisor, ALPHA), world().plug(Gadget.keyboard()));

        hypervisor.close();

        tearDownFixture();
        Resources.awaitNoMoreThan(threadsBefore(), world().patience());
    }

    @Test
    @DisplayName("HV-59 Close leaves no descriptor behind")
    final void close_whenUsed_closesDescriptors() {
        world().start(ALPHA);

        Resources.assertNoDescriptorsLeftBy(world().patience(), () -> {
            Hypervisor hypervisor = watching(ALPHA);
            inspect(hypervisor, ALPHA);
            hypervisor.close();
        });
    }

    private Hypervisor watchingTwo() {
        world().start(ALPHA);
        world().start(BETA);
        return watching(ALPHA, BETA);
    }

    private static boolean closed(Hypervisor hypervisor) {
        hypervisor.close();
        return true;
    }
}
