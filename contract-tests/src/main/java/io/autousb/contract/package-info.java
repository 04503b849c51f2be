/**
 * The rules that every adapter passes, as tests to extend. {@code docs/spec.md} lists them by number.
 *
 * <p>An adopter extends a contract and implements its one method, which gives a fixture: the adapter
 * plus the world around it (plug, unplug, start a guest, hang it). What the adapter or its fixture does
 * not support is declared as a capability; the rules that need it are then reported as skipped by that
 * name, or expect {@link io.autousb.domain.port.BackendException#UNSUPPORTED}.
 */
@NullMarked
@ApiStatus(value = ApiStatus.Level.STABLE, since = "0.1")
package io.autousb.contract;

import io.autousb.domain.ApiStatus;
import org.jspecify.annotations.NullMarked;
