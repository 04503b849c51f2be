/**
 * One guest, served until it or the user ends it: the original's form of the program. Knows no command
 * line and no wiring, so that a daemon can use what it needs of it.
 */
@NullMarked
package io.autousb.cli.foreground;

import org.jspecify.annotations.NullMarked;
