package io.autousb.backend.libxlcli;

import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.repair.LeftoverRepair;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Controllers that the device model did not know when something was to be put there: their ports are no use. For a while
 * only, as libxl may just be making one; the repair removes those that stay. Thread-safe.
 */
final class Ghosts {

    private final LongSupplier clock;
    private final PerLife<Ghost> seen = new PerLife<>();

    private record Ghost(int devid, long nanos) {}

    Ghosts(LongSupplier clock) {
        this.clock = clock;
    }

    void add(XenGuest guest, int devid) {
        seen.add(guest, new Ghost(devid, clock.getAsLong()));
    }

    /** The devids of those that count as ghosts now. */
    Set<Integer> of(XenGuest guest) {
        long now = clock.getAsLong();
        seen.of(guest).stream()
                .filter(ghost -> now - ghost.nanos() > LeftoverRepair.SETTLE.toNanos())
                .forEach(ghost -> seen.remove(guest, ghost));
        return seen.of(guest).stream().map(Ghost::devid).collect(Collectors.toSet());
    }
}
