package io.autousb.runtime;

import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What each hypervisor lists, and whose a guest is that several list: the highest-ranking one's. Used by the
 * engine's thread only.
 */
final class GuestListings {

    /** By rank, the highest first. */
    private final List<GuestList> lists = new ArrayList<>();

    private final Map<GuestList, List<Guest>> latest = new HashMap<>();
    private final Set<GuestList> listed = new HashSet<>();
    private final Set<GuestList> failing = new HashSet<>();
    private Set<Contest> told = Set.of();

    /**
     * A guest and who has it.
     *
     * @param home its hypervisor
     * @param guest the guest
     */
    record Served(GuestList home, Guest guest) {}

    private record Contest(GuestId guest, GuestList served, GuestList leftOut) {}

    /** Adds one that ranks below all that were added before. */
    void add(GuestList list) {
        lists.add(list);
    }

    /** It could not begin: nothing is expected of it any more. */
    void leaveOut(GuestList list) {
        lists.remove(list);
    }

    void failed(GuestList list) {
        failing.add(list);
    }

    void listed(GuestList list, List<Guest> guests, boolean current) {
        latest.put(list, List.copyOf(guests));
        failing.remove(list);
        if (current) {
            listed.add(list);
        }
    }

    void expectAnew() {
        listed.clear();
    }

    /** Whether it has listed its guests since the start or the last {@link #expectAnew}, if it ever will. */
    boolean isListed(GuestList list) {
        return listed.contains(list) || !lists.contains(list);
    }

    /** Whether all have listed their guests since then, but for those that fail while another one works. */
    boolean allHeard() {
        return lists.stream().anyMatch(listed::contains)
                && lists.stream().allMatch(list -> listed.contains(list) || failing.contains(list));
    }

    /** Whether all have listed their guests once: none holds a device that nobody knows of. */
    boolean allAnswered() {
        return latest.keySet().containsAll(lists);
    }

    /** The guests that there are, each once. Two that bear one name are one guest, too. */
    Map<GuestId, Served> served(Consumer<EngineEvent> tell) {
        Map<GuestId, Served> served = new LinkedHashMap<>();
        Map<String, GuestList> names = new HashMap<>();
        Set<Contest> contests = new HashSet<>();
        for (GuestList list : lists) {
            for (Guest guest : latest.getOrDefault(list, List.of())) {
                Served other = served.get(guest.id());
                GuestList holder = other == null ? names.getOrDefault(guest.name(), list) : other.home();
                if (!holder.equals(list)) {
                    Contest contest = new Contest(guest.id(), holder, list);
                    contests.add(contest);
                    if (!told.contains(contest)) {
                        tell.accept(new EngineEvent.GuestContested(guest, holder.name(), list.name()));
                    }
                } else if (other == null) {
                    served.put(guest.id(), new Served(list, guest));
                    names.put(guest.name(), list);
                }
            }
        }
        told = contests;
        return served;
    }
}
