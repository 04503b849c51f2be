/**
 * What adapters on Linux share: sysfs, the kernel's uevents, unix sockets, file locks and child
 * processes, all with deadlines. No public API: only this project's own adapters build on it.
 */
@NullMarked
package io.autousb.linux;

import org.jspecify.annotations.NullMarked;
