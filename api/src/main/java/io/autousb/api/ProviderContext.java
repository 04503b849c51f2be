package io.autousb.api;

import io.autousb.domain.port.MonotonicClock;
import io.autousb.domain.port.Scheduler;
import java.nio.file.Path;

/**
 * What the core lends to adapters, so that tests can lend something else.
 *
 * @param clock the time
 * @param scheduler for tasks that run later
 * @param root the root folder below which {@code /sys}, {@code /proc}, {@code /dev} and {@code /run} are
 *     looked for; {@code /} on a real host
 */
public record ProviderContext(MonotonicClock clock, Scheduler scheduler, Path root) {}
