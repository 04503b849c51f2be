package io.autousb.cli.foreground;

import static io.autousb.cli.console.Verbosity.NORMAL;
import static io.autousb.cli.console.Verbosity.VERBOSE;

import io.autousb.cli.console.Console;
import io.autousb.cli.console.Style;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.plan.Decision;
import io.autousb.domain.plan.PlanStep;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.domain.port.RepairNotice;
import io.autousb.runtime.EngineEvent;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Prints events, one line each: what happened to stdout, what went wrong to stderr. To be told events in
 * order, on one thread.
 */
public final class EventPrinter implements Consumer<EngineEvent> {

    private final Console console;
    /** What is known to be attached, so that a decision which says so is no news. */
    private final Set<Generation> attached = new HashSet<>();

    private final ToldFailures toldFailures = new ToldFailures();

    /**
     * Makes a printer.
     *
     * @param console where to
     */
    public EventPrinter(Console console) {
        this.console = console;
    }

    @Override
    public void accept(EngineEvent event) {
        if (event instanceof EngineEvent.DeviceSeen it) {
            console.event(VERBOSE, Style.PLAIN, "plugged", " " + it.device());
        } else if (event instanceof EngineEvent.DeviceGone it) {
            attached.remove(it.device().generation());
            console.event(VERBOSE, Style.PLAIN, "unplugged", " " + it.device());
        } else if (event instanceof EngineEvent.Decided it) {
            decided(it.decision());
        } else if (event instanceof EngineEvent.Attached it) {
            attached(it);
        } else if (event instanceof EngineEvent.Detached it) {
            attached.remove(it.step().generation());
            did(
                    Style.GONE,
                    "detached",
                    it.step().device() + " from " + it.step().guest(),
                    it.step(),
                    it.took());
        } else if (event instanceof EngineEvent.Cleared it) {
            String verb = it.device().isPresent() ? "detached" : "cleared";
            String what = it.device()
                    .map(UsbDevice::toString)
                    .orElseGet(() -> it.step().attachment().toString());
            did(Style.GONE, verb, what + " from " + it.step().guest(), it.step(), it.took());
        } else if (event instanceof EngineEvent.ControllerAdded it) {
            String what = "a USB " + it.step().usbVersion() + " controller to "
                    + it.step().guest();
            did(Style.GOOD, "added", what, it.step(), it.took());
        } else if (event instanceof EngineEvent.StepFailed it) {
            failed(it);
        } else if (event instanceof EngineEvent.OutcomeUnknown it) {
            trouble(
                    Style.WARNING,
                    "unknown",
                    " whether it helped to " + describe(it.step()),
                    it.cause(),
                    "finding out");
        } else {
            guestOrBackend(event);
        }
    }

    private void guestOrBackend(EngineEvent event) {
        if (event instanceof EngineEvent.GuestAbsent it) {
            console.event(
                    NORMAL,
                    Style.GONE,
                    "guest",
                    " " + UntrustedText.of(it.guest()) + " is not running; waiting for it");
        } else if (event instanceof EngineEvent.GuestContested it) {
            String what = " " + it.guest() + " is served by " + it.served() + ", and listed by " + it.leftOut()
                    + " too; name one with --hypervisor";
            console.trouble(Style.WARNING, "guest", what);
        } else if (event instanceof EngineEvent.GuestUp it) {
            guest(Style.GOOD, it.guest(), isThere(it.guest()));
        } else if (event instanceof EngineEvent.GuestRestarted it) {
            attached.clear();
            guest(Style.GOOD, it.guest(), "was restarted" + state(it.guest()));
        } else if (event instanceof EngineEvent.GuestGone it) {
            attached.clear();
            guest(Style.GONE, it.guest(), "is gone");
        } else if (event instanceof EngineEvent.GuestAnswers it) {
            console.trouble(Style.GOOD, "guest", " " + it.guest() + " answers again");
        } else if (event instanceof EngineEvent.GuestUnreachable it) {
            boolean lasting = it.cause().retry() == Retry.NEVER;
            String next = lasting ? "waiting for a change" : "trying again";
            trouble(Style.WARNING, "guest", " " + it.guest() + " cannot be looked at", it.cause(), next);
        } else if (event instanceof EngineEvent.GuestStuck it) {
            String what =
                    " " + it.guest() + " is stuck (" + it.doing() + "): nothing more is asked of it before that ends";
            console.trouble(Style.WARNING, "guest", what);
        } else if (event instanceof EngineEvent.BackendFailed it) {
            trouble(Style.WARNING, it.backend(), " failed", it.cause(), "trying again");
        } else if (event instanceof EngineEvent.BackendRecovered it) {
            console.trouble(Style.GOOD, it.backend(), " answers again");
        } else if (event instanceof EngineEvent.LeftoverFound it) {
            leftover(it.notice());
        } else if (event instanceof EngineEvent.RepairFailed it) {
            String next = it.retryIn().isPresent() ? "trying again" : "trying again when the next device has gone";
            trouble(Style.WARNING, it.hypervisor(), " could not look for what is left over", it.cause(), next);
        } else if (event instanceof EngineEvent.PortFlapping it) {
            String what =
                    " " + it.device() + ": so many devices come and go here that each has to stay for a while first";
            console.trouble(Style.WARNING, "flapping", what);
        }
    }

