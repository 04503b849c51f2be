package io.autousb.backend.qmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.qmp.QmpCommand;
import io.autousb.qmp.QmpErrorException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Descriptions as QEMU 7.2.22 and 10.0.13 (Debian) gave them. */
class QmpFailuresTest {

    private record Case(String description, String code, Retry retry) {}

    @TestFactory
    Stream<DynamicTest> attach_whenRefused_saysWhatItMeans() {
        return Stream.of(
                        new Case("usb port 1 (bus xhci.0) not found (in use?)", BackendException.PORT_BUSY, Retry.NOW),
                        new Case("Bus 'nope.0' not found", BackendException.PORT_BUSY, Retry.NOW),
                        new Case("Duplicate device ID 'autousb-1'", BackendException.DUPLICATE, Retry.ON_CHANGE),
                        new Case(
                                "failed to open /dev/bus/usb/002/126: No such file or directory",
                                BackendException.DEVICE_GONE,
                                Retry.ON_CHANGE),
                        new Case(
                                "failed to open /dev/bus/usb/002/126: Permission denied",
                                BackendException.NO_PERMISSION,
                                Retry.BACK_OFF),
                        new Case("failed to find host usb device 1:5", BackendException.NOT_READY, Retry.BACK_OFF),
                        new Case("failed to open host usb device 3:5", BackendException.REFUSED, Retry.BACK_OFF),
                        new Case("device_add not allowed while migrating", BackendException.REFUSED, Retry.ON_CHANGE),
                        new Case(
                                "'usb-host' is not a valid device model name",
                                BackendException.UNSUPPORTED,
                                Retry.NEVER),
                        new Case("something new\u001b[31m", BackendException.REFUSED, Retry.BACK_OFF))
                .map(each -> DynamicTest.dynamicTest(each.description().replace('\u001b', '?'), () -> {
                    BackendException failure = QmpFailures.attach(error(each.description()), "here", true);
                    assertThat(failure.code()).isEqualTo(each.code());
                    assertThat(failure.retry()).isEqualTo(each.retry());
                    assertThat(failure.outcomeUnknown()).isFalse();
                    assertThat(failure.getMessage()).matches("[ -~]+").contains("here");
                }));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"failed to open /dev/bus/usb/002/126: Permission denied", "failed to open host usb device 3:5"})
    void attach_whenNodeIsClosedAndUdevHasNotRun_isNoFailure(String description) {
        BackendException failure = QmpFailures.attach(error(description), "here", false);
        assertThat(failure.code()).isEqualTo(BackendException.NOT_READY);
        assertThat(failure.retry()).isEqualTo(Retry.ON_CHANGE);
    }

    @Test
    void attach_whenNodeStaysClosed_tellsTheRemedy() {
        BackendException failure = QmpFailures.attach(error("failed to open x: Permission denied"), "here", true);
        assertThat(failure.remedy()).contains("udev rule");
    }

    private static QmpErrorException error(String description) {
        return new QmpErrorException(QmpCommand.change("device_add").build(), "GenericError", description);
    }
}
