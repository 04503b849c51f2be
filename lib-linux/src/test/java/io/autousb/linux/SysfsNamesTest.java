package io.autousb.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.PortPath;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SysfsNamesTest {

    @ParameterizedTest
    @CsvSource({"1-1.4,1-1.4", "1-1.4:1.0,1-1.4", "usb3,usb3", "3-0:1.0,usb3", "12-10:2.11,12-10"})
    void device_ofADeviceOrInterface_isTheDevice(String name, String device) {
        assertThat(SysfsNames.device(name)).isEqualTo(device);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ":1.0", "../1-1", "1-1/..", "usbx", "1-1\n", "1-1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1"})
    void device_ofAnythingElse_isNull(String name) {
        assertThat(SysfsNames.device(name)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"usb1-port2,1-2", "1-1-port3,1-1.3", "1-1.4-port31,1-1.4.31"})
    void port_ofAPortsFolder_isItsPlace(String folder, String place) {
        assertThat(SysfsNames.port(folder)).contains(PortPath.parse(place));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"port1", "usb1", "usb1-port", "usb1-port0", "usb1-port256", "x-port1", "1-1.1.1.1.1.1-port1"})
    void port_ofAnythingElse_isEmpty(String folder) {
        assertThat(SysfsNames.port(folder)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"' 3',10,3", "09,16,9", "1d6b,16,7531", "' 2 ',10,2", "65535,10,65535"})
    void number_ofTheKernelsForms_isRead(String text, int radix, int number) {
        assertThat(SmallFile.number(text, 0, text.length(), radix)).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "-1", "+1", "1 2", "65536", "99999999999", "0x1", "\u0661", "1\n2"})
    void number_ofAnythingElse_isNone(String text) {
        assertThat(SmallFile.number(text, 0, text.length(), 10)).isEqualTo(-1);
    }
}
