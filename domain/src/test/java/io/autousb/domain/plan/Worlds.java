package io.autousb.domain.plan;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbClass;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.model.UsbId;
import io.autousb.domain.model.UsbInterface;
import io.autousb.domain.model.UsbSpeed;
import io.autousb.domain.policy.GuestWish;
import io.autousb.domain.policy.Policy;
import io.autousb.domain.policy.PortSelector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Builds small worlds for the planner. */
final class Worlds {

    static final Set<UsbSpeed> XHCI_SPEEDS = Set.of(UsbSpeed.LOW, UsbSpeed.FULL, UsbSpeed.HIGH, UsbSpeed.SUPER);
    static final UsbClass HID = new UsbClass(3, 1, 1);

    private Worlds() {}

    /** A device at a path, told from others at the same path by its number. */
    static UsbDevice.Builder device(String path, int number) {
        PortPath place = PortPath.parse(path);
        DeviceAddress address = new DeviceAddress(place.bus(), number);
        return UsbDevice.builder(place, address, Generation.of(path, address, number, "boot"), new UsbId(0x46d, number))
                .interfaces(List.of(new UsbInterface(0, HID, Optional.empty())));
    }

    static Guest guest(String name) {
        return new Guest(new GuestId("sim", name), name, name + "#1", GuestState.RUNNING);
    }

    static GuestController controller(String id, Set<UsbSpeed> speeds, int ports) {
        return new GuestController(
                id,
                3,
                IntStream.rangeClosed(1, ports)
                        .mapToObj(number -> new GuestPort(id, number, speeds, true))
                        .toList());
    }

    static GuestInspection inspection(Guest guest, GuestController... controllers) {
        return new GuestInspection(guest, Arrays.asList(controllers), List.of());
    }

    static Attachment ours(Guest guest, UsbDevice device, String handle) {
        return Attachment.builder(guest.id(), handle)
                .address(device.address())
                .generation(device.generation())
                .ours(true)
                .build();
    }

    static Attachment foreign(Guest guest, UsbDevice device, String handle) {
        return Attachment.builder(guest.id(), handle).address(device.address()).build();
    }

    /** A wish for hubs and ports ({@code 1-1}) and devices ({@code 046d:0001}). */
    static GuestWish wish(String guest, String... wanted) {
        return wish(guest, 3, wanted);
    }

    static GuestWish wish(String guest, int usbVersion, String... wanted) {
        return new GuestWish(
                guest,
                Stream.of(wanted)
                        .filter(text -> !isId(text))
                        .map(PortSelector::parse)
                        .toList(),
                Stream.of(wanted).filter(Worlds::isId).map(UsbId::parse).toList(),
                usbVersion);
    }

    private static boolean isId(String text) {
        return text.matches("[0-9a-f]{4}:[0-9a-f]{4}");
    }

    /** A world under construction. */
    static final class Builder {
        private long now = 1_000_000;
        private final List<UsbDevice> devices = new ArrayList<>();
        private final List<GuestWish> wishes = new ArrayList<>();
        private final List<GuestView> guests = new ArrayList<>();
        private final Map<Generation, Hold> holds = new HashMap<>();
        private final Map<Generation, Long> heldSince = new HashMap<>();
        private final Map<FailureKey, Failure> failures = new HashMap<>();

        Builder now(long value) {
            now = value;
            return this;
        }

        Builder device(UsbDevice... added) {
            devices.addAll(List.of(added));
            return this;
        }

        Builder wish(String guest, String... wanted) {
            wishes.add(Worlds.wish(guest, wanted));
            return this;
        }

        Builder wish(GuestWish wish) {
            wishes.add(wish);
            return this;
        }

        /** A running guest with an xHCI controller of four ports, and these attachments on no port. */
        Builder guest(Guest guest, Attachment... attachments) {
            GuestInspection inspection = inspection(guest, controller("xhci", XHCI_SPEEDS, 4));
            for (Attachment attachment : attachments) {
                inspection = inspection.plus(attachment);
            }
            return guest(inspection);
        }

        Builder guest(GuestInspection inspection) {
            return guest(inspection, null);
        }

        Builder guest(GuestInspection inspection, @Nullable PlanStep inFlight, UsbDevice... mayHold) {
            return guest(inspection, inFlight, List.of(), mayHold);
        }

        Builder guest(
                GuestInspection inspection,
                @Nullable PlanStep inFlight,
                List<GuestPort> refused,
                UsbDevice... mayHold) {
            guests.add(new GuestView(
                    inspection.guest(),
                    Optional.of(inspection),
                    Optional.ofNullable(inFlight),
                    generations(mayHold),
                    refused));
            return this;
        }

        Builder uninspected(Guest guest, UsbDevice... mayHold) {
            guests.add(new GuestView(guest, Optional.empty(), Optional.empty(), generations(mayHold), List.of()));
            return this;
        }

        private static Set<Generation> generations(UsbDevice... devices) {
            Set<Generation> generations = new HashSet<>();
            for (UsbDevice device : devices) {
                generations.add(device.generation());
            }
            return generations;
        }

        Builder hold(UsbDevice device, long until, String reason) {
            holds.put(device.generation(), new Hold(until, reason));
            return this;
        }

        Builder heldByHostSince(UsbDevice device, long since) {
            heldSince.put(device.generation(), since);
            return this;
        }

        Builder failure(FailureKey key, Failure failure) {
            failures.put(key, failure);
            return this;
        }

        World build() {
            HostTopology topology = new HostTopology(List.of(), List.of(), devices);
            return new World(now, topology, new Policy(wishes), guests, holds, heldSince, failures);
        }

        Plan plan() {
            return new Planner().plan(build());
        }
    }
}
