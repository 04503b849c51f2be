package io.autousb.domain.policy;

import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.model.UsbId;
import io.autousb.domain.policy.Assignment.Origin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who gets which device. Immutable.
 *
 * <p>When several statements speak of one device the winner is, in this order: a device named by vendor
 * and product before a hub or port; the deeper port before the hub above it; a place that is named before
 * one that is only the USB 2 or USB 3 peer of what is; the guest that the configuration names first.
 */
public final class Policy {

    /** Nobody gets anything. */
    public static final Policy NONE = new Policy(List.of());

    private final List<GuestWish> wishes;

    /**
     * Makes a policy.
     *
     * @param wishes what each guest is to have, in the order of the configuration
     */
    public Policy(List<GuestWish> wishes) {
        this.wishes = List.copyOf(wishes);
        long names = wishes.stream().map(GuestWish::guest).distinct().count();
        if (names != wishes.size()) {
            throw new IllegalArgumentException("each guest is named once");
        }
    }

    /**
     * What each guest is to have.
     *
     * @return the wishes in the order of the configuration
     */
    public List<GuestWish> wishes() {
        return wishes;
    }

    /**
     * What a guest is to have.
     *
     * @param guest the guest's name
     * @return its wish, or empty if the configuration does not name it
     */
    public Optional<GuestWish> wish(String guest) {
        return wishes.stream().filter(wish -> wish.guest().equals(guest)).findFirst();
    }

    /**
     * Applies the policy to a host.
     *
     * @param topology the host
     * @return the assignments on it
     */
    public Assignments on(HostTopology topology) {
        return new Assignments(wishes, topology);
    }

    /** A policy applied to one snapshot of the host. Looks each device up in constant time. */
    public static final class Assignments {
        private final Map<UsbId, List<Claim>> byId = new HashMap<>();
        private final Map<PortPath, List<Claim>> byPlace = new HashMap<>();
        private final Map<PortPath, List<Claim>> byPeer = new HashMap<>();

        private record Claim(String guest, String reason) {}

        private Assignments(List<GuestWish> wishes, HostTopology topology) {
            for (GuestWish wish : wishes) {
                for (UsbId id : wish.devices()) {
                    add(byId, id, new Claim(wish.guest(), "device " + id));
                }
                for (PortSelector selector : wish.hubs()) {
                    for (PortPath place : selector.resolve(topology)) {
                        boolean named = selector.names(place);
                        String reason = "hub or port " + selector + (named ? "" : ", whose peer is " + place);
                        add(named ? byPlace : byPeer, place, new Claim(wish.guest(), reason));
                    }
                }
            }
        }

        private static <K> void add(Map<K, List<Claim>> claims, K key, Claim claim) {
            claims.computeIfAbsent(key, unused -> new ArrayList<>()).add(claim);
        }

        /**
         * Who gets a device.
         *
         * @param device a device that is no hub
         * @return the winning assignment, or empty if nothing speaks of the device
         */
        public Optional<Assignment> of(UsbDevice device) {
            Claim byDevice = first(byId.get(device.id()));
            if (byDevice != null) {
                return Optional.of(assignment(device, byDevice, Origin.DEVICE_LIST));
            }
            for (Optional<PortPath> place = Optional.of(device.path());
                    place.isPresent();
                    place = place.get().parent()) {
                Claim named = first(byPlace.get(place.get()));
                Claim claim = named == null ? first(byPeer.get(place.get())) : named;
                if (claim != null) {
                    return Optional.of(assignment(device, claim, Origin.HUB_LIST));
                }
            }
            return Optional.empty();
        }

        private static @Nullable Claim first(@Nullable List<Claim> claims) {
            return claims == null ? null : claims.get(0);
        }

        private static Assignment assignment(UsbDevice device, Claim claim, Origin origin) {
            return new Assignment(device.generation(), claim.guest(), origin, claim.reason());
        }
    }
}
