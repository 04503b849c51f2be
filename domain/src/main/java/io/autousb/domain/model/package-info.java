/**
 * What there is: host ports and devices, guests and their virtual ports.
 *
 * <p>Unprefixed names mean the host; what belongs to a guest says so. Values are immutable and
 * validated when made, so that whoever holds one may rely on it.
 */
@NullMarked
package io.autousb.domain.model;

import org.jspecify.annotations.NullMarked;
