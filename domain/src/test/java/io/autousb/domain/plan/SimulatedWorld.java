package io.autousb.domain.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.Hub;
import io.autousb.domain.model.UsbClass;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.model.UsbSpeed;
import io.autousb.domain.policy.Assignment;
import io.autousb.domain.policy.Policy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * A host with guests that does what the planner says, one step at a time, and minds what must never
 * happen. Like QEMU it keeps what is attached when the device is unplugged.
 */
final class SimulatedWorld {

    /** What comes of a step. */
    enum Outcome {
        DONE,
        FAILED,
        DONE_BUT_UNKNOWN,
        FAILED_BUT_UNKNOWN
    }

    private static final class SimulatedGuest {
        GuestInspection truth;
        boolean inspected;
        final Set<Generation> unknown = new HashSet<>();
        boolean looksAgain;

        SimulatedGuest(GuestInspection truth) {
            this.truth = truth;
        }
    }

    private static final int PORTS = 2;
    private static final UsbDevice HUB =
            Worlds.device("1-1", 2).usbClass(new UsbClass(UsbClass.HUB, 0, 0)).build();

    private final Planner planner = new Planner();
    private final Supplier<Outcome> outcomes;
    private final Map<String, UsbDevice> plugged = new TreeMap<>();
    private final Map<String, SimulatedGuest> guests = new TreeMap<>();
    private final Map<Generation, Long> heldSince = new HashMap<>();
    private final Map<Generation, Hold> holds = new HashMap<>();
    private final Map<FailureKey, Failure> failures = new HashMap<>();
    private Policy policy = Policy.NONE;
    private long now;
    private int serial = 2;
    private int steps;

    SimulatedWorld(Supplier<Outcome> outcomes) {
        this.outcomes = outcomes;
    }

    // ---- What happens ----

    void plug(String path) {
        plugged.remove(path);
        serial = serial % 120 + 3;
        UsbDevice device = Worlds.device(path, serial).speed(UsbSpeed.FULL).build();
        UsbDevice unique = UsbDevice.builder(
                        device.path(),
                        device.address(),
                        Generation.of(path, device.address(), ++steps, "unique"),
                        device.id())
                .interfaces(device.interfaces())
                .build();
        plugged.put(path, unique);
        heldSince.put(unique.generation(), now);
    }

    void unplug(String path) {
        plugged.remove(path);
    }

    boolean isPlugged(String path) {
        return plugged.containsKey(path);
    }

    void up(String name, int controllers) {
        if (!guests.containsKey(name)) {
            Guest guest = new Guest(Worlds.guest(name).id(), name, name + "#" + ++serial, GuestState.RUNNING);
            GuestController[] made = new GuestController[controllers];
            for (int i = 0; i < controllers; i++) {
                made[i] = Worlds.controller("xhci." + i, Worlds.XHCI_SPEEDS, PORTS);
            }
            guests.put(name, new SimulatedGuest(Worlds.inspection(guest, made)));
        }
    }

    void down(String name) {
        guests.remove(name);
    }

    boolean isUp(String name) {
        return guests.containsKey(name);
    }

    void state(String name, GuestState state) {
        SimulatedGuest guest = guests.get(name);
        if (guest != null) {
            guest.truth = new GuestInspection(
                    guest.truth.guest().withState(state), guest.truth.controllers(), guest.truth.attachments());
        }
    }

    void configure(Policy wanted) {
        policy = wanted;
        failures.clear();
    }

    /** This program is killed and started again. */
    void restart() {
        failures.clear();
        holds.clear();
        heldSince.replaceAll((generation, since) -> now);
        guests.values().forEach(guest -> {
            guest.inspected = false;
            guest.unknown.clear();
        });
    }

    /** Somebody attaches a device by hand, if no guest has it. */
    void attachByHand(String name, String path) {
        SimulatedGuest guest = guests.get(name);
        UsbDevice device = plugged.get(path);
        if (guest != null && device != null && holders(device.generation()).isEmpty()) {
            guest.truth = guest.truth.plus(Worlds.foreign(guest.truth.guest(), device, "hand" + ++serial + "." + steps)
                    .withGeneration(device.generation()));
            heldSince.remove(device.generation());
        }
    }

