/** Looks for what would keep Xen's adapters from their work, for a person who asks. */
@NullMarked
package io.autousb.xen.doctor;

import org.jspecify.annotations.NullMarked;
