package io.autousb.runtime.catalogue;

import io.autousb.api.Command;
import io.autousb.api.CommandRunner;
import io.autousb.api.RunningCommand;
import java.util.Iterator;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * What runs programs, as it is installed: named in {@code META-INF/services} of some jar, like an adapter.
 * It is looked for when the first program is to be run, as most adapters run none.
 */
public final class InstalledCommandRunner implements CommandRunner {

    private final ClassLoader loader;
    private @Nullable CommandRunner found;

    /**
     * Looks for nothing yet.
     *
     * @param loader whose class path to search
     */
    public InstalledCommandRunner(ClassLoader loader) {
        this.loader = loader;
    }

    @Override
    public RunningCommand start(Command command) {
        return found().start(command);
    }

    private synchronized CommandRunner found() {
        CommandRunner known = found;
        if (known == null) {
            known = find();
            found = known;
        }
        return known;
    }

    private CommandRunner find() {
        try {
            Iterator<CommandRunner> all =
                    ServiceLoader.load(CommandRunner.class, loader).iterator();
            return all.hasNext() ? all.next() : CommandRunner.none("nothing that runs programs is installed");
        } catch (ServiceConfigurationError | LinkageError e) {
            return CommandRunner.none(
                    "what runs programs is broken: " + Defect.describe(e.getCause() == null ? e : e.getCause()));
        }
    }
}
