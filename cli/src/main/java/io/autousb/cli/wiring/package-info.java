/** Puts the program together. Guice is known here only, and calls constructors. */
@NullMarked
package io.autousb.cli.wiring;

import org.jspecify.annotations.NullMarked;
