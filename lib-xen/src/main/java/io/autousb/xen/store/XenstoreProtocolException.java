package io.autousb.xen.store;

import java.io.IOException;

/** What came is not xenstore's protocol. The message is safe to print. */
final class XenstoreProtocolException extends IOException {

    private static final long serialVersionUID = 1L;

    XenstoreProtocolException(String message) {
        super(message);
    }
}