    /** A driver of the host takes an attached device back. */
    void takeBack(String path) {
        UsbDevice device = plugged.get(path);
        if (device != null) {
            heldSince.putIfAbsent(device.generation(), now);
        }
    }

    // ---- The program at work ----

    World world() {
        List<GuestView> views = new ArrayList<>();
        guests.values().forEach(guest -> {
            Set<Generation> mayHold = new HashSet<>(guest.unknown);
            if (!guest.inspected) {
                plugged.values().forEach(device -> mayHold.add(device.generation()));
            }
            views.add(new GuestView(
                    guest.truth.guest(),
                    guest.inspected ? Optional.of(known(guest)) : Optional.empty(),
                    Optional.empty(),
                    mayHold,
                    List.of()));
        });
        HostTopology topology =
                new HostTopology(List.of(), List.of(new Hub(HUB, List.of())), List.copyOf(plugged.values()));
        return new World(now, topology, policy, views, holds, heldSince, failures);
    }

    /** While an outcome is unknown, what is known is what was before. */
    private static GuestInspection known(SimulatedGuest guest) {
        GuestInspection known = guest.truth;
        for (Attachment attachment : guest.truth.attachments()) {
            if (attachment.generation().filter(guest.unknown::contains).isPresent()) {
                known = known.minus(attachment);
            }
        }
        return known;
    }

    /** Plans, and gives each guest its first step. Returns whether there was anything to do. */
    boolean work() {
        boolean worked = false;
        Plan plan = planner.plan(world());
        Set<String> busy = new HashSet<>();
        for (SimulatedGuest guest : guests.values()) {
            if (!guest.inspected || guest.looksAgain) {
                guest.inspected = true;
                guest.looksAgain = false;
                guest.unknown.clear();
                busy.add(guest.truth.guest().name());
                worked = true;
            }
        }
        for (PlanStep step : plan.steps()) {
            if (busy.add(step.guest().name())) {
                execute(step);
                worked = true;
            }
        }
        OptionalLong wakeAt = plan.wakeAt();
        if (!worked && wakeAt.isPresent()) {
            assertThat(wakeAt.getAsLong()).as("woken in the future").isGreaterThan(now);
            now = wakeAt.getAsLong();
            worked = true;
        }
        return worked;
    }

    void settle(int atMost) {
        int before = steps;
        while (work()) {
            assertThat(steps - before).as("steps until %s is settled", this).isLessThanOrEqualTo(atMost);
        }
        assertThat(planner.plan(world()).steps()).isEmpty();
    }

    private void execute(PlanStep step) {
        steps++;
        Outcome outcome = outcomes.get();
        SimulatedGuest guest = guests.get(step.guest().name());
        assertThat(guest.truth.guest().state().acceptsChanges()).as("%s", step).isTrue();
        boolean done = outcome == Outcome.DONE || outcome == Outcome.DONE_BUT_UNKNOWN;
        if (done) {
            apply(guest, step);
        }
        if (outcome == Outcome.DONE) {
            failures.remove(step.failureKey());
        } else if (outcome == Outcome.FAILED) {
            failures.put(step.failureKey(), new Failure(1, now + 100, false, "it failed"));
        } else {
            guest.looksAgain = true;
            if (step instanceof PlanStep.Attach attach) {
                guest.unknown.add(attach.device().generation());
            }
        }
    }

    private void apply(SimulatedGuest guest, PlanStep step) {
        if (step instanceof PlanStep.Attach attach) {
            attach(guest, attach);
        } else if (step instanceof PlanStep.Detach detach) {
            assertThat(guest.truth.attachments()).as("%s", step).contains(detach.attachment());
            guest.truth = guest.truth.minus(detach.attachment());
            heldSince.put(detach.generation(), now);
            holds.put(detach.generation(), new Hold(now + 200, "it settles"));
            if (detach.cure()) {
                failures.put(
                        FailureKey.cure(detach.guest(), detach.generation()), new Failure(1, now + 100, false, "x"));
            }
        } else if (step instanceof PlanStep.ClearStale clear) {
            assertThat(guest.truth.attachments()).as("%s", step).contains(clear.attachment());
            assertThat(plugged.values().stream().map(UsbDevice::generation))
                    .as("%s", step)
                    .doesNotContain(clear.attachment().generation().orElseThrow());
            guest.truth = guest.truth.minus(clear.attachment());
        } else if (step instanceof PlanStep.AddController) {
            List<GuestController> more = new ArrayList<>(guest.truth.controllers());
            more.add(Worlds.controller("xhci." + more.size(), Worlds.XHCI_SPEEDS, PORTS));
            guest.truth = new GuestInspection(guest.truth.guest(), more, guest.truth.attachments());
        }
    }

