package io.autousb.cli.console;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalTime;
import java.util.List;

/** A console whose lines a test reads. */
public final class CapturedConsole {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Console console;

    private CapturedConsole(boolean coloured) {
        console = new Console(channel(out, coloured), channel(err, coloured), () -> LocalTime.of(23, 4, 5, 67_000_000));
    }

    public static CapturedConsole plain() {
        return new CapturedConsole(false);
    }

    static CapturedConsole coloured() {
        return new CapturedConsole(true);
    }

    private static Console.Channel channel(ByteArrayOutputStream bytes, boolean coloured) {
        return new Console.Channel(new PrintStream(bytes, true, StandardCharsets.UTF_8), coloured);
    }

    public Console console() {
        return console;
    }

    public List<String> out() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    public List<String> err() {
        return err.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
