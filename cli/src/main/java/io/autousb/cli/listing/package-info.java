/** Shows what is plugged in and which backends there are, to people and to programs. */
@NullMarked
package io.autousb.cli.listing;

import org.jspecify.annotations.NullMarked;
