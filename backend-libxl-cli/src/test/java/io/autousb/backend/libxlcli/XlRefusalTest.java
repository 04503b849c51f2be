package io.autousb.backend.libxlcli;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.api.CommandOutcome;
import io.autousb.api.CommandOutput;
import io.autousb.api.CommandResult;
import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.xen.guest.DeviceModel;
import io.autousb.xen.guest.XenGuest;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class XlRefusalTest {

    private static final XenGuest WINDOWS = guest(DeviceModel.NONE);

    private static XenGuest guest(DeviceModel model) {
        return XenGuest.builder(7, new UUID(1, 2), "windows")
                .type(XenGuest.Type.HVM)
                .deviceModel(model)
                .build();
    }

    private static BackendException failure(String call) {
        return XlFailures.of(XlRefusal.of(RecordedXl.read(call)), WINDOWS, "2-1.2");
    }

    @ParameterizedTest
    @CsvSource({
        "usbdev-attach-absent, NOT_ASSIGNABLE",
        "usbdev-attach-address-0, NOT_ASSIGNABLE",
        "usbdev-attach-octal, NOT_ASSIGNABLE",
        "usbdev-attach-hub, NOT_ASSIGNABLE",
        "usbdev-attach-root-hub, NOT_ASSIGNABLE",
        "usbdev-attach-poisoned, POISONED",
        "usbdev-attach-poisoned-other-guest, POISONED",
        "usbdev-attach-again, ATTACHED_ALREADY",
        "usbdev-attach-elsewhere, ATTACHED_ALREADY",
        "usbdev-attach-replugged, ATTACHED_ALREADY",
        "usbdev-attach-port-taken, PORT_TAKEN",
        "usbdev-attach-port-absent, PORT_TAKEN",
        "usbdev-attach-unknown-controller, NO_CONTROLLER",
        "usbdev-attach-no-controller, GHOST_CONTROLLER",
        "usbdev-attach-ghost, GHOST_CONTROLLER",
        "usbdev-attach-full, GHOST_CONTROLLER",
        "usbdev-attach-speed, NOT_OPENED",
        "usbdev-attach-busy, MONITOR_SILENT",
        "usbdev-detach-busy, MONITOR_SILENT",
        "usbctrl-attach-busy, MONITOR_BUSY",
        "usbdev-attach-no-socket, NO_MONITOR",
        "usbctrl-attach-pv-devicemodel, NO_MONITOR",
        "usbctrl-attach-pv-default, NO_DEVICE_MODEL",
        "usbdev-attach-pv-without-device-model, NO_DEVICE_MODEL",
        "usbctrl-attach-pv-kernel, NO_BACKEND",
        "usbdev-attach-unknown-domain, NO_DOMAIN",
        "usbdev-detach-unknown-domain, NO_DOMAIN",
        "usbctrl-attach-unknown-domain, NO_DOMAIN",
        "usbdev-attach-not-root, NOT_ROOT",
        "usbdev-attach-xenstored-killed, CUT_OFF",
        "usbdev-detach-unknown-controller, CUT_OFF",
        "usbdev-detach-dead-port, NO_DEVICE",
        "usbdev-detach-free-port, NO_DEVICE",
        "usbdev-detach-port-absent, NO_DEVICE",
        "usbdev-detach-replugged, NO_OBJECT",
        "usbctrl-attach-version4, OTHER",
        "usbctrl-attach-option-unknown, OTHER",
        "usbdev-attach-unknown-option, OTHER"
    })
    void of_whatARealXlSaid_knowsTheCause(String call, XlCause cause) {
        assertThat(XlRefusal.of(RecordedXl.read(call)).cause()).isEqualTo(cause);
    }

    @Test
    void of_linesOfLibxl_saysTheFirstWithoutWhereItIsInTheSource() {
        assertThat(XlRefusal.of(RecordedXl.read("usbdev-attach-port-taken")).said())
                .isEqualTo("\"The controller port isn't available\"");
    }

    @Test
    void of_aLineWithoutADomain_saysIt() {
        assertThat(XlRefusal.of(RecordedXl.read("usbctrl-attach-version4")).said())
                .isEqualTo("\"Illegal USB version\"");
    }

    @Test
    void of_silence_saysTheExitCode() {
        assertThat(XlRefusal.of(FakeXl.exited(3, "\n")).said()).isEqualTo("exit code 3");
    }

    @Test
    void of_hostileText_isSafeToPrint() {
        assertThat(XlRefusal.of(FakeXl.exited(1, "odd\u001b[31m\u202e")).said()).matches("[ -~]+");
    }

    @Test
    void of_aRunThatWasEnded_leavesDoubt() {
        XlRefusal refusal =
                XlRefusal.of(new CommandResult(CommandOutcome.CANCELLED, CommandOutput.NONE, CommandOutput.NONE));

        assertThat(XlFailures.of(refusal, WINDOWS, "2-1.2").outcomeUnknown()).isTrue();
    }

    @Test
    void of_aProgramThatIsNotThere_saysSoWithTheRemedy() {
        XlRefusal refusal = XlRefusal.of(CommandResult.notStarted("there is no program xl"));

        assertThat(XlFailures.of(refusal, WINDOWS, "2-1.2").getMessage())
                .contains("there is no program xl", "xen-utils");
    }

    @ParameterizedTest
    @EnumSource(XlCause.class)
    void failure_ofAnyCause_isOneLineAndSaysWhichGuest(XlCause cause) {
        BackendException failure = XlFailures.of(new XlRefusal(cause, "so"), WINDOWS, "2-1.2");

        assertThat(failure.getMessage()).matches("[ -~]+").contains("windows");
        assertThat(failure.outcomeUnknown()).isEqualTo(cause.leavesDoubt());
    }

    @ParameterizedTest
    @CsvSource({
        "usbdev-attach-not-root, no-permission, NEVER, as root",
        "usbdev-attach-unknown-domain, guest-gone, ON_CHANGE, ''",
        "usbdev-attach-poisoned, refused, BACK_OFF, --no-repair",
        "usbdev-attach-port-taken, port-busy, NOW, ''",
        "usbdev-attach-ghost, port-busy, NOW, ''",
        "usbdev-attach-hub, refused, BACK_OFF, hub",
        "usbdev-attach-speed, refused, BACK_OFF, qemu-dm-",
        "usbdev-attach-busy, busy, BACK_OFF, qmp-libxl-7",
        "usbctrl-attach-busy, busy, BACK_OFF, qmp-libxl-7",
        "usbdev-attach-no-socket, io, BACK_OFF, /var/log/xen",
        "usbctrl-attach-pv-default, no-room, NEVER, type=qusb",
        "usbdev-attach-xenstored-killed, timeout, BACK_OFF, xenstored"
    })
    void failure_ofWhatARealXlSaid_hasCodeRetryAndRemedy(String call, String code, Retry retry, String remedy) {
        BackendException failure = failure(call);

        assertThat(failure.code()).isEqualTo(code);
        assertThat(failure.retry()).isEqualTo(retry);
        assertThat(failure.remedy()).contains(remedy);
    }

    @Test
    void failure_toOpenADevice_ofADeviceModelThatIsNoRoot_namesDmRestrict() {
        DeviceModel restricted = new DeviceModel(
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.of(UntrustedText.of("65535")));

        BackendException failure = XlFailures.of(new XlRefusal(XlCause.NOT_OPENED, "so"), guest(restricted), "2-1.2");

        assertThat(failure.code()).isEqualTo(BackendException.UNSUPPORTED);
        assertThat(failure.retry()).isEqualTo(Retry.NEVER);
        assertThat(failure.remedy()).contains("dm_restrict");
    }

    @Test
    void failure_toOpenADevice_ofADeviceModelInAStubDomain_saysSo() {
        DeviceModel stub = new DeviceModel(
                Optional.empty(), Optional.empty(), OptionalInt.empty(), OptionalInt.of(9), Optional.empty());

        BackendException failure = XlFailures.of(new XlRefusal(XlCause.NOT_OPENED, "so"), guest(stub), "2-1.2");

        assertThat(failure.code()).isEqualTo(BackendException.UNSUPPORTED);
        assertThat(failure.remedy()).contains("stub domain");
    }
}
