package io.autousb.cli.console;

/** Tells when the program is asked to end: by Ctrl-C, by SIGTERM. */
@FunctionalInterface
public interface ShutdownHooks {

    /** The hooks of the Java virtual machine. */
    ShutdownHooks JVM = hook -> {
        Thread thread = new Thread(hook, "autousb-shutdown");
        Runtime.getRuntime().addShutdownHook(thread);
        return () -> {
            try {
                Runtime.getRuntime().removeShutdownHook(thread);
            } catch (IllegalStateException e) {
                // It is running already.
            }
        };
    };

    /**
     * Has something run when the program is asked to end. The program ends when it has returned.
     *
     * @param hook what to run, on a thread of its own
     * @return what takes the hook away again
     */
    Registration register(Runnable hook);

    /** A hook that is in place. */
    @FunctionalInterface
    interface Registration extends AutoCloseable {
        /** Takes the hook away, if it is not running yet. */
        @Override
        void close();
    }
}
