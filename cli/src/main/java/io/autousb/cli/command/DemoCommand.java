package io.autousb.cli.command;

import io.autousb.cli.console.Console;
import io.autousb.cli.demo.Demo;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows the program at work. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Show it at work in a simulated world: some 15 seconds, nothing real is touched.")
public final class DemoCommand implements Callable<Integer> {

    private final Demo demo;
    private final Console console;

    @Mixin
    private final TalkOptions talk = new TalkOptions();

    /**
     * Makes the command.
     *
     * @param demo what it shows
     * @param console where to speak
     */
    public DemoCommand(Demo demo, Console console) {
        this.demo = demo;
        this.console = console;
    }

    @Override
    public Integer call() {
        talk.apply(console);
        return demo.run();
    }
}
