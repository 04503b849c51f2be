package io.autousb.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.UsbClass;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class InterfaceAliasTest {

    @Test
    void parse_ofWhatTheKernelPrints_readsClassAndNumber() {
        assertThat(InterfaceAlias.parse("usb:v046DpC31Cd6402dc00dsc00dp00ic03isc01ip02in0A"))
                .isEqualTo(new InterfaceAlias(new UsbClass(3, 1, 2), 10));
        assertThat(InterfaceAlias.parse("usb:v0BDAp8153d3100dcEFdsc02dp01icFFiscFDipFEin00"))
                .isEqualTo(new InterfaceAlias(new UsbClass(0xff, 0xfd, 0xfe), 0));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "usb:v",
                "usb:vin00",
                "pci:v046DpC31Cd6402dc00dsc00dp00ic03isc01ip02in00",
                "usb:v046DpC31Cd6402dc00dsc00dp00ic03isc01ip02in0",
                "usb:v046DpC31Cd6402dc00dsc00dp00ic03isc01ip02in000",
                "usb:v046DpC31Cd6402dc00dsc00dp00ic03isc01ip02in0G",
                "usb:v046DpC31Cd6402dc00dsc00dp00ic03isc01ip0Gin00",
                "usb:v046DpC31Cd6402dc00dsc00dp00ic03iscG1ip01in00",
                "usb:v046DpC31Cd6402dc00dsc00dp00ic-3isc01ip01in00",
                "usb:v046DpC31Cd6402dc00dsc00dp00ic 3isc01ip01in00",
                "usb:v046DpC31Cd6402dc00dsc00dp00ic03xsc01ip01in00"
            })
    void parse_ofAnythingElse_tellsNothing(String text) {
        assertThat(InterfaceAlias.parse(text)).isNull();
    }
}
