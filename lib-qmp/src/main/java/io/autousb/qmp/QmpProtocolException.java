package io.autousb.qmp;

import java.io.IOException;

/** What came is not QMP. The message is safe to print. */
final class QmpProtocolException extends IOException {

    private static final long serialVersionUID = 1L;

    QmpProtocolException(String message) {
        super(message);
    }
}
