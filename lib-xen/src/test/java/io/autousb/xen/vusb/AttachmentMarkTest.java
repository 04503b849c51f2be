package io.autousb.xen.vusb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.PortPath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttachmentMarkTest {

    private static final Generation STAY = new Generation("0123456789ab");
    private static final AttachmentMark MARK =
            AttachmentMark.of(PortPath.parse("2-1.3"), new DeviceAddress(2, 28), STAY);

    @Test
    void of_anAddress_namesTheObjectAsLibxlDoes() {
        assertThat(MARK.handle()).isEqualTo("xenusb-2-28");
    }

    @Test
    void toString_isReadBack() {
        assertThat(MARK.toString()).isEqualTo("1 2-1.3 0123456789ab xenusb-2-28");
        assertThat(AttachmentMark.parse(MARK.toString())).contains(MARK);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "2 2-1.3 0123456789ab xenusb-2-28",
                "1 2-1.3 0123456789ab",
                "1 2-1.3 0123456789ab xenusb-2-28 ",
                "1 2-1.3 0123456789 xenusb-2-28",
                "1 usb2 0123456789ab xenusb-2-28",
                "1 2-0 0123456789ab xenusb-2-28",
                "1 2-01 0123456789ab xenusb-2-28",
                "1 2-1.3 0123456789ab bad/id",
                "1 2-1.3 0123456789ab xenusb\n",
                "1  2-1.3 0123456789ab xenusb-2-28"
            })
    void parse_whatWeDoNotWrite_isEmpty(String text) {
        assertThat(AttachmentMark.parse(text)).isEmpty();
    }

    @Test
    void parse_aHandleThatIsTooLong_isEmpty() {
        assertThat(AttachmentMark.parse("1 2-1.3 0123456789ab x" + "y".repeat(64)))
                .isEmpty();
    }

    @Test
    void create_ofARootHub_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AttachmentMark.of(PortPath.rootHub(2), new DeviceAddress(2, 1), STAY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2-28", "bad id", "bad/id", "xenusb-2-28\n"})
    void create_withAHandleThatQemuWouldNotTake_isRefused(String handle) {
        assertThatIllegalArgumentException().isThrownBy(() -> new AttachmentMark(MARK.path(), STAY, handle));
    }

    @Test
    void address_whenHandleIsOfLibxlsKind_isTheDevices() {
        DeviceAddress address = new DeviceAddress(2, 26);

        assertThat(AttachmentMark.of(MARK.path(), address, STAY).address()).contains(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"xenusb-2", "xenusb-2-128", "xenusb-0-3", "xenusb-02-3", "byhand-2-3"})
    void address_whenHandleIsOfAnotherKind_isEmpty(String handle) {
        assertThat(new AttachmentMark(MARK.path(), STAY, handle).address()).isEmpty();
    }
}
