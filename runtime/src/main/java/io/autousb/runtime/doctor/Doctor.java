package io.autousb.runtime.doctor;

import io.autousb.api.Availability;
import io.autousb.api.DeviceSourceProvider;
import io.autousb.api.Finding;
import io.autousb.api.HypervisorProvider;
import io.autousb.api.Provider;
import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DeviceSource;
import io.autousb.runtime.Timings;
import io.autousb.runtime.catalogue.Candidate;
import io.autousb.runtime.catalogue.Candidates;
import io.autousb.runtime.catalogue.Defect;
import io.autousb.runtime.catalogue.ProviderCatalogue;
import io.autousb.runtime.catalogue.ProviderException;
import io.autousb.runtime.catalogue.ProviderKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Looks at all that serving guests needs, as serving them would choose it, and asks the providers what else they
 * know. Changes nothing.
 */
public final class Doctor {

    private static final Duration EXAMINATION = Duration.ofSeconds(30);
    private static final String HOST = "host";

    private final ProviderCatalogue catalogue;
    private final Timings timings;

    /**
     * Makes a doctor.
     *
     * @param catalogue where backends come from
     * @param timings how long they may take
     */
    public Doctor(ProviderCatalogue catalogue, Timings timings) {
        this.catalogue = catalogue;
        this.timings = timings;
    }

    /**
     * Examines this host.
     *
     * @param request what to look at
     * @param tell is told each diagnosis as soon as it is made
     */
    public void examine(DoctorRequest request, Consumer<Diagnosis> tell) {
        for (Defect broken : catalogue.broken()) {
            tell.accept(new Diagnosis(
                    "plugin", Finding.warning("cannot be used, " + broken.what(), broken.where(), "or remove it")));
        }
        sources(request, tell);
        hypervisors(request, tell);
    }

    private void sources(DoctorRequest request, Consumer<Diagnosis> tell) {
        Candidates<DeviceSourceProvider> candidates = catalogue.candidates(ProviderKind.DEVICE_SOURCE);
        List<Candidate<DeviceSourceProvider>> chosen = chosen(
                candidates,
                () -> List.of(
                        catalogue.choose(candidates, request.deviceSource().orElse(null))),
                tell);
        for (Candidate<DeviceSourceProvider> each : chosen) {
            examine(candidates.kind(), each, request, tell);
            host(each).forEach(finding -> tell.accept(new Diagnosis(HOST, finding)));
        }
    }

    private void hypervisors(DoctorRequest request, Consumer<Diagnosis> tell) {
        Candidates<HypervisorProvider> candidates = catalogue.candidates(ProviderKind.HYPERVISOR);
        List<Candidate<HypervisorProvider>> chosen = chosen(
                candidates,
                () -> catalogue.chooseHypervisors(request.hypervisor().orElse(null)),
                tell);
        // Those of one platform look at the same things.
        Set<Finding> told = new HashSet<>();
        for (Candidate<HypervisorProvider> each : chosen) {
            examine(candidates.kind(), each, request, diagnosis -> {
                if (told.add(diagnosis.finding())) {
                    tell.accept(diagnosis);
                }
            });
        }
        if (!chosen.isEmpty() && !request.guests().isEmpty()) {
            new GuestCheck(catalogue, timings).examine(chosen, request.guests(), tell);
        }
    }

    /** What would be used; else why none can. */
    private <P extends Provider> List<Candidate<P>> chosen(
            Candidates<P> candidates, Supplier<List<Candidate<P>>> choice, Consumer<Diagnosis> tell) {
        String kind = candidates.kind().label();
        candidates
                .broken()
                .forEach(broken -> tell.accept(new Diagnosis(
                        kind,
                        Finding.warning("is broken, " + broken.what(), broken.where(), "report it to its author"))));
        List<Candidate<P>> chosen;
        try {
            chosen = choice.get();
        } catch (ProviderException e) {
            tell.accept(new Diagnosis(
                    kind, Finding.problem(e.what(), e.where(), e.remedy().isEmpty() ? "see backends" : e.remedy())));
            return List.of();
        }
        int height = chosen.get(0).priority();
        candidates.list().stream()
                .filter(better -> better.priority() > height)
                .forEach(better -> passedOver(kind, better, tell));
        chosen.forEach(each -> tell.accept(new Diagnosis(kind + " " + each.name(), Finding.ok("can be used", ""))));
        return chosen;
    }

    /** One that would be better is no trouble here, but it may be what the user looks for. */
    private void passedOver(String kind, Candidate<?> better, Consumer<Diagnosis> tell) {
        Availability no = better.probe(catalogue.context());
        if (!no.isAvailable()) {
            String what =
                    "is not for this host: " + UntrustedText.of(no.reason()) + "; " + UntrustedText.of(no.remedy());
            tell.accept(new Diagnosis(kind + " " + better.name(), Finding.ok(what, "")));
        }
    }

    private void examine(
            ProviderKind<?> kind, Candidate<?> candidate, DoctorRequest request, Consumer<Diagnosis> tell) {
        candidate
                .examine(catalogue.context(), Set.copyOf(request.guests()), EXAMINATION)
                .forEach(finding -> tell.accept(new Diagnosis(kind.label() + " " + candidate.name(), finding)));
    }

    private List<Finding> host(Candidate<DeviceSourceProvider> choice) {
        try (DeviceSource source = catalogue.createDeviceSource(choice, Map.of())) {
            source.subscribe(() -> {});
            return host(source.snapshot(timings.snapshot()));
        } catch (BackendException | ProviderException e) {
            return List.of(Failures.finding(e));
        }
    }

    private static List<Finding> host(HostTopology topology) {
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.ok("its USB devices can be read", ""));
        int controllers = topology.controllers().size();
        findings.add(
                controllers == 0
                        ? Finding.problem(
                                "has no USB host controller",
                                "",
                                "pass one through to this machine, or load its driver (xhci_pci, ehci_pci)")
                        : Finding.ok(
                                "has " + controllers + " USB host controller" + (controllers == 1 ? "" : "s"), ""));
        return findings;
    }
}
