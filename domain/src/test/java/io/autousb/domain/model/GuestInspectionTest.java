package io.autousb.domain.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GuestInspectionTest {

    private static final Guest GUEST = new Guest(new GuestId("sim", "a"), "a", "1", GuestState.RUNNING);
    private static final GuestPort FIRST = new GuestPort("xhci.0", 1, Set.of(UsbSpeed.FULL), true);
    private static final GuestPort SECOND = new GuestPort("xhci.0", 2, Set.of(UsbSpeed.FULL), true);
    private static final GuestInspection EMPTY =
            new GuestInspection(GUEST, List.of(new GuestController("xhci.0", 3, List.of(FIRST, SECOND))), List.of());

    @Test
    void plus_addsTheAttachmentAndTakesItsPort() {
        Attachment attachment = attachment("h1", SECOND);
        GuestInspection more = EMPTY.plus(attachment);
        assertThat(more.attachments()).containsExactly(attachment);
        assertThat(more.controllers().get(0).ports()).containsExactly(FIRST, SECOND.occupied());
        assertThat(EMPTY.attachments()).isEmpty();
    }

    @Test
    void minus_isTheReverseOfPlus() {
        Attachment attachment = attachment("h1", SECOND);
        assertThat(EMPTY.plus(attachment).minus(attachment)).isEqualTo(EMPTY);
    }

    @Test
    void minus_goesByHandle() {
        Attachment one = attachment("h1", FIRST);
        Attachment two = attachment("h2", SECOND);
        GuestInspection fewer = EMPTY.plus(one).plus(two).minus(attachment("h1", FIRST));
        assertThat(fewer.attachments()).containsExactly(two);
        assertThat(fewer.controllers().get(0).ports()).containsExactly(FIRST, SECOND.occupied());
    }

    @Test
    void plus_withoutAPort_leavesThePortsAlone() {
        Attachment attachment = Attachment.builder(GUEST.id(), "h1").build();
        assertThat(EMPTY.plus(attachment).controllers()).isEqualTo(EMPTY.controllers());
    }

    @Test
    void isSamePort_goesByControllerAndNumber() {
        assertThat(FIRST.isSamePort(FIRST.occupied())).isTrue();
        assertThat(FIRST.isSamePort(SECOND)).isFalse();
        assertThat(FIRST.isSamePort(new GuestPort("xhci.1", 1, FIRST.speeds(), true)))
                .isFalse();
    }

    @Test
    void toString_ofAnAttachment_isSafe() {
        assertThat(attachment("h\n", FIRST)).hasToString("h\\x0a on xhci.0 port 1");
    }

    private static Attachment attachment(String handle, GuestPort port) {
        return Attachment.builder(GUEST.id(), handle).port(port).ours(true).build();
    }
}
