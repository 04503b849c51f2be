package io.autousb.cli.foreground;

import static io.autousb.cli.foreground.Sample.GUEST;
import static io.autousb.cli.foreground.Sample.attached;
import static io.autousb.cli.foreground.Sample.failure;
import static io.autousb.cli.foreground.Sample.keyboard;
import static io.autousb.cli.foreground.Sample.ready;
import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.cli.console.ExitCode;
import io.autousb.cli.foreground.ForegroundRequest.Manners;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.runtime.EngineEvent;
import io.autousb.runtime.EngineEvent.BackendFailed;
import io.autousb.runtime.EngineEvent.GuestAbsent;
import io.autousb.runtime.EngineEvent.GuestAnswers;
import io.autousb.runtime.EngineEvent.GuestGone;
import io.autousb.runtime.EngineEvent.GuestUnreachable;
import io.autousb.runtime.EngineEvent.GuestUp;
import io.autousb.runtime.EngineMode;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EndingRulesTest {

    private static final Manners PATIENT = new Manners(true, true, EngineMode.SERVE, false);
    private static final Manners DEFAULT = new Manners(true, false, EngineMode.SERVE, false);
    private static final Manners NO_WAIT = new Manners(false, false, EngineMode.SERVE, false);
    private static final EngineEvent FORBIDDEN =
            new GuestUnreachable(GUEST, failure(BackendException.NO_PERMISSION, Retry.BACK_OFF));

    @Test
    void guestAbsent_endsWhoWouldNotWait() {
        assertThat(exitCode(NO_WAIT, new GuestAbsent("g1"))).contains(ExitCode.GUEST_NOT_RUNNING);
        assertThat(exitCode(DEFAULT, new GuestAbsent("g1"))).isEmpty();
    }

    @Test
    void guestGone_endsWhoWouldNotWaitForItsReturn() {
        assertThat(exitCode(DEFAULT, new GuestUp(GUEST), new GuestGone(GUEST))).contains(ExitCode.OK);
        assertThat(exitCode(PATIENT, new GuestUp(GUEST), new GuestGone(GUEST))).isEmpty();
    }

    @Test
    void noPermission_beforeAnythingWorked_ends() {
        assertThat(exitCode(PATIENT, new GuestUp(GUEST), FORBIDDEN)).contains(ExitCode.UNAVAILABLE);
        assertThat(exitCode(PATIENT, new BackendFailed("udev", failure(BackendException.NO_PERMISSION, Retry.NEVER))))
                .contains(ExitCode.UNAVAILABLE);
    }

    @Test
    void noPermission_afterItWorked_isWaitedOut() {
        assertThat(exitCode(PATIENT, new GuestUp(GUEST), ready(), FORBIDDEN)).isEmpty();
        assertThat(exitCode(PATIENT, attached(keyboard()), FORBIDDEN)).isEmpty();
        assertThat(exitCode(PATIENT, new GuestAnswers(GUEST), FORBIDDEN)).isEmpty();
    }

    @Test
    void ready_withAGuestThatIsUnreachable_meansNotThatItWorked() {
        EngineEvent busy = new GuestUnreachable(GUEST, failure(BackendException.BUSY, Retry.BACK_OFF));
        assertThat(exitCode(PATIENT, new GuestUp(GUEST), busy, ready(), FORBIDDEN))
                .contains(ExitCode.UNAVAILABLE);
    }

    @Test
    void otherTrouble_isWaitedOut() {
        assertThat(exitCode(DEFAULT, new GuestUnreachable(GUEST, failure(BackendException.BUSY, Retry.BACK_OFF))))
                .isEmpty();
        assertThat(exitCode(DEFAULT, new BackendFailed("qmp", failure(BackendException.IO, Retry.BACK_OFF))))
                .isEmpty();
    }

    @Test
    void troubleForGood_endsWhoWouldNotWait() {
        EngineEvent forGood = new GuestUnreachable(GUEST, failure(BackendException.UNSUPPORTED, Retry.NEVER));
        assertThat(exitCode(NO_WAIT, forGood)).contains(ExitCode.UNAVAILABLE);
        assertThat(exitCode(DEFAULT, forGood)).isEmpty();
    }

    @Test
    void ready_endsADryRunOnly() {
        assertThat(exitCode(new Manners(true, false, EngineMode.PLAN, false), ready()))
                .contains(ExitCode.OK);
        assertThat(exitCode(DEFAULT, ready())).isEmpty();
    }

    @Test
    void rightThatIsMissing_toOneOfTwoHypervisors_endsNothing() {
        Set<String> two = Set.of("xen-qmp", "xl");
        BackendException cause = failure(BackendException.NO_PERMISSION, Retry.BACK_OFF);
        BackendFailed one = new BackendFailed("xl", cause);
        BackendFailed other = new BackendFailed("xen-qmp", cause);

        assertThat(exitCode(new EndingRules(DEFAULT, two), one)).isEmpty();
        assertThat(exitCode(new EndingRules(DEFAULT, two), one, other)).contains(ExitCode.UNAVAILABLE);
        assertThat(exitCode(new EndingRules(DEFAULT, two), one, new EngineEvent.BackendRecovered("xl"), other))
                .isEmpty();
        assertThat(exitCode(new EndingRules(DEFAULT, two), new BackendFailed("udev", cause)))
                .contains(ExitCode.UNAVAILABLE);
    }

    private static Optional<Integer> exitCode(Manners manners, EngineEvent... events) {
        return exitCode(new EndingRules(manners, Set.of("qmp")), events);
    }

    private static Optional<Integer> exitCode(EndingRules rules, EngineEvent... events) {
        for (EngineEvent event : events) {
            Optional<Ending> ending = rules.after(event);
            if (ending.isPresent()) {
                return ending.map(Ending::exitCode);
            }
        }
        return Optional.empty();
    }
}
