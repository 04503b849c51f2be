package io.autousb.cli.listing;

import io.autousb.api.Availability;
import io.autousb.api.Provider;
import io.autousb.cli.console.SafeText;
import io.autousb.runtime.catalogue.Candidate;
import io.autousb.runtime.catalogue.Candidates;
import io.autousb.runtime.catalogue.Defect;
import io.autousb.runtime.catalogue.ProviderCatalogue;
import io.autousb.runtime.catalogue.ProviderException;
import io.autousb.runtime.catalogue.ProviderKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which backends are installed and whether they can work here. Written as it is with {@code --json}: names
 * of members stay; members may be added.
 *
 * @param version of this format
 * @param kinds device sources, hypervisors, state stores
 * @param broken plugins that could not be loaded
 */
public record BackendsReport(int version, List<Kind> kinds, List<Broken> broken) {

    private static final int VERSION = 1;

    /**
     * The backends of one kind.
     *
     * @param kind what they are
     * @param option how one is named on the command line, or null if nothing uses one yet
     * @param chosen the one that is taken if none is named, or null
     * @param companions those that are then used as well, because they share their guests with it
     * @param problem why none is, or null
     * @param backends those that could be asked, the highest priority first
     * @param broken those that could not
     */
    public record Kind(
            String kind,
            @Nullable String option,
            @Nullable String chosen,
            List<String> companions,
            @Nullable String problem,
            List<Backend> backends,
            List<Broken> broken) {}

    /**
     * A backend.
     *
     * @param name what it is called
     * @param description what it is
     * @param priority the highest that is available is chosen
     * @param available whether it can work here
     * @param reason why it cannot, or null
     * @param remedy what to do about it, or null
     */
    public record Backend(
            String name,
            String description,
            int priority,
            boolean available,
            @Nullable String reason,
            @Nullable String remedy) {}

    /**
     * A backend, or a plugin, that could not be asked.
     *
     * @param where its class, service file or folder
     * @param what what is wrong
     */
    public record Broken(String where, String what) {}

    /**
     * Asks all backends.
     *
     * @param catalogue where they are
     * @return what they say
     */
    public static BackendsReport of(ProviderCatalogue catalogue) {
        return new BackendsReport(
                VERSION,
                List.of(
                        kind(catalogue, ProviderKind.DEVICE_SOURCE),
                        kind(catalogue, ProviderKind.HYPERVISOR),
                        kind(catalogue, ProviderKind.STATE_STORE)),
                broken(catalogue.broken()));
    }

    private static List<Broken> broken(List<Defect> defects) {
        return defects.stream()
                .map(defect -> new Broken(SafeText.line(defect.where()), SafeText.line(defect.what())))
                .toList();
    }

    private static <P extends Provider> Kind kind(ProviderCatalogue catalogue, ProviderKind<P> kind) {
        Candidates<P> candidates = catalogue.candidates(kind);
        List<String> chosen = List.of();
        String problem = null;
        try {
            chosen = chosen(catalogue, candidates);
        } catch (ProviderException e) {
            problem = e.what();
        }
        return new Kind(
                kind.label(),
                kind.option().isEmpty() ? null : kind.option(),
                chosen.isEmpty() ? null : chosen.get(0),
                chosen.stream().skip(1).toList(),
                problem,
                candidates.list().stream().map(it -> backend(it, catalogue)).toList(),
                broken(candidates.broken()));
    }

    private static List<String> chosen(ProviderCatalogue catalogue, Candidates<?> candidates) {
        return candidates.kind().equals(ProviderKind.HYPERVISOR)
                ? catalogue.chooseHypervisors(null).stream()
                        .map(Candidate::name)
                        .toList()
                : List.of(catalogue.choose(candidates, null).name());
    }

    private static Backend backend(Candidate<?> candidate, ProviderCatalogue catalogue) {
        boolean available = true;
        String reason = null;
        String remedy = null;
        Availability no = candidate.probe(catalogue.context());
        if (!no.isAvailable()) {
            available = false;
            reason = SafeText.line(no.reason());
            remedy = SafeText.line(no.remedy());
        }
        return new Backend(candidate.name(), candidate.description(), candidate.priority(), available, reason, remedy);
    }

    /**
     * The report for people.
     *
     * @return its lines
     */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        int width = kinds.stream()
                .flatMap(kind -> kind.backends().stream())
                .mapToInt(backend -> backend.name().length())
                .max()
                .orElse(0);
        for (Kind kind : kinds) {
            lines.add(kind.kind() + "s (" + starred(kind) + "):");
            for (Backend backend : kind.backends()) {
                String mark = isUsed(backend, kind) ? "* " : "  ";
                String name = backend.name() + " ".repeat(width - backend.name().length());
                lines.add(mark + name + "  priority " + " ".repeat(backend.priority() < 10 ? 1 : 0)
                        + backend.priority() + "  " + (backend.available() ? "available  " : "unavailable")
                        + "  " + backend.description());
                if (!backend.available()) {
                    lines.add(" ".repeat(width + 4) + backend.reason() + ": " + backend.remedy());
                }
            }
            lines.addAll(lines(kind.broken()));
            if (kind.problem() != null) {
                lines.add("! " + kind.problem());
            }
        }
        lines.addAll(lines(broken));
        return lines;
    }

    private static List<String> lines(List<Broken> broken) {
        return broken.stream()
                .map(each -> "! broken: " + each.where() + ": " + each.what())
                .toList();
    }

    private static boolean isUsed(Backend backend, Kind kind) {
        return backend.name().equals(kind.chosen()) || kind.companions().contains(backend.name());
    }

    private static String starred(Kind kind) {
        return kind.option() == null
                ? "* is the one to use, which nothing does yet"
                : "* is used unless " + kind.option() + " names another";
    }
}
