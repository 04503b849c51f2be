/** What all adapters for Xen begin with: whether there is a Xen here, its guests, its xenstore, and what is kept there. */
@NullMarked
package io.autousb.xen.host;

import org.jspecify.annotations.NullMarked;
