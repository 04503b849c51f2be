/**
 * The ledger that libxl keeps in xenstore of a guest's USB controllers and of what is on their ports, kept so
 * that libxl and this program can both go on from what the other one did.
 *
 * <p>Sources: xen {@code tools/libs/light/libxl_usb.c} and {@code libxl_device.c}.
 */
@NullMarked
package io.autousb.xen.vusb;

import org.jspecify.annotations.NullMarked;
