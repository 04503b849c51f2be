/** The device source {@code udev}: woken by the kernel's and udev's uevents, informed by sysfs. */
@NullMarked
package io.autousb.backend.udev;

import org.jspecify.annotations.NullMarked;
