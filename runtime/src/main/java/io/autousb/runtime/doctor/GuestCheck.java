package io.autousb.runtime.doctor;

import io.autousb.api.Finding;
import io.autousb.api.HypervisorProvider;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.port.GuestListener;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import io.autousb.runtime.Timings;
import io.autousb.runtime.catalogue.Candidate;
import io.autousb.runtime.catalogue.ProviderCatalogue;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/** Looks for guests in the way that serving them does, and inspects them. */
final class GuestCheck {

    private final ProviderCatalogue catalogue;
    private final Timings timings;

    GuestCheck(ProviderCatalogue catalogue, Timings timings) {
        this.catalogue = catalogue;
        this.timings = timings;
    }

    void examine(List<Candidate<HypervisorProvider>> chosen, List<String> names, Consumer<Diagnosis> tell) {
        Set<String> missing = new LinkedHashSet<>(names);
        boolean allAnswered = true;
        for (Candidate<HypervisorProvider> each : chosen) {
            List<GuestSpec> specs = missing.stream()
                    .map(name -> catalogue.guestSpecs(chosen, name, Map.of()).get(each.name()))
                    .map(Objects::requireNonNull)
                    .toList();
            allAnswered &= examine(each, specs, missing, tell);
        }
        for (String name : missing) {
            if (allAnswered) {
                tell.accept(new Diagnosis(
                        subject(name),
                        Finding.warning(
                                "is not running, or is called otherwise",
                                "",
                                "start it, and give the name that its hypervisor knows it by")));
            }
        }
    }

    private boolean examine(
            Candidate<HypervisorProvider> candidate,
            List<GuestSpec> specs,
            Set<String> missing,
            Consumer<Diagnosis> tell) {
        try (Hypervisor hypervisor = catalogue.createHypervisor(candidate, Map.of())) {
            hypervisor.configure(specs);
            hypervisor.subscribe(new Deaf());
            for (Guest guest : new ArrayList<>(hypervisor.guests(timings.list()))) {
                missing.remove(guest.name());
                tell.accept(new Diagnosis(subject(guest.name()), inspect(hypervisor, guest, candidate.name())));
            }
            return true;
        } catch (RuntimeException e) {
            tell.accept(new Diagnosis("hypervisor " + candidate.name(), Failures.finding(e)));
            return false;
        }
    }

    private Finding inspect(Hypervisor hypervisor, Guest guest, String by) {
        try {
            GuestInspection seen = hypervisor.inspect(guest, timings.inspect());
            long free = seen.controllers().stream()
                    .map(GuestController::ports)
                    .flatMap(List::stream)
                    .filter(GuestPort::free)
                    .count();
            return Finding.ok(
                    "answers to " + by + ", with " + count(seen.controllers().size(), "USB controller") + " and "
                            + count(free, "free port"),
                    "");
        } catch (RuntimeException e) {
            return Failures.finding(e);
        }
    }

    private static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static String subject(String guest) {
        return "guest " + UntrustedText.of(guest);
    }

    /** Somebody who looks once needs no hints. */
    private static final class Deaf implements GuestListener {
        @Override
        public void guestsChanged() {
            // It is looked at once only.
        }

        @Override
        public void attachmentsChanged(GuestId guest) {
            // It is looked at once only.
        }
    }
}
