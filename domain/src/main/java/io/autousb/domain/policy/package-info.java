/** What should be: who gets which device, and why. Pure. */
@NullMarked
package io.autousb.domain.policy;

import org.jspecify.annotations.NullMarked;
