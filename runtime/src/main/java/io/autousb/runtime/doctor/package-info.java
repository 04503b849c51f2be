/** Looks for what would keep this program from its work here, for a person who asks. */
@NullMarked
package io.autousb.runtime.doctor;

import org.jspecify.annotations.NullMarked;
