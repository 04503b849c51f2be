package io.autousb.cli.foreground;

import io.autousb.cli.console.ExitCode;
import io.autousb.cli.foreground.ForegroundRequest.Manners;
import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.runtime.EngineEvent;
import io.autousb.runtime.EngineEvent.Attached;
import io.autousb.runtime.EngineEvent.BackendFailed;
import io.autousb.runtime.EngineEvent.BackendRecovered;
import io.autousb.runtime.EngineEvent.Cleared;
import io.autousb.runtime.EngineEvent.ControllerAdded;
import io.autousb.runtime.EngineEvent.Detached;
import io.autousb.runtime.EngineEvent.GuestAbsent;
import io.autousb.runtime.EngineEvent.GuestAnswers;
import io.autousb.runtime.EngineEvent.GuestGone;
import io.autousb.runtime.EngineEvent.GuestUnreachable;
import io.autousb.runtime.EngineEvent.Ready;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Knows which events end a session. Takes them in order, on one thread. */
final class EndingRules {

    private final Manners manners;
    private final Set<String> hypervisors;
    private final Set<String> failing = new HashSet<>();
    /** Whether host and guest once let us work: from then on, trouble is waited out. */
    private boolean worked;
    /** Whether a guest is there that does not let itself be looked at. */
    private boolean unreachable;

    EndingRules(Manners manners, Set<String> hypervisors) {
        this.manners = manners;
        this.hypervisors = Set.copyOf(hypervisors);
    }

    /** Takes the next event, and says whether it is the last. */
    Optional<Ending> after(EngineEvent event) {
        if (event instanceof GuestAbsent absent) {
            return manners.waitForGuest() ? Optional.empty() : notRunning(absent.guest());
        }
        if (event instanceof GuestGone gone) {
            unreachable = false;
            return manners.waitForReturn()
                    ? Optional.empty()
                    : end(ExitCode.OK, "guest " + gone.guest() + " has ended; with -w its return is waited for");
        }
        if (event instanceof GuestUnreachable trouble) {
            unreachable = true;
            return fault(trouble.cause());
        }
        if (event instanceof BackendFailed trouble) {
            return failed(trouble);
        }
        if (event instanceof BackendRecovered recovered) {
            failing.remove(recovered.backend());
        }
        if (event instanceof Ready) {
            worked |= !unreachable;
            return manners.dryRun() ? end(ExitCode.OK, "") : Optional.empty();
        }
        if (event instanceof GuestAnswers
                || event instanceof Attached
                || event instanceof Detached
                || event instanceof Cleared
                || event instanceof ControllerAdded) {
            unreachable = false;
            worked = true;
        }
        return Optional.empty();
    }

    /** As long as another hypervisor does not fail, the guest may be that one's. */
    private Optional<Ending> failed(BackendFailed trouble) {
        failing.add(trouble.backend());
        boolean partly = hypervisors.contains(trouble.backend()) && !failing.containsAll(hypervisors);
        return partly ? Optional.empty() : fault(trouble.cause());
    }

    private static Optional<Ending> notRunning(String guest) {
        return end(
                ExitCode.GUEST_NOT_RUNNING,
                "guest " + UntrustedText.of(guest)
                        + " is not running (-n): start it first, or leave -n out to have it waited for");
    }

    /** A right that is missing does not come by itself; nor, for who would not wait, does what is wrong for good. */
    private Optional<Ending> fault(BackendException cause) {
        boolean lasting =
                cause.is(BackendException.NO_PERMISSION) || (!manners.waitForGuest() && cause.retry() == Retry.NEVER);
        return worked || !lasting
                ? Optional.empty()
                : Optional.of(new Ending(ExitCode.of(cause), String.valueOf(cause.getMessage()), cause));
    }

    private static Optional<Ending> end(int exitCode, String message) {
        return Optional.of(Ending.of(exitCode, message));
    }
}
