package io.autousb.api;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What all entry points of adapters have in common. Has a public constructor without parameters that
 * does nothing. Thread-safe; what any method throws is reported and only rules this provider out.
 */
public interface Provider {

    /**
     * The adapter's name: the value of {@code --device-source} or {@code --hypervisor}, and its key in
     * the configuration.
     *
     * @return letters, digits and hyphens in lower case, beginning with a letter; always the same
     */
    String name();

    /**
     * What the adapter is, for the list of backends.
     *
     * @return a few words without a full stop
     */
    String description();

    /**
     * The options it understands. The core checks what the user wrote against them.
     *
     * @return the declarations; always the same
     */
    default List<Option> options() {
        return List.of();
    }

    /**
     * Whether the adapter could work here. Has no side effects, does not block for longer than a local
     * file access, and may be called often.
     *
     * @param context what the core lends
     * @return available, or why not and what to do
     */
    Availability probe(ProviderContext context);

    /**
     * Looks for what would keep the adapter from its work here, beyond what {@link #probe} says, and for what is
     * in danger by it. Called where the adapter is available. Changes nothing, and is done by the timeout.
     *
     * @param context what the core lends
     * @param guests the names of the guests to look at; none for all that there are
     * @param timeout how long it may take
     * @return what was found, good or bad, in the order in which a person would look; by default nothing
     */
    default List<Finding> examine(ProviderContext context, Set<String> guests, Duration timeout) {
        return List.of();
    }

    /**
     * Which one to choose when the user names none: the highest of those that are available. Two of the
     * same height are an error that the user has to settle.
     *
     * @return any number; the project's own are between 0 and 100
     */
    int priority();
}
