package io.autousb.runtime.doctor;

import io.autousb.api.Finding;
import io.autousb.api.Finding.Level;

/**
 * A finding, and whom it concerns.
 *
 * @param subject what was examined: {@code device source udev}, {@code hypervisor qmp}, {@code guest windows}
 * @param finding what was found
 */
public record Diagnosis(String subject, Finding finding) {

    /**
     * Whether something has to be done before the program can work.
     *
     * @return true for a problem
     */
    public boolean isProblem() {
        return finding.level() == Level.PROBLEM;
    }
}
