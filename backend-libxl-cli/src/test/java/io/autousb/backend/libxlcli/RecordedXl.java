package io.autousb.backend.libxlcli;

import io.autousb.api.CommandOutcome;
import io.autousb.api.CommandOutput;
import io.autousb.api.CommandResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** What a real {@code xl} of Xen 4.17.7 answered; {@code recorded/xen-4.17.7/README.md} says the format. */
final class RecordedXl {

    private static final int STOPPED = 124;
    private static final int SIGNAL_BASE = 128;

    private RecordedXl() {}

    static CommandResult read(String call) {
        String text = text("/recorded/xen-4.17.7/xl/" + call + ".txt");
        int code = Integer.parseInt(text.replaceFirst("(?s).*?\nexit (\\d+)\n.*", "$1"));
        int stdout = text.indexOf("--- stdout\n");
        int stderr = text.indexOf("--- stderr\n");
        return new CommandResult(
                outcome(code),
                output(text.substring(stdout + "--- stdout\n".length(), stderr)),
                output(text.substring(stderr + "--- stderr\n".length())));
    }

    private static CommandOutcome outcome(int code) {
        if (code == STOPPED) {
            return CommandOutcome.TIMED_OUT;
        }
        return code > SIGNAL_BASE ? CommandOutcome.signalled(code - SIGNAL_BASE) : CommandOutcome.exited(code);
    }

    private static CommandOutput output(String text) {
        return CommandOutput.of(text.getBytes(StandardCharsets.UTF_8), false);
    }

    private static String text(String resource) {
        try (InputStream in = RecordedXl.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("not recorded: " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
