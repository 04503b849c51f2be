package io.autousb.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.policy.Assignment;
import io.autousb.domain.policy.Policy;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Thousands of things happen in any order, threads take turns at random, and calls fail and hang. */
class EngineSoakTest {

    private static final List<String> GUESTS = List.of("a", "b", "c");
    private static final List<String> PORTS = List.of("1-1.1", "1-1.2", "1-2", "1-10", "2-1");
    private static final int SEEDS = 24;
    private static final int QUIET_POINTS = 6;
    private static final int EVENTS = 40;

    @TestFactory
    Stream<DynamicTest> soak() {
        return IntStream.range(0, SEEDS)
                .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> {
                    try (Story story = new Story(seed)) {
                        for (int i = 0; i < QUIET_POINTS; i++) {
                            story.happen(EVENTS);
                            story.becomeQuiet();
                            story.check();
                        }
                    }
                }));
    }

    private static final class Story implements AutoCloseable {
        private final Random random;
        private final Bench bench;
        private final List<String> told = new ArrayList<>();
        private EngineConfiguration configuration;
        private boolean faulty;

        Story(int seed) {
            random = new Random(seed);
            bench = new Bench(EngineMode.SERVE, new Random(seed));
            configuration = anyConfiguration();
            bench.hypervisor.always("attach", this::perhaps);
            bench.hypervisor.always("detach", this::perhaps);
            bench.hypervisor.always("addController", this::perhaps);
            bench.hypervisor.always("inspect", this::perhaps);
            bench.hypervisor.always("guests", this::perhaps);
            bench.hypervisor.always("prepare", this::perhapsLate);
            bench.engine.start(configuration);
        }

        private Object perhaps(Supplier<Object> real) {
            if (!faulty || random.nextInt(5) > 0) {
                return real.get();
            }
            BackendException.Builder failure =
                    BackendException.of("fault", "a fault").retry(pick(Retry.NOW, Retry.BACK_OFF, Retry.ON_CHANGE));
            switch (random.nextInt(6)) {
                case 0 -> throw failure.build();
                case 1 -> throw failure.outcomeUnknown().build();
                case 2 -> {
                    real.get();
                    throw failure.outcomeUnknown().build();
                }
                case 3 -> {
                    ManualThreads.hang();
                    return real.get();
                }
                case 4 -> {
                    Object result = real.get();
                    ManualThreads.hang();
                    return result;
                }
                default -> {
                    ManualThreads.hang();
                    throw failure.build();
                }
            }
        }

        private Object perhapsLate(Supplier<Object> real) {
            if (faulty && random.nextInt(5) == 0) {
                ManualThreads.hang();
            }
            Object result = real.get();
            if (faulty && random.nextInt(5) == 0) {
                ManualThreads.hang();
            }
            return result;
        }

        void happen(int events) {
            faulty = true;
            for (int i = 0; i < events; i++) {
                happen();
                for (int tasks = random.nextInt(20); tasks > 0; tasks--) {
                    bench.threads.runOne();
                }
                if (random.nextInt(6) == 0) {
                    bench.pass(Duration.ofMillis(random.nextInt(20_000)));
                }
            }
        }

        private void happen() {
            String guest = pick("a", "b", "c");
            String port = PORTS.get(random.nextInt(PORTS.size()));
            UsbDevice there = bench.host.devices().get(port);
            int what = random.nextInt(18);
            told.add(what + " " + guest + " " + port);
            switch (what) {
                case 0, 1, 2 -> bench.host.plug(port);
                case 3 -> bench.host.unplug(port);
                case 4 -> {
                    if (there != null) {
                        bench.host.rebind(there);
                    }
                }
                case 5, 6 -> bench.hypervisor.start(guest, random.nextInt(3));
                case 7 -> bench.hypervisor.stop(guest);
                case 8 -> {
                    if (bench.hypervisor.isUp(guest)) {
                        bench.hypervisor.state(
                                guest, pick(GuestState.RUNNING, GuestState.PAUSED, GuestState.TRANSIENT));
                    }
                }
                case 9 -> {
                    if (bench.hypervisor.isUp(guest)) {
                        bench.hypervisor.detachByHand(guest, port);
                    }
                }
                case 10 -> {
                    if (there != null
                            && bench.hypervisor.isUp(guest)
                            && holders(there).isEmpty()) {
                        bench.hypervisor.attachByHand(
                                guest,
                                Attachment.builder(FakeHypervisor.id(guest), "hand" + told.size())
                                        .address(there.address())
                                        .build());
                    }
                }
                case 11 -> {
                    configuration = anyConfiguration();
                    bench.engine.reconfigure(configuration);
                }
                case 12 -> {
                    bench.host.hints = random.nextBoolean();
                    bench.hypervisor.hints = random.nextBoolean();
                }
                case 13 -> bench.host.failure = random.nextBoolean() ? null : new IllegalStateException("unreadable");
                case 14 -> bench.host.hangs = true;
                case 15 -> bench.host.plug(port, each -> each.interfaces(List.of()));
                case 16 -> {
                    if (there != null) {
                        bench.host.change(FakeHost.driver(there, null));
                    }
                }
                default -> releaseOne();
            }
        }

        private void releaseOne() {
            List<String> hanging = bench.threads.hanging();
            if (!hanging.isEmpty()) {
                bench.threads.release(hanging.get(random.nextInt(hanging.size())));
            }
        }

        void becomeQuiet() {
            faulty = false;
            bench.host.failure = null;
            bench.host.hangs = false;
            bench.host.hints = true;
            bench.hypervisor.hints = true;
            List.copyOf(bench.host.devices().values())
                    .forEach(device -> bench.host.change(FakeHost.driver(device, null)));
            while (!bench.threads.hanging().isEmpty()) {
                releaseOne();
                bench.settle();
            }
            GUESTS.stream()
                    .filter(bench.hypervisor::isUp)
                    .forEach(guest -> bench.hypervisor.state(guest, GuestState.RUNNING));
            bench.pass(Duration.ofSeconds(130));
            // What was taken away by hand or rests is tried afresh.
            bench.engine.reconfigure(configuration);
            bench.pass(Duration.ofSeconds(70));
        }

        void check() {
            Set<String> attached = new TreeSet<>();
            Set<String> expected = new TreeSet<>();
            for (String guest : GUESTS) {
                if (bench.hypervisor.isUp(guest)) {
                    bench.hypervisor
                            .has(guest)
                            .forEach(place -> assertThat(attached.add(guest + "=" + place))
                                    .as("%s has %s once", guest, place)
                                    .isTrue());
                }
            }
            Policy.Assignments assignments = configuration.policy().on(HostTopology.EMPTY);
            bench.host
                    .devices()
                    .forEach((port, device) -> foreignHolder(device)
                            .or(() -> assignments.of(device).map(Assignment::guest))
                            .filter(bench.hypervisor::isUp)
                            .ifPresent(guest -> expected.add(guest + "=" + port)));
            assertThat(attached).as("after %s", told).isEqualTo(expected);
            assertThat(bench.hypervisor.prepared.values())
                    .as("what is prepared after %s", told)
                    .allMatch(Set::isEmpty);
            int before = bench.hypervisor.calls.size();
            bench.pass(Duration.ofMinutes(3));
            assertThat(bench.hypervisor.calls).as("calls when all is right").hasSize(before);
        }

        private Optional<String> foreignHolder(UsbDevice device) {
            return GUESTS.stream()
                    .filter(bench.hypervisor::isUp)
                    .filter(guest -> bench.hypervisor.truth(guest).attachments().stream()
                            .anyMatch(it -> !it.ours() && FakeHypervisor.holds(it, device)))
                    .findFirst();
        }

        private List<String> holders(UsbDevice device) {
            return GUESTS.stream()
                    .filter(bench.hypervisor::isUp)
                    .filter(guest -> bench.hypervisor.truth(guest).attachments().stream()
                            .anyMatch(it -> FakeHypervisor.holds(it, device)))
                    .toList();
        }

        private EngineConfiguration anyConfiguration() {
            return Bench.configuration(GUESTS.stream()
                    .map(guest -> guest
                            + IntStream.range(0, random.nextInt(3))
                                    .mapToObj(i -> " " + pick("1-1", "1-1.1", "1-10", "1-2", "usb1", "usb2"))
                                    .reduce("", String::concat))
                    .toArray(String[]::new));
        }

        @SafeVarargs
        private <T> T pick(T... choices) {
            return choices[random.nextInt(choices.length)];
        }

        @Override
        public void close() {
            bench.close();
        }
    }
}
