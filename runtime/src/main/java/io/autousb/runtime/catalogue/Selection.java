package io.autousb.runtime.catalogue;

import io.autousb.api.Availability;
import io.autousb.api.Provider;
import io.autousb.api.ProviderContext;
import io.autousb.domain.model.UntrustedText;
import io.autousb.runtime.catalogue.ProviderException.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Chooses a provider. Probes no more of them than the choice needs. */
final class Selection<P extends Provider> {

    private final Candidates<P> candidates;
    private final List<Defect> unloaded;
    private final ProviderContext context;

    /** A choice of candidates, beside plugins of which nobody knows what they would have. */
    Selection(Candidates<P> candidates, List<Defect> unloaded, ProviderContext context) {
        this.candidates = candidates;
        this.unloaded = List.copyOf(unloaded);
        this.context = context;
    }

    /** The one that a person named. */
    Candidate<P> named(String name) {
        Candidate<P> candidate = candidates.list().stream()
                .filter(it -> it.name().equals(name))
                .findFirst()
                .orElseThrow(() -> unknown(name));
        Availability no = candidate.probe(context);
        if (!no.isAvailable()) {
            throw new ProviderException(
                    Problem.UNAVAILABLE,
                    candidates.kind() + " " + name + " cannot work here: " + no.reason(),
                    candidates.kind().option(),
                    no.remedy());
        }
        return candidate;
    }

    /** The highest-priority one that is available. */
    Candidate<P> best() {
        List<String> refusals = new ArrayList<>();
        List<Candidate<P>> rest = candidates.list();
        while (!rest.isEmpty()) {
            int height = rest.get(0).priority();
            int size = (int) rest.stream().filter(it -> it.priority() == height).count();
            List<Candidate<P>> available = new ArrayList<>();
            for (Candidate<P> candidate : rest.subList(0, size)) {
                Availability answer = candidate.probe(context);
                if (answer.isAvailable()) {
                    available.add(candidate);
                } else {
                    refusals.add(candidate.name() + ": " + answer.reason() + ", " + answer.remedy());
                }
            }
            if (available.size() == 1) {
                return available.get(0);
            }
            if (available.size() > 1) {
                throw tie(available, height, refusals);
            }
            rest = rest.subList(size, rest.size());
        }
        throw none(refusals);
    }

    /**
     * The best one, and those that belong to it and are available, the highest priority first.
     *
     * @param together what those that belong together have in common
     */
    List<Candidate<P>> best(Function<Candidate<P>, String> together) {
        Candidate<P> best = best();
        String platform = together.apply(best);
        List<Candidate<P>> chosen = new ArrayList<>(List.of(best));
        for (Candidate<P> candidate : candidates.list()) {
            boolean companion = candidate.priority() < best.priority()
                    && together.apply(candidate).equals(platform)
                    && candidate.probe(context).isAvailable();
            if (companion) {
                requireRank(chosen, candidate);
                chosen.add(candidate);
            }
        }
        return List.copyOf(chosen);
    }

    private void requireRank(List<Candidate<P>> chosen, Candidate<P> next) {
        Candidate<P> last = chosen.get(chosen.size() - 1);
        if (last.priority() == next.priority()) {
            throw tie(List.of(last, next), next.priority(), List.of());
        }
    }

    private ProviderException unknown(String name) {
        List<String> names = candidates.list().stream().map(Candidate::name).toList();
        String guess = NearMatch.of(name, names)
                .map(near -> "did you mean " + near + "? ")
                .orElse("");
        String list = names.isEmpty() ? "none is installed" : "there are " + String.join(", ", names);
        return new ProviderException(
                Problem.UNKNOWN,
                "there is no " + candidates.kind() + " '" + UntrustedText.of(name) + "'",
                candidates.kind().option(),
                guess + list + appendix(broken()));
    }

    private ProviderException tie(List<Candidate<P>> equals, int height, List<String> refusals) {
        String names = equals.stream().map(Candidate::name).collect(Collectors.joining(", "));
        return new ProviderException(
                Problem.AMBIGUOUS,
                "several " + candidates.kind() + "s would do, all of priority " + height + ": " + names,
                candidates.kind().option(),
                "name one of them" + appendix(Stream.concat(refusals.stream(), broken())));
    }

    private ProviderException none(List<String> refusals) {
        String remedy = Stream.concat(refusals.stream(), broken()).collect(Collectors.joining("; "));
        return new ProviderException(
                Problem.UNAVAILABLE,
                "no " + candidates.kind() + " can work here",
                candidates.kind().option(),
                remedy.isEmpty() ? "none is installed: put a plugin that has one into the folder plugins" : remedy);
    }

    private static String appendix(Stream<String> remarks) {
        return remarks.map(remark -> "; " + remark).collect(Collectors.joining());
    }

    private Stream<String> broken() {
        return Stream.concat(candidates.broken().stream(), unloaded.stream())
                .map(it -> it.where() + " is broken, " + it.what());
    }
}
