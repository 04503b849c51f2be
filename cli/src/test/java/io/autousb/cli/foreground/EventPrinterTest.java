package io.autousb.cli.foreground;

import static io.autousb.cli.foreground.Sample.GUEST;
import static io.autousb.cli.foreground.Sample.TOOK;
import static io.autousb.cli.foreground.Sample.attach;
import static io.autousb.cli.foreground.Sample.attached;
import static io.autousb.cli.foreground.Sample.decided;
import static io.autousb.cli.foreground.Sample.detached;
import static io.autousb.cli.foreground.Sample.failure;
import static io.autousb.cli.foreground.Sample.keyboard;
import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.cli.console.CapturedConsole;
import io.autousb.cli.console.Verbosity;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.plan.Decision.Status;
import io.autousb.domain.plan.PlanStep;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.domain.port.RepairNotice;
import io.autousb.domain.port.RepairNotice.Outcome;
import io.autousb.runtime.EngineEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EventPrinterTest {

    private static final String DEVICE = "2-1.2 0627:0001 \"QEMU USB Keyboard\"";

    private final CapturedConsole captured = CapturedConsole.plain();
    private final EventPrinter printer = new EventPrinter(captured.console());

    @Test
    void attached_namesDeviceGuestAndPort() {
        assertThat(out(attached(keyboard()))).containsExactly("attached " + DEVICE + " -> g1 (xhci.0 port 4)");
    }

    @Test
    void attached_verbose_saysWhyAndHowFast() {
        captured.console().verbosity(Verbosity.VERBOSE);
        assertThat(out(attached(keyboard())))
                .containsExactly("attached " + DEVICE + " -> g1 (xhci.0 port 4) in 12 ms: hub or port 2-1");
    }

    @Test
    void detachedAndCleared_nameDeviceAndGuest() {
        PlanStep.ClearStale clear = new PlanStep.ClearStale(GUEST, Sample.attachment(), "the host lost it");
        assertThat(out(
                        detached(keyboard()),
                        new EngineEvent.Cleared(clear, Optional.of(keyboard()), TOOK),
                        new EngineEvent.Cleared(clear, Optional.empty(), TOOK)))
                .containsExactly(
                        "detached " + DEVICE + " from g1",
                        "detached " + DEVICE + " from g1",
                        "cleared aua-1 on xhci.0 port 4 from g1");
    }

    @Test
    void controllerAdded_namesItsVersion() {
        assertThat(out(new EngineEvent.ControllerAdded(new PlanStep.AddController(GUEST, 3, "full"), TOOK)))
                .containsExactly("added a USB 3 controller to g1");
    }

    @Test
    void guests_comeAndGo() {
        assertThat(out(
                        new EngineEvent.GuestAbsent("g1"),
                        new EngineEvent.GuestUp(GUEST.withState(GuestState.PAUSED)),
                        new EngineEvent.GuestRestarted(GUEST),
                        new EngineEvent.GuestGone(GUEST)))
                .containsExactly(
                        "guest g1 is not running; waiting for it",
                        "guest g1 is up, paused",
                        "guest g1 was restarted",
                        "guest g1 is gone");
    }

    @Test
    void decided_attachedBefore_isKeptOnce() {
        assertThat(out(
                        decided(keyboard(), Status.ATTACHED, "hub or port 2-1"),
                        decided(keyboard(), Status.ATTACHED, "hub or port 2-1, attached by another hand")))
                .containsExactly("kept " + DEVICE + " -> g1, attached already");
    }

    @Test
    void decided_afterAttached_isNoNews() {
        assertThat(out(attached(keyboard()), decided(keyboard(), Status.ATTACHED, "hub or port 2-1")))
                .hasSize(1);
    }

    @Test
    void decided_blocked_isTrouble() {
        assertThat(err(decided(keyboard(), Status.BLOCKED, "no free port")))
                .containsExactly("blocked " + DEVICE + ": no free port");
    }

    @Test
    void decided_waiting_isForTheVerbose() {
        EngineEvent event = decided(keyboard(), Status.WAITING, "guest g1 is not running");
        assertThat(out(event)).isEmpty();
        captured.console().verbosity(Verbosity.VERBOSE);
        assertThat(out(event)).containsExactly("waiting " + DEVICE + ": guest g1 is not running");
    }

    @Test
    void failed_saysWhatWhereRemedyAndTheNextTry() {
        BackendException cause = failure(BackendException.REFUSED, Retry.BACK_OFF);
        assertThat(err(
                        new EngineEvent.StepFailed(attach(keyboard()), cause, Optional.of(Duration.ofMillis(100))),
                        new EngineEvent.StepFailed(attach(keyboard()), cause, Optional.empty())))
                .containsExactly(
                        "failed to attach " + DEVICE
                                + " to g1: QEMU said no (/run/q.sock): ask it again; next try in 100 ms",
                        "failed to attach " + DEVICE
                                + " to g1: QEMU said no (/run/q.sock): ask it again; not tried again before something changes");
    }

    @Test
    void decided_blockedByAFailureThatWasTold_doesNotRepeatTheRemedy() {
        BackendException cause = failure(BackendException.REFUSED, Retry.NEVER);
        assertThat(err(
                        new EngineEvent.StepFailed(attach(keyboard()), cause, Optional.empty()),
                        decided(keyboard(), Status.BLOCKED, "8 times in a row: " + cause.getMessage())))
                .last()
                .isEqualTo("blocked " + DEVICE + ": 8 times in a row: QEMU said no");
    }

    @Test
    void failed_forAChangeToCome_isForTheVerbose() {
        EngineEvent event = new EngineEvent.StepFailed(
                attach(keyboard()), failure(BackendException.NOT_READY, Retry.ON_CHANGE), Optional.empty());
        assertThat(err(event)).isEmpty();
        captured.console().verbosity(Verbosity.VERBOSE);
        assertThat(out(event)).singleElement().asString().startsWith("not yet to attach " + DEVICE);
    }

    @Test
    void trouble_isPrintedEvenIfQuiet() {
        captured.console().verbosity(Verbosity.QUIET);
        BackendException cause = failure(BackendException.BUSY, Retry.BACK_OFF);
        assertThat(err(
                        new EngineEvent.GuestUnreachable(GUEST, cause),
                        new EngineEvent.GuestAnswers(GUEST),
                        new EngineEvent.GuestStuck(GUEST, "attach " + keyboard()),
                        new EngineEvent.BackendFailed("qmp", cause),
                        new EngineEvent.BackendRecovered("qmp"),
                        new EngineEvent.OutcomeUnknown(attach(keyboard()), cause),
                        new EngineEvent.PortFlapping(keyboard())))
                .hasSize(7)
                .startsWith(
                        "guest g1 cannot be looked at: QEMU said no (/run/q.sock): ask it again; trying again",
                        "guest g1 answers again");
        assertThat(captured.out()).isEmpty();
    }

    @Test
    void guestThatCannotBeServed_isNotSaidToBeTriedAgain() {
        BackendException cause = failure(BackendException.UNSUPPORTED, Retry.NEVER);
        assertThat(err(new EngineEvent.GuestUnreachable(GUEST, cause)))
                .singleElement()
                .asString()
                .endsWith("; waiting for a change");
    }

    @Test
    void leftovers_areToldWithWhatWasDone() {
        assertThat(out(leftover(RepairNotice.of("guest g2", "a dead port", Outcome.REPAIRED))))
                .containsExactly("repaired guest g2: a dead port");
        assertThat(err(
                        leftover(RepairNotice.of("guest g2", "a dead port", Outcome.REPORTED)),
                        leftover(RepairNotice.failed(
                                "guest g2", "a dead port", failure(BackendException.REFUSED, Retry.BACK_OFF)))))
                .containsExactly(
                        "left over guest g2: a dead port; not cleared, as asked",
                        "left over guest g2: a dead port: QEMU said no (/run/q.sock): ask it again; tried again later");
    }

    @Test
    void leftover_thatMayBeWorkUnderWay_isToldOnlyToWhoWantsToKnow() {
        EngineEvent event = leftover(RepairNotice.of("guest g2", "a ghost", Outcome.AWAITED));
        assertThat(out(event)).isEmpty();
        captured.console().verbosity(Verbosity.VERBOSE);
        assertThat(out(event)).containsExactly("left over guest g2: a ghost; looking again before it is cleared");
    }

    @Test
    void repair_thatFailed_saysWhenItIsTriedAgain() {
        BackendException cause = failure(BackendException.IO, Retry.BACK_OFF);
        assertThat(err(
                        new EngineEvent.RepairFailed("xl", cause, Optional.of(TOOK)),
                        new EngineEvent.RepairFailed("xl", cause, Optional.empty())))
                .containsExactly(
                        "xl could not look for what is left over: QEMU said no (/run/q.sock): ask it again; trying again",
                        "xl could not look for what is left over: QEMU said no (/run/q.sock): ask it again;"
                                + " trying again when the next device has gone");
    }

    private static EngineEvent leftover(RepairNotice notice) {
        return new EngineEvent.LeftoverFound("xl", notice);
    }

    static Stream<EngineEvent> eventsOfAHostileDevice() {
        UsbDevice evil = Sample.device("2-1.2", "\u001b]0;owned\u0007\r\nID: 1d6b:0002 \u202e\u009b2J\"");
        BackendException cause = failure(BackendException.REFUSED, Retry.BACK_OFF);
        return Stream.of(
                new EngineEvent.DeviceSeen(evil),
                new EngineEvent.DeviceGone(evil),
                decided(evil, Status.WAITING, "x"),
                decided(evil, Status.BLOCKED, "x"),
                decided(evil, Status.ATTACHED, "x"),
                attached(evil),
                detached(evil),
                new EngineEvent.StepFailed(attach(evil), cause, Optional.empty()),
                new EngineEvent.OutcomeUnknown(attach(evil), cause),
                new EngineEvent.PortFlapping(evil));
    }

    @ParameterizedTest
    @MethodSource("eventsOfAHostileDevice")
    void anyEvent_ofAHostileDevice_isOneLineOfAscii(EngineEvent event) {
        captured.console().verbosity(Verbosity.VERBOSE);
        printer.accept(event);
        List<String> lines =
                Stream.concat(captured.out().stream(), captured.err().stream()).toList();
        assertThat(lines).singleElement().asString().matches("[ -~]+").contains("\\x1b]0;owned\\x07\\x0d\\x0aID:");
    }

    private List<String> out(EngineEvent... events) {
        List.of(events).forEach(printer);
        return unstamped(captured.out());
    }

    private List<String> err(EngineEvent... events) {
        List.of(events).forEach(printer);
        return unstamped(captured.err());
    }

    private static List<String> unstamped(List<String> lines) {
        assertThat(lines).allMatch(line -> line.startsWith("23:04:05.067 "));
        return lines.stream().map(line -> line.substring(13)).toList();
    }
}
