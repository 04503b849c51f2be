package io.autousb.runtime.doctor;

import io.autousb.api.Finding;
import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.port.BackendException;
import io.autousb.runtime.catalogue.ProviderException;

/** Failures as findings. */
final class Failures {

    private static final String LOOK = "run it with -vv to see more";

    private Failures() {}

    static Finding finding(RuntimeException e) {
        if (e instanceof BackendException known) {
            return problem(known.what(), known.where(), known.remedy());
        }
        if (e instanceof ProviderException known) {
            return problem(known.what(), known.where(), known.remedy());
        }
        return Finding.problem(
                "failed unexpectedly", UntrustedText.of(e.toString()), "this is a defect of the adapter; report it");
    }

    private static Finding problem(String what, String where, String remedy) {
        return Finding.problem(what, where, remedy.isEmpty() ? LOOK : remedy);
    }
}
