/**
 * A session with QEMU's monitor: greeting, ids, events, deadlines; and what QEMU's arguments say of its
 * monitors. Knows nothing of USB.
 *
 * <p>Whatever QEMU says is hostile input: lines and nesting are bounded, and a session that breaks the
 * protocol is dropped.
 */
@NullMarked
package io.autousb.qmp;

import org.jspecify.annotations.NullMarked;
