package io.autousb.backend.libxlcli;

import io.autousb.api.CommandOutcome;
import io.autousb.api.CommandOutcome.Cancelled;
import io.autousb.api.CommandOutcome.Exited;
import io.autousb.api.CommandOutcome.NotStarted;
import io.autousb.api.CommandOutcome.Signalled;
import io.autousb.api.CommandOutcome.TimedOut;
import io.autousb.api.CommandResult;
import io.autousb.domain.model.UntrustedText;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * That {@code xl} did not succeed. Pure.
 *
 * @param cause why
 * @param said what it said about it, or how it ended, safe to print
 */
record XlRefusal(XlCause cause, String said) {

    /** {@code libxl: error: <file>:<line>:<function>: Domain <n>:<text>} ({@code libxl_internal.c}, {@code libxl__logv}). */
    private static final Pattern LOG_LINE =
            Pattern.compile("libxl: error: [^ :]+:[0-9]+:[^ :]+: (?:Domain [0-9]+:)?(.*)");

    /**
     * Reads how a run ended that was no success.
     *
     * @param result how it ended
     * @return the refusal
     */
    static XlRefusal of(CommandResult result) {
        CommandOutcome outcome = result.outcome();
        if (outcome instanceof Exited exited) {
            String stderr = result.stderr().raw();
            return new XlRefusal(
                    XlCause.of(stderr), stderr.isBlank() ? "exit code " + exited.code() : '"' + gist(stderr) + '"');
        } else if (outcome instanceof Signalled signalled) {
            return new XlRefusal(XlCause.CUT_OFF, "it was ended by signal " + signalled.signal());
        } else if (outcome instanceof TimedOut) {
            return new XlRefusal(XlCause.CUT_OFF, "it did not end, and was made to");
        } else if (outcome instanceof Cancelled) {
            return new XlRefusal(XlCause.CUT_OFF, "it was ended together with this program");
        } else if (outcome instanceof NotStarted notStarted) {
            return new XlRefusal(XlCause.NOT_STARTED, notStarted.reason());
        }
        throw new IllegalArgumentException("no outcome: " + outcome);
    }

    /** The first line, which is the cause; those after it say only what could not be done for it. */
    private static String gist(String stderr) {
        String line = stderr.lines().filter(each -> !each.isBlank()).findFirst().orElse("");
        Matcher match = LOG_LINE.matcher(line);
        return UntrustedText.of((match.matches() ? match.group(1) : line).strip())
                .toString();
    }
}
