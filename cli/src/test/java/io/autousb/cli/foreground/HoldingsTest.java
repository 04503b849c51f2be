package io.autousb.cli.foreground;

import static io.autousb.cli.foreground.Sample.GUEST;
import static io.autousb.cli.foreground.Sample.attached;
import static io.autousb.cli.foreground.Sample.decided;
import static io.autousb.cli.foreground.Sample.detach;
import static io.autousb.cli.foreground.Sample.detached;
import static io.autousb.cli.foreground.Sample.device;
import static io.autousb.cli.foreground.Sample.keyboard;
import static io.autousb.cli.foreground.Sample.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.plan.Decision.Status;
import io.autousb.runtime.EngineEvent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HoldingsTest {

    private static final Duration FOREVER = Duration.ofMinutes(1);
    private static final UsbDevice MOUSE = device("2-1.3", "Mouse");

    private final Holdings holdings = new Holdings();

    @Test
    void devices_areThoseAttachedAndKept() {
        tell(attached(keyboard()), decided(MOUSE, Status.ATTACHED, "hub or port 2-1"));
        assertThat(holdings.devices()).containsExactly(keyboard(), MOUSE);
    }

    @Test
    void devices_detachedOrUnplugged_areNotHeld() {
        tell(attached(keyboard()), attached(MOUSE), detached(keyboard()), new EngineEvent.DeviceGone(MOUSE));
        assertThat(holdings.devices()).isEmpty();
    }

    @Test
    void devices_ofAGuestThatIsGone_areNotHeld() {
        tell(attached(keyboard()), new EngineEvent.GuestGone(GUEST));
        assertThat(holdings.devices()).isEmpty();
    }

    @Test
    void devices_nobodyIsToHaveAnyMore_areHeldUntilTheyAreDetached() {
        tell(attached(keyboard()), decided(keyboard(), Status.UNASSIGNED, "no guest is to have it"));
        assertThat(holdings.devices()).containsExactly(keyboard());
    }

    @Test
    void awaitEmpty_returnsWhenAllThatWasPlannedIsDetached() throws InterruptedException {
        tell(attached(keyboard()), attached(MOUSE));
        holdings.beginEmptying();
        tell(ready(detach(keyboard()), detach(MOUSE)), detached(keyboard()), detached(MOUSE));
        holdings.awaitEmpty(FOREVER);
        assertThat(holdings.devices()).isEmpty();
    }

    @Test
    void awaitEmpty_leavesAloneWhatOthersAttached() throws InterruptedException {
        tell(decided(keyboard(), Status.ATTACHED, "hub or port 2-1, attached by another hand"));
        holdings.beginEmptying();
        tell(ready());
        holdings.awaitEmpty(FOREVER);
        assertThat(holdings.devices()).containsExactly(keyboard());
    }

    @Test
    void awaitEmpty_whenNothingHappens_givesUp() throws InterruptedException {
        tell(attached(keyboard()));
        holdings.beginEmptying();
        tell(ready(detach(keyboard())));
        holdings.awaitEmpty(Duration.ofMillis(1));
        assertThat(holdings.devices()).containsExactly(keyboard());
    }

    private void tell(EngineEvent... events) {
        List.of(events).forEach(holdings::after);
    }
}
