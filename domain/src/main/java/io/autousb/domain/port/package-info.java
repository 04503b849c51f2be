/**
 * What the core needs from the world. Adapters implement these interfaces; the core calls them.
 *
 * <p>Common to all: a call returns or fails by the timeout it was given, without relying on thread
 * interruption. Failures are {@link io.autousb.domain.port.BackendException}s, never other exceptions.
 * Listeners are told that something may have changed, never what: the core looks again.
 */
@NullMarked
@ApiStatus(value = ApiStatus.Level.STABLE, since = "0.1")
package io.autousb.domain.port;

import io.autousb.domain.ApiStatus;
import org.jspecify.annotations.NullMarked;
