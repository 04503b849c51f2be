/**
 * Finds and cures what is left over in xenstore and in device models when a device vanished, a program died or
 * libxl failed half-way: in any domain, because a single dead port keeps {@code xl usbdev-attach} from working for
 * all of them.
 */
@NullMarked
package io.autousb.xen.repair;

import org.jspecify.annotations.NullMarked;
