package io.autousb.cli.console;

import io.autousb.cli.console.Console.Channel;
import io.autousb.runtime.catalogue.ProviderSource;
import io.autousb.runtime.catalogue.ServiceLoaderSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;

/**
 * What the program finds around it, so that tests can put something else there.
 *
 * @param console where it speaks
 * @param providers where adapters come from
 * @param root the root folder of the host
 * @param hooks what tells that it is to end
 */
public record Environment(Console console, ProviderSource providers, Path root, ShutdownHooks hooks) {

    /**
     * What is around a real process.
     *
     * @return the process's streams, class path and signals
     */
    public static Environment ofProcess() {
        boolean colours = System.getenv("NO_COLOR") == null && !"dumb".equals(System.getenv("TERM"));
        Console console = new Console(
                new Channel(System.out, colours && isTerminal(1)),
                new Channel(System.err, colours && isTerminal(2)),
                LocalTime::now);
        ProviderSource providers = new ServiceLoaderSource(Environment.class.getClassLoader());
        return new Environment(console, providers, Path.of("/"), ShutdownHooks.JVM);
    }

    /** By the descriptor itself: {@code System.console()} knows only whether both are terminals. */
    private static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
