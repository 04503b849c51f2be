package io.autousb.runtime;

import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.port.BackendException;

/** What the core expects of adapters that break their contract: anything. */
public final class Adapters {

    private Adapters() {}

    /** That a call should have come back by now. */
    static BackendException overdue(String doing) {
        return BackendException.of(BackendException.TIMEOUT, doing + " does not come back")
                .remedy("nothing more is asked before it does")
                .build();
    }

    /**
     * The failure as it is, or a bug of the adapter in its clothes.
     *
     * @param e what an adapter threw
     * @param doing what it was asked to do
     * @return a failure of which the core knows what to do about it
     */
    public static BackendException asBackendException(Throwable e, String doing) {
        return e instanceof BackendException known
                ? known
                : BackendException.of("internal", doing + " failed unexpectedly")
                        .where(UntrustedText.of(e.toString()))
                        .remedy("this is a defect of the adapter; please report it")
                        .cause(e)
                        .build();
    }
}
