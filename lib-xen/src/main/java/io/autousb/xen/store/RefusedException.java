package io.autousb.xen.store;

import io.autousb.domain.model.UntrustedText;

/** xenstored's own answer that it did not do what was asked. The connection goes on. */
final class RefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Errno errno;

    RefusedException(Request request, String name) {
        super(request + ": " + UntrustedText.of(name));
        this.errno = Errno.of(name);
    }

    boolean is(Errno other) {
        return errno == other;
    }

    Errno errno() {
        return errno;
    }
}
