/** The directions and names that the modules keep, and a small world that breaks each of them. */
@NullMarked
package io.autousb.architecture;

import org.jspecify.annotations.NullMarked;
