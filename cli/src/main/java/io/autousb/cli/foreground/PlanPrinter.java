package io.autousb.cli.foreground;

import io.autousb.cli.console.Console;
import io.autousb.domain.plan.Decision;
import io.autousb.domain.plan.Plan;
import java.util.Locale;

/** Prints what would be done. */
final class PlanPrinter {

    private final Console console;

    PlanPrinter(Console console) {
        this.console = console;
    }

    void print(Plan plan) {
        plan.steps().forEach(step -> console.data("would " + step));
        for (Decision decision : plan.decisions()) {
            switch (decision.status()) {
                case ATTACHED, WAITING, BLOCKED, NOT_READY ->
                    console.data(word(decision.status()) + " " + decision.device() + ": " + decision.reason());
                // In progress means that one of the steps is about it.
                case IN_PROGRESS, UNASSIGNED -> {}
            }
        }
        if (plan.steps().isEmpty()) {
            console.data("nothing to do");
        }
    }

    private static String word(Decision.Status status) {
        return status.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
