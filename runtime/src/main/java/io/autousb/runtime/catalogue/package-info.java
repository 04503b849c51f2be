/**
 * Finds the adapters that are installed, chooses among them and makes them.
 *
 * <p>A provider is code from elsewhere: whatever it throws rules that provider out, and is told.
 */
@NullMarked
package io.autousb.runtime.catalogue;

import org.jspecify.annotations.NullMarked;
