/** The hypervisor {@code qmp}: plain QEMU, with or without KVM, through its monitor. */
@NullMarked
package io.autousb.backend.qmp;

import org.jspecify.annotations.NullMarked;
