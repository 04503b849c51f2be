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

    /** Takes over what a hypervisor lists, and tells what came, went and restarted. */
    void listed(GuestList list, List<Guest> guests, List<GuestSpec> expected, long now) {
        Map<GuestId, Guest> present = guests.stream()
                .collect(Collectors.toMap(Guest::id, Function.identity(), (a, b) -> a, LinkedHashMap::new));
        List.copyOf(tracks.values()).stream()
                .filter(track -> track.home.equals(list) && !present.containsKey(track.guest.id()))
                .forEach(this::gone);
        present.values().forEach(guest -> seen(list, guest, now));
        if (listed.add(list)) {
            Set<String> names = guests.stream().map(Guest::name).collect(Collectors.toSet());
            expected.stream()
                    .filter(spec -> !names.contains(spec.name()))
                    .forEach(spec -> tell.accept(new EngineEvent.GuestAbsent(spec.name())));
        }
    }

    private void seen(GuestList list, Guest guest, long now) {
        GuestTrack track = tracks.get(guest.id());
        if (track == null) {
            SerialExecutor worker = threads.serial("guest-" + guest);
            tracks.put(guest.id(), new GuestTrack(list, worker, guest, now));
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

    private void gone(GuestTrack track) {
        tracks.remove(track.guest.id());
        track.present = false;
        track.worker.close();
        failures.forget(track.guest.id());
        tell.accept(new EngineEvent.GuestGone(track.guest));
    }
}
