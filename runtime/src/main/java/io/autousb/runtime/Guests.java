package io.autousb.runtime;

import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.port.GuestSpec;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The guests that exist, as their hypervisors list them. Used by the engine's thread only. */
final class Guests {

    private final EngineThreads threads;
    private final FailureBook failures;
    private final Consumer<EngineEvent> tell;
    private final Map<GuestId, GuestTrack> tracks = new LinkedHashMap<>();
    /** Guests that went while a call was under way: a second one waits until that is back. */
    private final Map<GuestId, GuestTrack> departing = new LinkedHashMap<>();

    private final GuestListings listings;
    private final Set<String> absenceJudged = new HashSet<>();

    /**
     * Begins without any.
     *
     * @param threads where calls to guests run
     * @param failures forgets what failed for guests that went
     * @param listings what hypervisors list
     * @param tell is told what came, went and restarted
     */
    Guests(EngineThreads threads, FailureBook failures, GuestListings listings, Consumer<EngineEvent> tell) {
        this.threads = threads;
        this.failures = failures;
        this.listings = listings;
        this.tell = tell;
    }

    Collection<GuestTrack> all() {
        return tracks.values();
    }

    @Nullable
    GuestTrack of(GuestId guest) {
        return tracks.get(guest);
    }

    void expectAnew() {
        listings.expectAnew();
        absenceJudged.clear();
    }

    /**
     * Takes over what a hypervisor lists, and tells what came, went and restarted.
     *
     * @param expected the guests that are to be there, by hypervisor; without the one that listed if its list was
     *     made for other guests
     */
    void listed(GuestList list, List<Guest> guests, Map<GuestList, List<GuestSpec>> expected, long now) {
        boolean current = expected.containsKey(list);
        listings.listed(list, guests, current);
        Map<GuestId, GuestListings.Served> present = listings.served(tell);
        List.copyOf(tracks.values()).stream()
                .filter(track -> !present.containsKey(track.guest.id()))
                .forEach(this::gone);
        present.values().forEach(each -> seen(each.home(), each.guest(), now));
        if (current) {
            judgeAbsence(expected);
        }
    }

    /** A guest is absent when all hypervisors that may have it have said that they have not. */
    private void judgeAbsence(Map<GuestList, List<GuestSpec>> expected) {
        Set<String> names =
                tracks.values().stream().map(track -> track.guest.name()).collect(Collectors.toSet());
        expected.values().stream()
                .flatMap(List::stream)
                .map(GuestSpec::name)
                .distinct()
                .filter(name -> expected.entrySet().stream()
                        .filter(each -> each.getValue().stream()
                                .anyMatch(spec -> spec.name().equals(name)))
                        .allMatch(each -> listings.isListed(each.getKey())))
                .filter(absenceJudged::add)
                .filter(name -> !names.contains(name))
                .forEach(name -> tell.accept(new EngineEvent.GuestAbsent(name)));
    }

    private void seen(GuestList list, Guest guest, long now) {
        GuestTrack track = tracks.get(guest.id());
        if (track == null) {
            tracks.put(guest.id(), arrived(list, guest, now));
            tell.accept(new EngineEvent.GuestUp(guest));
        } else if (!track.home.equals(list)) {
            // The same guest in other hands: nothing that the former one has said holds.
            track.home = list;
            failures.forget(guest.id());
            track.begin(guest, now);
        } else if (!track.guest.instance().equals(guest.instance())) {
            failures.forget(guest.id());
            track.begin(guest, now);
            tell.accept(new EngineEvent.GuestRestarted(guest));
        } else if (!track.guest.equals(guest)) {
            track.guest = guest;
            track.inspectFailures = 0;
            track.wantInspection(now, true);
        }
    }

    private GuestTrack arrived(GuestList list, Guest guest, long now) {
        GuestTrack returned = departing.remove(guest.id());
        if (returned == null) {
            return new GuestTrack(list, threads.serial("guest-" + guest, Thread.MAX_PRIORITY), guest, now);
        }
        returned.present = true;
        returned.home = list;
        returned.begin(guest, now);
        return returned;
    }

    private void gone(GuestTrack track) {
        tracks.remove(track.guest.id());
        track.present = false;
        if (track.job == null) {
            track.worker.close();
        } else {
            departing.put(track.guest.id(), track);
        }
        failures.forget(track.guest.id());
        tell.accept(new EngineEvent.GuestGone(track.guest));
    }

    /** The last call to a guest that went has come back. */
    void departed(GuestTrack track) {
        departing.remove(track.guest.id());
        track.worker.close();
    }

    void close() {
        tracks.values().forEach(track -> track.worker.close());
        departing.values().forEach(track -> track.worker.close());
    }
}
