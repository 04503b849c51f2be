package io.autousb.runtime.catalogue;

import io.autousb.api.DeviceSourceProvider;
import io.autousb.api.HypervisorProvider;
import io.autousb.api.Option;
import io.autousb.api.OptionValues;
import io.autousb.api.Provider;
import io.autousb.api.ProviderContext;
import io.autousb.api.StateStoreProvider;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DeviceSource;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import io.autousb.domain.port.StateStore;
import io.autousb.runtime.catalogue.ProviderException.Problem;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The installed adapters. Thread-safe if its source is.
 *
 * <pre>{@code
 * var catalogue = new ProviderCatalogue(new ServiceLoaderSource(loader), context);
 * var chosen = catalogue.choose(ProviderKind.DEVICE_SOURCE, null);
 * DeviceSource source = catalogue.createDeviceSource(chosen, Map.of());
 * }</pre>
 */
public final class ProviderCatalogue {

    private final ProviderSource source;
    private final ProviderContext context;

    /**
     * Makes a catalogue; looks for nothing yet.
     *
     * @param source where providers come from
     * @param context what adapters are lent
     */
    public ProviderCatalogue(ProviderSource source, ProviderContext context) {
        this.source = source;
        this.context = context;
    }

    /**
     * What adapters are lent.
     *
     * @return the context
     */
    public ProviderContext context() {
        return context;
    }

    /**
     * All installed providers of a kind. Probes none of them.
     *
     * @param <P> the kind's entry point
     * @param kind the kind
     * @return the providers, and what is wrong with those that cannot be asked
     */
    public <P extends Provider> Candidates<P> candidates(ProviderKind<P> kind) {
        return Candidates.of(kind, source.find(kind));
    }

    /**
     * What cannot be asked for providers of any kind, as a plugin that cannot be loaded.
     *
     * @return what is wrong with it
     */
    public List<Defect> broken() {
        return source.broken();
    }

    /**
     * Chooses a provider: the named one, else the highest-priority one that is available.
     *
     * @param <P> the kind's entry point
     * @param kind the kind
     * @param name what the user named, or null
     * @return the choice
     * @throws ProviderException if there is no such provider, it cannot work here, none can, or several
     *     would do; says why for each
     */
    public <P extends Provider> Candidate<P> choose(ProviderKind<P> kind, @Nullable String name) {
        return choose(candidates(kind), name);
    }

    /**
     * As above, from candidates that are at hand.
     *
     * @param <P> the kind's entry point
     * @param candidates the providers to choose from
     * @param name what the user named, or null
     * @return the choice
     * @throws ProviderException as above
     */
    public <P extends Provider> Candidate<P> choose(Candidates<P> candidates, @Nullable String name) {
        Selection<P> selection = new Selection<>(candidates, broken(), context);
        return name == null ? selection.best() : selection.named(name);
    }

    /**
     * Chooses hypervisors: the named one, else the highest-priority one that is available, together with
     * those of its platform that are available too.
     *
     * @param name what the user named, or null
     * @return at least one, the highest priority first
     * @throws ProviderException as {@link #choose}; also if two of the platform are of one priority, so that
     *     nothing says which has a guest that both list
     */
    public List<Candidate<HypervisorProvider>> chooseHypervisors(@Nullable String name) {
        var selection = new Selection<>(candidates(ProviderKind.HYPERVISOR), broken(), context);
        return name == null ? selection.best(ProviderCatalogue::platform) : List.of(selection.named(name));
    }

    /** One that cannot say it stands alone. */
    private static String platform(Candidate<HypervisorProvider> candidate) {
        try {
            String platform = AdapterCall.of(candidate.provider(), candidate.provider()::platform);
            return platform == null ? candidate.name() : platform;
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            return candidate.name();
        }
    }

    /**
     * Makes a device source.
     *
     * @param chosen its provider
     * @param options what the user wrote, by option name
     * @return a new device source, to be closed by the caller
     * @throws ProviderException if an option is wrong or the provider is broken
     */
    public DeviceSource createDeviceSource(Candidate<DeviceSourceProvider> chosen, Map<String, String> options) {
        return create(
                DeviceSource.class, chosen, options, values -> chosen.provider().create(values, context));
    }

