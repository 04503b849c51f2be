/** State store {@code xenstore}: nodes of Xen's control domain, that live as long as xenstored. */
@NullMarked
package io.autousb.backend.xenstore;

import org.jspecify.annotations.NullMarked;
