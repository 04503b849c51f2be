package io.autousb.api;

import io.autousb.domain.port.Scheduler;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * What the core lends to adapters, so that tests can lend something else.
 *
 * @param clock the time in nanoseconds since some fixed point, which only moves forward: only differences mean something.
 *     Thread-safe
 * @param scheduler for tasks that run later
 * @param root the root folder below which {@code /sys}, {@code /proc}, {@code /dev}, {@code /run} and
 *     {@code /var} are looked for; {@code /} on a real host
 * @param commands runs programs
 */
public record ProviderContext(LongSupplier clock, Scheduler scheduler, Path root, CommandRunner commands) {

    /**
     * The same on another host.
     *
     * @param other the root folder
     * @return a context with that root folder and all else as it is
     */
    public ProviderContext withRoot(Path other) {
        return new ProviderContext(clock, scheduler, other, commands);
    }
}