    /**
     * Makes a hypervisor.
     *
     * @param chosen its provider
     * @param options what the user wrote, by option name
     * @return a new hypervisor, to be closed by the caller
     * @throws ProviderException if an option is wrong or the provider is broken
     */
    public Hypervisor createHypervisor(Candidate<HypervisorProvider> chosen, Map<String, String> options) {
        return create(
                Hypervisor.class, chosen, options, values -> chosen.provider().create(values, context));
    }

    /**
     * Makes a state store.
     *
     * @param chosen its provider
     * @param options what the user wrote, by option name
     * @return a new state store, to be closed by the caller
     * @throws ProviderException if an option is wrong or the provider is broken
     */
    public StateStore createStateStore(Candidate<StateStoreProvider> chosen, Map<String, String> options) {
        return create(
                StateStore.class, chosen, options, values -> chosen.provider().create(values, context));
    }

    /**
     * Checks what the user wrote for one guest.
     *
     * @param chosen the guest's hypervisor
     * @param settings what the user wrote, by option name
     * @throws ProviderException if an option does not exist or its value cannot be right
     */
    public void checkGuest(Candidate<HypervisorProvider> chosen, Map<String, String> settings) {
        guarded(chosen, () -> values(chosen.name(), chosen.provider().guestOptions(), settings));
    }

    /**
     * A guest as each of several hypervisors that may have it is to be told of it: with those settings that it
     * understands. One that stands alone counts as named for the guest.
     *
     * @param chosen the hypervisors
     * @param guest the guest's name
     * @param settings what the user wrote, by option name
     * @return the guest for each hypervisor, by the hypervisor's name, in the same order
     * @throws ProviderException if none of them has an option, or a value cannot be right
     */
    public Map<String, GuestSpec> guestSpecs(
            List<Candidate<HypervisorProvider>> chosen, String guest, Map<String, String> settings) {
        Map<String, GuestSpec> specs = new LinkedHashMap<>();
        Set<String> understood = new HashSet<>();
        for (Candidate<HypervisorProvider> each : chosen) {
            Set<String> names = guarded(
                    each,
                    () -> each.provider().guestOptions().stream()
                            .map(Option::name)
                            .collect(Collectors.toSet()));
            Map<String, String> share = new HashMap<>(settings);
            share.keySet().retainAll(names);
            checkGuest(each, share);
            understood.addAll(share.keySet());
            specs.put(each.name(), new GuestSpec(guest, share, chosen.size() == 1));
        }
        if (!understood.containsAll(settings.keySet())) {
            // The best one says what is wrong, and what it has instead.
            checkGuest(chosen.get(0), settings);
        }
        return specs;
    }

    private static <P extends Provider, T> T create(
            Class<T> port, Candidate<P> chosen, Map<String, String> options, Function<OptionValues, T> maker) {
        return guarded(
                chosen,
                () -> GuardedAdapter.of(
                        port,
                        maker.apply(values(chosen.name(), chosen.provider().options(), options)),
                        chosen.name()));
    }

    private static OptionValues values(String name, List<Option> declared, Map<String, String> written) {
        List<String> names = declared.stream().map(Option::name).toList();
        for (String option : written.keySet()) {
            if (!names.contains(option)) {
                String guess = NearMatch.of(option, names)
                        .map(near -> "did you mean " + near + "? ")
                        .orElse("");
                throw new ProviderException(
                        Problem.INVALID_OPTION,
                        name + " has no option " + option,
                        "",
                        guess + (names.isEmpty() ? "it has none, leave it out" : "it has " + String.join(", ", names)));
            }
        }
        try {
            return OptionValues.of(declared, written);
        } catch (IllegalArgumentException e) {
            throw new ProviderException(Problem.INVALID_OPTION, String.valueOf(e.getMessage()), name, "", e);
        }
    }

    private static <P extends Provider, T> T guarded(Candidate<P> chosen, Supplier<T> call) {
        try {
            return AdapterCall.of(chosen.provider(), call);
        } catch (ProviderException | BackendException e) {
            throw e;
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            throw new ProviderException(
                    Problem.BROKEN,
                    chosen.name() + " is broken: " + Defect.describe(e),
                    chosen.provider().getClass().getName(),
                    "report this to its author, or name another one",
                    e);
        }
    }
}
