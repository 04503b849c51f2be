package io.autousb.runtime.catalogue;

import io.autousb.api.Provider;
import io.autousb.domain.model.UntrustedText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The installed providers of one kind.
 *
 * @param <P> the kind's entry point
 * @param kind the kind
 * @param list those that said who they are, the highest priority first
 * @param broken those that could not
 */
public record Candidates<P extends Provider>(ProviderKind<P> kind, List<Candidate<P>> list, List<Defect> broken) {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

    /** Orders and copies the lists. */
    public Candidates {
        list = list.stream()
                .sorted(Comparator.<Candidate<P>>comparingInt(Candidate::priority)
                        .reversed()
                        .thenComparing(Candidate::name))
                .toList();
        broken = List.copyOf(broken);
    }

    /** Asks each provider who it is. */
    static <P extends Provider> Candidates<P> of(ProviderKind<P> kind, Found<P> found) {
        Map<String, Candidate<P>> byName = new LinkedHashMap<>();
        List<Defect> broken = new ArrayList<>(found.broken());
        for (P provider : found.providers()) {
            try {
                Candidate<P> candidate = AdapterCall.of(provider, () -> introduce(provider));
                Candidate<P> earlier = byName.putIfAbsent(candidate.name(), candidate);
                if (earlier != null) {
                    throw new IllegalStateException("its name " + candidate.name() + " is taken by "
                            + origin(earlier.provider()) + ": remove one of them");
                }
            } catch (RuntimeException | LinkageError | StackOverflowError e) {
                broken.add(Defect.of(origin(provider), e));
            }
        }
        return new Candidates<>(kind, List.copyOf(byName.values()), broken);
    }

    /** Its class, and where that is from if it is from a plugin. */
    private static String origin(Provider provider) {
        ClassLoader loader = provider.getClass().getClassLoader();
        String plugin = loader == null || loader == Candidates.class.getClassLoader() ? null : loader.getName();
        return provider.getClass().getName() + (plugin == null ? "" : " (" + plugin + ")");
    }

    private static <P extends Provider> Candidate<P> introduce(P provider) {
        String name = provider.name();
        if (name == null || !NAME.matcher(name).matches()) {
            throw new IllegalStateException("its name is not in lower case with hyphens");
        }
        String description = UntrustedText.of(provider.description()).toString();
        return new Candidate<>(provider, name, description, provider.priority());
    }
}
