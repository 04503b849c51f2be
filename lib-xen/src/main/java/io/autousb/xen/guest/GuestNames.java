package io.autousb.xen.guest;

import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.GuestSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Checks how guests are asked for. Pure. */
final class GuestNames {

    private static final Set<String> CONTROL_DOMAIN = Set.of("0", "Domain-0");

    private GuestNames() {}

    static boolean isDomid(String name) {
        return name.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** Fails with {@code INVALID} if they cannot be right. */
    static void check(List<GuestSpec> specs) {
        Set<String> names = new HashSet<>();
        for (GuestSpec spec : specs) {
            if (CONTROL_DOMAIN.contains(spec.name())) {
                throw invalid(spec, "the control domain is no guest: it has the devices already", "name a guest");
            }
            if (isDomid(spec.name())
                    && (spec.name().startsWith("0") || spec.name().length() > 5)) {
                throw invalid(spec, "no domain has this number", "write the number that xl list shows");
            }
            if (!names.add(spec.name())) {
                throw invalid(spec, "the guest is named twice", "name it once");
            }
        }
    }

    private static BackendException invalid(GuestSpec spec, String what, String remedy) {
        return BackendException.of(BackendException.INVALID, what)
                .where("guest " + UntrustedText.of(spec.name()))
                .remedy(remedy)
                .retry(BackendException.Retry.NEVER)
                .build();
    }
}
