package io.autousb.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.autousb.domain.port.BackendException;
import java.util.regex.Pattern;

/** Looks at how a call fails. */
final class Failures {

    private static final Pattern PRINTABLE = Pattern.compile("[ -~]*");

    private Failures() {}

    /** Runs a call that has to fail in the way all adapters fail: with one line that is safe to print. */
    static BackendException of(Runnable call) {
        try {
            call.run();
        } catch (BackendException e) {
            assertThat(e.what()).as("what failed").isNotBlank().matches(PRINTABLE);
            assertThat(e.where()).as("where it failed").matches(PRINTABLE);
            assertThat(e.remedy()).as("the remedy").matches(PRINTABLE);
            return e;
        } catch (RuntimeException e) {
            return fail("failures are BackendExceptions", e);
        }
        return fail("the call succeeded, but has to fail");
    }

    /** Runs a call that has to fail with a certain code. */
    static BackendException of(String code, Runnable call) {
        BackendException failure = of(call);
        if (!failure.is(code)) {
            fail("the call failed with '" + failure.code() + "', but has to fail with '" + code + "'", failure);
        }
        return failure;
    }
}
