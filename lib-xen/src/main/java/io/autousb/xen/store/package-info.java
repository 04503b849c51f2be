/**
 * xenstore, by its wire protocol: reads, writes, transactions and watches, over a connection that
 * comes back by itself. Knows nothing of guests or USB.
 *
 * <p>Names and values come from guests as well as from the toolstack: names are checked when they come
 * in, values are not and go to people as {@link io.autousb.domain.model.UntrustedText} only.
 *
 * <p>All calls end by the deadline they are given, without being interrupted. Failures are {@link
 * io.autousb.domain.port.BackendException}s: see {@link io.autousb.xen.store.Xenstore}.
 */
@NullMarked
package io.autousb.xen.store;

import org.jspecify.annotations.NullMarked;
