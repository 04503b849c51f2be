package io.autousb.architecture.planted.qmp;

import jnr.unixsocket.UnixSocketAddress;

/** Breaks JNR_IS_FOR_LINUX. */
public record SessionUsesJnr(UnixSocketAddress address) {}
