package org.example.virsh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.autousb.domain.port.BackendException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DomainXmlTest {

    private static DomainXml parse(String devices) {
        return DomainXml.parse(
                "<domain id='1'><name>a</name><uuid>u</uuid><devices>" + devices + "</devices></domain>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no XML",
                "<network/>",
                "<domain/>",
                "<!DOCTYPE domain [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><domain><uuid>&x;</uuid></domain>"
            })
    void parse_ofWhatIsNoDomain_isRefused(String text) {
        assertThatThrownBy(() -> DomainXml.parse(text))
                .isInstanceOfSatisfying(
                        BackendException.class, e -> assertThat(e.is(BackendException.PROTOCOL)).isTrue());
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "", "0", "-1", "99999999999", "x"})
    void parse_ofAnOddPort_hasNone(String port) {
        assertThat(parse("<input><address type='usb' bus='0' port='" + port + "'/></input>").used()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"64' device='1", "1' device='128", "0' device='1", "1' device='0", "x' device='1"})
    void parse_ofAnOddAddress_hasNone(String address) {
        DomainXml xml = parse("<hostdev type='usb'><source><address bus='" + address
                + "'/></source><alias name='hostdev0'/></hostdev>");

        assertThat(xml.hostdevs()).singleElement().satisfies(each -> assertThat(each.address()).isEmpty());
    }

    @Test
    void parse_ofTooManyPorts_countsNone() {
        assertThat(parse("<controller type='usb' index='0' model='qemu-xhci' ports='999999'/>").controllers())
                .singleElement()
                .satisfies(each -> assertThat(each.ports()).isEmpty());
    }
}
