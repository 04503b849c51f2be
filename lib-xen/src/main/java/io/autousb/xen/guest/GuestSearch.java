package io.autousb.xen.guest;

import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.port.GuestSpec;
import io.autousb.xen.store.NodeReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;

/** Looks for the guests that are asked for. Thread-safe. */
final class GuestSearch {

    /** The later one comes first; domids go up, and begin anew after a long time. */
    private static final Comparator<XenGuest> LATER_FIRST = Comparator.comparing(XenGuest::startTime)
            .thenComparing(XenGuest::domid)
            .reversed();

    private final GuestStates states;
    private final BiPredicate<GuestSpec, XenGuest> serves;

    /**
     * What a look has shown.
     *
     * @param guests those that are served, one for each spec at most
     * @param domids all domains
     * @param wanted the domains that bear a name, or domid, that is asked for
     * @param ambiguous names that several guests bear
     * @param again when to look again though nothing happens
     */
    record Look(
            List<Guest> guests,
            List<Integer> domids,
            List<XenGuest> wanted,
            Set<String> ambiguous,
            Optional<Duration> again) {}

    GuestSearch(GuestStates states, BiPredicate<GuestSpec, XenGuest> serves) {
        this.states = states;
        this.serves = serves;
    }

    /** A domain that is asked for. */
    private record Wanted(XenGuest guest, GuestStates.Seen seen) {
        private boolean isMeant(GuestSpec spec) {
            return GuestSearch.isMeant(spec, guest.domid(), guest.name().raw());
        }

        private boolean acceptsChanges() {
            return seen.state().acceptsChanges();
        }
    }

    /** Looks now. Of domains that nobody asks for, only the name is read. */
    Look look(NodeReader nodes, List<GuestSpec> specs) {
        List<Integer> domids = DomainReader.domids(nodes);
        List<Wanted> wanted = new ArrayList<>();
        for (int domid : domids) {
            DomainReader.name(nodes, domid)
                    .filter(name -> specs.stream().anyMatch(spec -> isMeant(spec, domid, name)))
                    .flatMap(name -> DomainReader.read(nodes, domid))
                    .ifPresent(guest -> wanted.add(new Wanted(guest, states.of(guest))));
        }
        List<XenGuest> facts = wanted.stream().map(Wanted::guest).toList();
        states.retain(facts.stream().map(XenGuest::instance).toList());
        Set<String> ambiguous = new HashSet<>();
        List<Guest> guests = choose(specs, wanted, ambiguous);
        Optional<Duration> again =
                wanted.stream().flatMap(each -> each.seen().again().stream()).min(Comparator.naturalOrder());
        return new Look(guests, domids, facts, ambiguous, again);
    }

    /** What a guest is doing. */
    GuestState state(XenGuest guest) {
        return states.of(guest).state();
    }

    private List<Guest> choose(List<GuestSpec> specs, List<Wanted> wanted, Set<String> ambiguous) {
        List<Guest> guests = new ArrayList<>();
        Set<GuestId> chosen = new HashSet<>();
        for (GuestSpec spec : specs) {
            List<Wanted> meant =
                    wanted.stream().filter(each -> each.isMeant(spec)).toList();
            List<Wanted> usable = meant.stream().filter(Wanted::acceptsChanges).toList();
            boolean unclear =
                    usable.stream().map(each -> each.guest().uuid()).distinct().count() > 1;
            if (unclear) {
                ambiguous.add(spec.name());
            }
            (usable.isEmpty() ? meant : usable)
                    .stream()
                            .min(Comparator.comparing(Wanted::guest, LATER_FIRST))
                            .filter(each -> serves.test(spec, each.guest()))
                            .filter(each -> chosen.add(each.guest().id()))
                            .map(each -> shown(spec, each, unclear))
                            .ifPresent(guests::add);
        }
        return guests;
    }

    private static Guest shown(GuestSpec spec, Wanted wanted, boolean unclear) {
        GuestState state = unclear ? GuestState.UNKNOWN : wanted.seen().state();
        return new Guest(wanted.guest().id(), spec.name(), wanted.guest().instance(), state);
    }

    /** As xl does, which takes a number for a domid ({@code libxl_domain_qualifier_to_domid}). */
    private static boolean isMeant(GuestSpec spec, int domid, String name) {
        return GuestNames.isDomid(spec.name())
                ? spec.name().equals(Integer.toString(domid))
                : spec.name().equals(name);
    }
}
