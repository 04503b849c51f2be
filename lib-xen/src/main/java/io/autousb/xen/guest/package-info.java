/**
 * The guests of a Xen host as xenstore shows them: which there are, what serves their devices, and what
 * becomes of them. Knows nothing of USB.
 *
 * <p>What is said of libxl is from xen {@code tools/libs/light}, of the same behaviour from Xen 4.8 to
 * 4.22 unless a version is named.
 */
@NullMarked
package io.autousb.xen.guest;

import org.jspecify.annotations.NullMarked;
