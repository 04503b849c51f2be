/** State store {@code file}: a file that is replaced as a whole, and survives whatever ends the program. */
@NullMarked
package io.autousb.backend.file;

import org.jspecify.annotations.NullMarked;
