package io.autousb.cli.console;

import io.autousb.cli.console.Console.Channel;
import io.autousb.runtime.catalogue.ProviderSource;
import io.autousb.runtime.catalogue.ServiceLoaderSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.util.List;

/**
 * What the program finds around it, so that tests can put something else there.
 *
 * @param console where it speaks
 * @param providers where adapters come from that belong to the program
 * @param plugins the folders in which there may be others
 * @param root the root folder of the host
 * @param hooks what tells that it is to end
 */
public record Environment(
        Console console, ProviderSource providers, List<Path> plugins, Path root, ShutdownHooks hooks) {

    /** The property in which the launcher tells where the program is installed. */
    private static final String HOME = "autousb.home";

    /** Copies the list. */
    public Environment {
        plugins = List.copyOf(plugins);
    }

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
        return new Environment(console, providers, pluginFolders(), Path.of("/"), ShutdownHooks.JVM);
    }

    /** Beside the program, if it was started by its launcher. */
    private static List<Path> pluginFolders() {
        String home = System.getProperty(HOME);
        return home == null ? List.of() : List.of(Path.of(home, "plugins"));
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
