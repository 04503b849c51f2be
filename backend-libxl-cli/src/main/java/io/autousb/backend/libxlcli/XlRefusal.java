package io.autousb.backend.libxlcli;

import io.autousb.api.CommandOutcome;
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
        return switch (outcome.kind()) {
            case EXITED -> {
                String stderr = result.stderr().raw();
                String said = stderr.isBlank() ? "exit code " + outcome.code() : '"' + gist(stderr) + '"';
                yield new XlRefusal(XlCause.of(stderr), said);
            }
            case SIGNALLED -> new XlRefusal(XlCause.CUT_OFF, "it was ended by signal " + outcome.code());
            case TIMED_OUT -> new XlRefusal(XlCause.CUT_OFF, "it did not end, and was made to");
            case CANCELLED -> new XlRefusal(XlCause.CUT_OFF, "it was ended together with this program");
            case NOT_STARTED -> new XlRefusal(XlCause.NOT_STARTED, outcome.reason());
        };
    }

    /** The first line, which is the cause; those after it say only what could not be done for it. */
    private static String gist(String stderr) {
        String line = stderr.lines().filter(each -> !each.isBlank()).findFirst().orElse("");
        Matcher match = LOG_LINE.matcher(line);
        return UntrustedText.of((match.matches() ? match.group(1) : line).strip())
                .toString();
    }
}
