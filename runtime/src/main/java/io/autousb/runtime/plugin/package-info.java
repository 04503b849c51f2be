/** Adapters that are dropped into a folder, each with a class loader of its own. */
@NullMarked
package io.autousb.runtime.plugin;

import org.jspecify.annotations.NullMarked;
