/**
 * What the author of an adapter implements so that it is found, configured and chosen.
 *
 * <p>An adapter's jar names its providers in {@code META-INF/services}. The core finds them with {@link
 * java.util.ServiceLoader}, validates their options, asks whether they can work here, and creates the
 * adapters of those that are chosen.
 */
@NullMarked
@ApiStatus(value = ApiStatus.Level.STABLE, since = "0.1")
package io.autousb.api;

import io.autousb.domain.ApiStatus;
import org.jspecify.annotations.NullMarked;
