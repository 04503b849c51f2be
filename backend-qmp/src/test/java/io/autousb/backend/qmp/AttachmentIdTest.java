package io.autousb.backend.qmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.Generation;
import io.autousb.domain.model.PortPath;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class AttachmentIdTest {

    @Test
    void parse_whenOurs_readsPlaceAndGeneration() {
        AttachmentId id = new AttachmentId(PortPath.parse("2-1.2"), new Generation("0123456789ab"));
        assertThat(id).hasToString("autousb-2-1.2-0123456789ab");
        assertThat(AttachmentId.parse(id.toString())).contains(id);
    }

    @TestFactory
    Stream<DynamicTest> parse_whenNotExactlyOurs_isEmpty() {
        return Stream.of(
                        "",
                        "autousb-xhci-0",
                        "autousb-2-1.2",
                        "autousb-2-1.2-0123456789AB",
                        "autousb-2-1.2-0123456789a",
                        "autousb-2-1.2-0123456789abc",
                        "autousb-02-1-0123456789ab",
                        "autousb-2-1..2-0123456789ab",
                        "autousb-64-1-0123456789ab",
                        "autousb-usb2-0123456789ab",
                        "autousb-2-1.2.3.4.5.6.7-0123456789ab",
                        "xautousb-2-1-0123456789ab",
                        "autousb-2-1-0123456789ab\n",
                        "xenusb-2-6")
                .map(id -> DynamicTest.dynamicTest(
                        '"' + id + '"', () -> assertThat(AttachmentId.parse(id)).isEmpty()));
    }
}
