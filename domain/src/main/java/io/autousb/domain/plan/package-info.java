/**
 * From what is and what should be to what to do next: a pure function. No I/O, no clock, no threads.
 */
@NullMarked
package io.autousb.domain.plan;

import org.jspecify.annotations.NullMarked;
