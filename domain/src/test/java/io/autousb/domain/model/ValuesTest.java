package io.autousb.domain.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The small values: ids, addresses, classes, speeds, guests. */
class ValuesTest {

    @ParameterizedTest
    @CsvSource({"046d:c31c, 046d:c31c", "046D:C31C, 046d:c31c", "0000:ffff, 0000:ffff"})
    void usbId_printsInLowerCase(String text, String printed) {
        assertThat(UsbId.parse(text)).hasToString(printed);
        assertThat(UsbId.parse(printed)).isEqualTo(UsbId.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "46d:c31c",
                "046d:c31",
                "046d-c31c",
                "046dc31c",
                "0046d:c31c",
                "046g:c31c",
                "046d:c31c\n"
            })
    void usbId_whenMalformed_saysWhatItShouldBe(String text) {
        assertThatThrownBy(() -> UsbId.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("'" + UntrustedText.of(text) + "' is no VID:PID")
                .hasMessageContaining("046d:c31c");
    }

    @Test
    void usbId_outOfRange_isRefused() {
        assertThatThrownBy(() -> new UsbId(0x10000, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new UsbId(0, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void deviceAddress_printsAsLsusbDoes() {
        assertThat(new DeviceAddress(1, 7)).hasToString("001:007");
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "64, 1", "1, 0", "1, 128"})
    void deviceAddress_outOfRange_isRefused(int bus, int device) {
        assertThatThrownBy(() -> new DeviceAddress(bus, device)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void usbClass_outOfRange_isRefused() {
        assertThatThrownBy(() -> new UsbClass(256, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new UsbClass(0, 0, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(new UsbClass(9, 0, 255)).hasToString("09/00/ff");
    }

    @ParameterizedTest
    @CsvSource({
        "1.5, LOW",
        "12, FULL",
        "480, HIGH",
        "5000, SUPER",
        "10000, SUPER_PLUS",
        "20000, SUPER_PLUS",
        "unknown, UNKNOWN",
        "53.3-480, UNKNOWN",
        "'', UNKNOWN"
    })
    void usbSpeed_readsWhatSysfsPrints(String text, UsbSpeed speed) {
        assertThat(UsbSpeed.parse(text)).isEqualTo(speed);
    }

    @ParameterizedTest
    @EnumSource(UsbSpeed.class)
    void usbSpeed_isReadBackAsPrinted(UsbSpeed speed) {
        assertThat(UsbSpeed.parse(speed.toString())).isEqualTo(speed);
    }

    @ParameterizedTest
    @CsvSource({
        "RUNNING, true",
        "PAUSED, true",
        "PRELAUNCH, true",
        "SUSPENDED, true",
        "TRANSIENT, false",
        "STOPPED, false",
        "UNKNOWN, false"
    })
    void guestState_acceptsChangesUnlessItIsOnTheMoveOrDead(GuestState state, boolean accepts) {
        assertThat(state.acceptsChanges()).isEqualTo(accepts);
    }

    @Test
    void guestId_printsAuthorityAndEscapedKey() {
        assertThat(new GuestId("qmp", "/run/a\n")).hasToString("qmp:/run/a\\x0a");
    }

    @Test
    void guestId_whenMalformed_isRefused() {
        assertThatThrownBy(() -> new GuestId("Xen", "a")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new GuestId("xen", " ")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new GuestId("xen", "x".repeat(UntrustedText.MAX_LENGTH + 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void guest_printsItsNameEscaped() {
        Guest guest = new Guest(new GuestId("sim", "a"), "win\u001b[2J", "1", GuestState.RUNNING);
        assertThat(guest).hasToString("win\\x1b[2J");
        assertThat(guest.withState(GuestState.PAUSED).state()).isEqualTo(GuestState.PAUSED);
        assertThatThrownBy(() -> new Guest(guest.id(), "", "1", GuestState.RUNNING))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, -1})
    void guestController_ofAnUnknownVersion_isRefused(int version) {
        assertThatThrownBy(() -> new GuestController("usb", version, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void usbInterface_isHeldByAnyDriverButUsbfs() {
        UsbClass hid = new UsbClass(3, 1, 1);
        assertThat(new UsbInterface(0, hid, Optional.of("usbhid")).heldByHost()).isTrue();
        assertThat(new UsbInterface(0, hid, Optional.of("usbfs")).heldByHost()).isFalse();
        assertThat(new UsbInterface(0, hid, Optional.empty()).heldByHost()).isFalse();
    }
}