    /**
     * Prints where a device stands, if that is worth a line.
     *
     * @param decision what the planner made of the device
     */
    void decided(Decision decision) {
        String rest = " " + decision.device() + ": " + decision.reason();
        switch (decision.status()) {
            case BLOCKED ->
                console.trouble(
                        Style.WARNING,
                        "blocked",
                        " " + decision.device() + ": " + toldFailures.shorten(decision.reason()));
            case WAITING -> console.event(VERBOSE, Style.PLAIN, "waiting", rest);
            case NOT_READY -> console.event(VERBOSE, Style.PLAIN, "not ready", rest);
            case ATTACHED -> {
                if (attached.add(decision.device().generation())) {
                    console.event(NORMAL, Style.GOOD, "kept", kept(decision));
                }
            }
            case IN_PROGRESS, UNASSIGNED -> {}
        }
    }

    private String kept(Decision decision) {
        String guest = decision.assignment()
                .map(it -> " -> " + UntrustedText.of(it.guest()))
                .orElse("");
        String why = console.verbosity().shows(VERBOSE) ? ": " + decision.reason() : "";
        return " " + decision.device() + guest + ", attached already" + why;
    }

    private void attached(EngineEvent.Attached event) {
        PlanStep.Attach step = event.step();
        attached.add(step.device().generation());
        String port = event.attachment().port().orElse(step.port()).toString();
        did(Style.GOOD, "attached", step.device() + " -> " + step.guest() + " (" + port + ")", step, event.took());
    }

    private void did(Style style, String word, String what, PlanStep step, Duration took) {
        String how = console.verbosity().shows(VERBOSE) ? " in " + show(took) + ": " + step.reason() : "";
        console.event(NORMAL, style, word, " " + what + how);
    }

    /** What only has to wait for something is no failure to speak of, nor is a port that was taken. */
    private void failed(EngineEvent.StepFailed event) {
        String what = " to " + describe(event.step());
        Retry retry = event.cause().retry();
        if (retry == Retry.ON_CHANGE || retry == Retry.NOW) {
            console.event(
                    VERBOSE, Style.PLAIN, "not yet", what + ": " + event.cause().getMessage());
            return;
        }
        String next = event.retryIn()
                .map(delay -> "next try in " + show(delay))
                .orElse("not tried again before something changes");
        trouble(Style.ERROR, "failed", what, event.cause(), next);
        toldFailures.add(event.cause());
    }

    private void leftover(RepairNotice notice) {
        String what = " " + notice.where() + ": " + notice.what();
        switch (notice.outcome()) {
            case REPAIRED -> console.event(NORMAL, Style.GOOD, "repaired", what);
            case AWAITED ->
                console.event(VERBOSE, Style.PLAIN, "left over", what + "; looking again before it is cleared");
            case REPORTED -> console.trouble(Style.WARNING, "left over", what + "; not cleared, as asked");
            case FAILED ->
                notice.failure()
                        .ifPresent(cause -> trouble(Style.ERROR, "left over", what, cause, "tried again later"));
        }
    }

    private void guest(Style style, Guest guest, String what) {
        console.event(NORMAL, style, "guest", " " + guest + " " + what);
    }

    private void trouble(Style style, String word, String what, BackendException cause, String next) {
        console.trouble(style, word, what + ": " + cause.getMessage() + "; " + next);
        console.trace(cause);
    }

    private static String describe(PlanStep step) {
        if (step instanceof PlanStep.Attach attach) {
            return "attach " + attach.device() + " to " + attach.guest();
        }
        if (step instanceof PlanStep.Detach detach) {
            return "detach " + detach.device() + " from " + detach.guest();
        }
        if (step instanceof PlanStep.ClearStale clear) {
            return "clear " + clear.attachment() + " of " + clear.guest();
        }
        return "add a controller to " + step.guest();
    }

    private static String isThere(Guest guest) {
        return guest.state() == GuestState.UNKNOWN ? "is there, and does not answer" : "is up" + state(guest);
    }

    private static String state(Guest guest) {
        return guest.state() == GuestState.RUNNING
                ? ""
                : ", " + guest.state().name().toLowerCase(Locale.ROOT);
    }

    private static String show(Duration duration) {
        long millis = duration.toMillis();
        return millis < 10_000 ? millis + " ms" : duration.toSeconds() + " s";
    }
}
