/**
 * The ways to a guest's device model: the monitor that libxl shares with whoever takes its lock, and one that the
 * administrator has given the guest for this.
 */
@NullMarked
package io.autousb.xen.monitor;

import org.jspecify.annotations.NullMarked;
