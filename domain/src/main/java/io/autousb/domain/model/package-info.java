/**
 * What there is: host ports and devices, guests and their virtual ports.
 *
 * <p>Unprefixed names mean the host; what belongs to a guest says so. Values are immutable and
 * validated when made, so that whoever holds one may rely on it.
 */
@NullMarked
@ApiStatus(value = ApiStatus.Level.STABLE, since = "0.1")
package io.autousb.domain.model;

import io.autousb.domain.ApiStatus;
import org.jspecify.annotations.NullMarked;
