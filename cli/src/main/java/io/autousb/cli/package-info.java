/** The program's entry points. */
@NullMarked
package io.autousb.cli;

import org.jspecify.annotations.NullMarked;