    private void attach(SimulatedGuest guest, PlanStep.Attach step) {
        Generation generation = step.device().generation();
        assertThat(plugged.values()).as("%s", step).contains(step.device());
        assertThat(step.device().isHub()).as("%s", step).isFalse();
        assertThat(holders(generation)).as("who has it before %s", step).isEmpty();
        GuestPort port = guest.truth.controllers().stream()
                .flatMap(controller -> controller.ports().stream())
                .filter(step.port()::isSamePort)
                .findFirst()
                .orElseThrow();
        assertThat(port.free()).as("%s", step).isTrue();
        assertThat(port.speeds()).as("%s", step).contains(step.device().speed());
        guest.truth = guest.truth.plus(Attachment.builder(guest.truth.guest().id(), "ours" + steps)
                .port(port)
                .address(step.device().address())
                .generation(generation)
                .ours(true)
                .build());
        heldSince.remove(generation);
    }

    private List<String> holders(Generation generation) {
        List<String> holders = new ArrayList<>();
        guests.forEach((name, guest) -> guest.truth.attachments().stream()
                .filter(attachment ->
                        attachment.generation().filter(generation::equals).isPresent())
                .forEach(attachment -> holders.add(name)));
        return holders;
    }

    // ---- How it should end ----

    /** Who has what: {@code guest=path}. */
    Set<String> attached() {
        Map<Generation, String> places = new HashMap<>();
        plugged.forEach((path, device) -> places.put(device.generation(), path));
        Set<String> attached = new TreeSet<>();
        guests.forEach((name, guest) -> guest.truth.attachments().forEach(attachment -> {
            String place = places.getOrDefault(attachment.generation().orElseThrow(), "stale");
            assertThat(attached.add(name + "=" + place))
                    .as("%s has %s once", name, place)
                    .isTrue();
        }));
        return attached;
    }

    /** Who should have what, from nothing but what is plugged in, runs, is configured and was done by hand. */
    Set<String> expected() {
        Set<String> expected = new TreeSet<>();
        Policy.Assignments assignments = policy.on(HostTopology.EMPTY);
        plugged.forEach((path, device) -> {
            Optional<String> byHand = guests.entrySet().stream()
                    .filter(entry -> entry.getValue().truth.attachments().stream()
                            .anyMatch(it -> !it.ours()
                                    && it.generation()
                                            .filter(device.generation()::equals)
                                            .isPresent()))
                    .map(Map.Entry::getKey)
                    .findFirst();
            byHand.or(() -> assignments.of(device).map(Assignment::guest))
                    .filter(guests::containsKey)
                    .ifPresent(name -> expected.add(name + "=" + path));
        });
        return expected;
    }

    /** Devices that a driver of the host has, although their guest should. */
    Set<Generation> stolen() {
        Policy.Assignments assignments = policy.on(HostTopology.EMPTY);
        Set<Generation> stolen = new HashSet<>();
        plugged.values()
                .forEach(device -> assignments
                        .of(device)
                        .map(Assignment::guest)
                        .filter(holders(device.generation())::contains)
                        .filter(guest -> heldSince.containsKey(device.generation()))
                        .ifPresent(guest -> stolen.add(device.generation())));
        return stolen;
    }

    int steps() {
        return steps;
    }

    int controllers() {
        return guests.values().stream()
                .mapToInt(guest -> guest.truth.controllers().size())
                .sum();
    }

    @Override
    public String toString() {
        return "at " + now + " plugged " + plugged.keySet() + " up " + guests.keySet() + " attached " + attached();
    }
}
