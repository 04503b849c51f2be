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
import java.util.function.Function;
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

    private final Set<GuestList> answered = new HashSet<>();
    private final Set<GuestList> listed = new HashSet<>();

    Guests(EngineThreads threads, FailureBook failures, Consumer<EngineEvent> tell) {
        this.threads = threads;
        this.failures = failures;
        this.tell = tell;
    }

    Collection<GuestTrack> all() {
        return tracks.values();
    }

    @Nullable
    GuestTrack of(GuestId guest) {
        return tracks.get(guest);
    }

    /** Whether all these have listed their guests since the start or the last {@link #expectAnew}. */
    boolean allListed(Collection<GuestList> lists) {
        return listed.containsAll(lists);
    }

    void expectAnew() {
        listed.clear();
    }

    /** Whether all these have listed their guests once: none holds a device that nobody knows of. */
    boolean allAnswered(Collection<GuestList> lists) {
        return answered.containsAll(lists);
    }

    /**
     * Takes over what a hypervisor lists, and tells what came, went and restarted.
     *
     * @param expected the guests that are to be there, or null if the list was made for other ones
     */
    void listed(GuestList list, List<Guest> guests, @Nullable List<GuestSpec> expected, long now) {
        answered.add(list);
        Map<GuestId, Guest> present = guests.stream()
                .collect(Collectors.toMap(Guest::id, Function.identity(), (a, b) -> a, LinkedHashMap::new));
        List.copyOf(tracks.values()).stream()
                .filter(track -> track.home.equals(list) && !present.containsKey(track.guest.id()))
                .forEach(this::gone);
        present.values().forEach(guest -> seen(list, guest, now));
        if (expected != null && listed.add(list)) {
            Set<String> names = guests.stream().map(Guest::name).collect(Collectors.toSet());
            expected.stream()
                    .filter(spec -> !names.contains(spec.name()))
                    .forEach(spec -> tell.accept(new EngineEvent.GuestAbsent(spec.name())));
        }
    }

    private void seen(GuestList list, Guest guest, long now) {
        GuestTrack track = tracks.get(guest.id());
        if (track == null) {
            tracks.put(guest.id(), arrived(list, guest, now));
            tell.accept(new EngineEvent.GuestUp(guest));
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
