package io.autousb.domain.plan;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.policy.GuestWish;
import io.autousb.domain.policy.Policy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Prints how long planning takes for 1,000 devices and 100 guests. Run its main method; it asserts nothing. */
final class PlannerBenchmark {

    private static final int DEVICES = 1000;
    private static final int GUESTS = 100;
    private static final int ROUNDS = 400;

    private PlannerBenchmark() {}

    public static void main(String[] args) {
        List<UsbDevice> devices = new ArrayList<>();
        for (int i = 0; i < DEVICES; i++) {
            PortPath path = path(i);
            devices.add(Worlds.device(path.toString(), i % 120 + 3).build());
        }
        HostTopology topology = new HostTopology(List.of(), List.of(), devices);
        List<GuestWish> wishes = new ArrayList<>();
        for (int i = 0; i < GUESTS; i++) {
            wishes.add(Worlds.wish("g" + i, path(i * 10).parent().orElseThrow().toString()));
        }
        Policy policy = new Policy(wishes);
        World settled = world(topology, policy, true, true);
        report("all attached", () -> new Planner().plan(settled));
        World none = world(topology, policy, false, true);
        report("none attached", () -> new Planner().plan(none));
        World dark = world(topology, policy, false, false);
        report("none inspected", () -> new Planner().plan(dark));
        report("making the world", () -> world(topology, policy, false, false));
    }

    /** Ten ports on each of a hundred hubs. */
    private static PortPath path(int device) {
        int hub = device / 10;
        return new PortPath(1 + hub % 10, List.of(1 + hub / 10, 1 + device % 10));
    }

    private static World world(HostTopology topology, Policy policy, boolean attached, boolean inspected) {
        Policy.Assignments assignments = policy.on(topology);
        Map<String, List<UsbDevice>> byGuest = topology.devices().stream()
                .collect(Collectors.groupingBy(
                        device -> assignments.of(device).orElseThrow().guest()));
        Set<Generation> all =
                topology.devices().stream().map(UsbDevice::generation).collect(Collectors.toSet());
        List<GuestView> views = new ArrayList<>();
        policy.wishes().forEach(wish -> {
            Guest guest = Worlds.guest(wish.guest());
            GuestController controller = Worlds.controller("xhci", Worlds.XHCI_SPEEDS, 15);
            GuestInspection inspection = Worlds.inspection(guest, controller);
            if (attached) {
                int port = 0;
                for (UsbDevice device : byGuest.get(wish.guest())) {
                    GuestPort free = controller.ports().get(port++);
                    inspection = inspection.plus(Attachment.builder(guest.id(), "h" + port)
                            .port(free)
                            .address(device.address())
                            .generation(device.generation())
                            .ours(true)
                            .build());
                }
            }
            views.add(new GuestView(
                    guest,
                    inspected ? Optional.of(inspection) : Optional.empty(),
                    Optional.empty(),
                    inspected ? Set.of() : all,
                    List.of()));
        });
        return new World(0, topology, policy, views, Map.of(), Map.of(), Map.of());
    }

    private static void report(String what, Supplier<Object> work) {
        long[] nanos = new long[ROUNDS];
        int kept = 0;
        for (int i = 0; i < ROUNDS; i++) {
            long begun = System.nanoTime();
            kept += work.get() == null ? 0 : 1;
            nanos[i] = System.nanoTime() - begun;
        }
        long[] warm = Arrays.copyOfRange(nanos, ROUNDS / 2, ROUNDS);
        Arrays.sort(warm);
        System.out.printf(
                "%-16s median %.2f ms, 95th percentile %.2f ms, first %.1f ms (%d)%n",
                what, warm[warm.length / 2] / 1e6, warm[warm.length * 95 / 100] / 1e6, nanos[0] / 1e6, kept);
    }
}
