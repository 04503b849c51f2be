/** The hypervisor {@code xl}: guests of Xen, by Xen's own program. */
@NullMarked
package io.autousb.backend.libxlcli;

import org.jspecify.annotations.NullMarked;
