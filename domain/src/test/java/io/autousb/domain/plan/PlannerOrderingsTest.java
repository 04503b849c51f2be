package io.autousb.domain.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.GuestState;
import io.autousb.domain.plan.SimulatedWorld.Outcome;
import io.autousb.domain.policy.Policy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Whatever happens in whatever order: it ends as it should, and on the way nothing happens that must not. */
class PlannerOrderingsTest {

    private static final Policy BEFORE = new Policy(List.of(Worlds.wish("a", "1-1"), Worlds.wish("b", "1-2")));
    private static final Policy AFTER = new Policy(List.of(Worlds.wish("a", "1-2"), Worlds.wish("b", "1-1")));
    private static final String KEYBOARD = "1-1.1";
    private static final String MOUSE = "1-2";
    private static final int BOUND = 40;

    private enum Event implements Consumer<SimulatedWorld> {
        PLUG_KEYBOARD(world -> world.plug(KEYBOARD)),
        UNPLUG_KEYBOARD(world -> world.unplug(KEYBOARD)),
        PLUG_MOUSE(world -> world.plug(MOUSE)),
        GUEST_UP(world -> world.up("a", 0)),
        GUEST_DOWN(world -> world.down("a")),
        OTHER_GUEST_UP(world -> world.up("b", 1)),
        CONFIGURE(world -> world.configure(AFTER));

        private final Consumer<SimulatedWorld> what;

        Event(Consumer<SimulatedWorld> what) {
            this.what = what;
        }

        @Override
        public void accept(SimulatedWorld world) {
            what.accept(world);
        }
    }

    /** How much the program gets done between two events. */
    private enum Pace {
        NOTHING {
            @Override
            void work(SimulatedWorld world) {}
        },
        ONE_ROUND {
            @Override
            void work(SimulatedWorld world) {
                world.work();
            }
        },
        ALL {
            @Override
            void work(SimulatedWorld world) {
                world.settle(BOUND);
            }
        };

        abstract void work(SimulatedWorld world);
    }

    @TestFactory
    Stream<DynamicTest> allOrderings_endTheSame() {
        List<List<Event>> orderings = permutations(Arrays.asList(Event.values()));
        return Arrays.stream(Pace.values())
                .map(pace -> DynamicTest.dynamicTest(
                        "doing " + pace + " between",
                        () -> orderings.forEach(ordering -> run(ordering, pace, () -> Outcome.DONE))));
    }

    /** Each ordering with one step that goes wrong, each step in turn, in each way. */
    @TestFactory
    Stream<DynamicTest> allOrderings_withOneStepThatGoesWrong_endTheSame() {
        List<Event> events =
                List.of(Event.PLUG_KEYBOARD, Event.PLUG_MOUSE, Event.GUEST_UP, Event.OTHER_GUEST_UP, Event.CONFIGURE);
        List<List<Event>> orderings = permutations(events);
        return Stream.of(Outcome.FAILED, Outcome.DONE_BUT_UNKNOWN, Outcome.FAILED_BUT_UNKNOWN)
                .map(wrong -> DynamicTest.dynamicTest(wrong.toString(), () -> {
                    for (int nth = 0; nth < 8; nth++) {
                        for (List<Event> ordering : orderings) {
                            for (Pace pace : Pace.values()) {
                                int[] countdown = {nth};
                                run(ordering, pace, () -> countdown[0]-- == 0 ? wrong : Outcome.DONE);
                            }
                        }
                    }
                }));
    }

    private static void run(List<Event> ordering, Pace pace, Supplier<Outcome> outcomes) {
        SimulatedWorld world = new SimulatedWorld(outcomes);
        world.configure(BEFORE);
        for (Event event : ordering) {
            event.accept(world);
            pace.work(world);
        }
        world.settle(BOUND);
        assertEndsWell(world, ordering + " doing " + pace + " between");
    }

    private static void assertEndsWell(SimulatedWorld world, String story) {
        assertThat(world.attached()).as("after %s", story).isEqualTo(world.expected());
        assertThat(world.stolen()).as("taken back after %s", story).isEmpty();
        world.restart();
        int before = world.steps();
        world.settle(BOUND);
        assertThat(world.steps()).as("steps after a restart after %s", story).isEqualTo(before);
    }

    @TestFactory
    Stream<DynamicTest> randomStories_endWell() {
        return IntStream.range(0, 20)
                .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> {
                    Random random = new Random(seed);
                    for (int i = 0; i < 40; i++) {
                        story(random);
                    }
                }));
    }

    private static void story(Random random) {
        boolean[] quiet = {false};
        SimulatedWorld world = new SimulatedWorld(() -> quiet[0] || random.nextInt(3) > 0
                ? Outcome.DONE
                : Outcome.values()[random.nextInt(Outcome.values().length)]);
        world.configure(policy(random));
        List<String> story = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            story.add(happen(world, random));
            for (int rounds = random.nextInt(4); rounds > 0; rounds--) {
                world.work();
            }
        }
        quiet[0] = true;
        Stream.of("a", "b", "c").forEach(guest -> world.state(guest, GuestState.RUNNING));
        world.settle(BOUND);
        assertEndsWell(world, story.toString());
        assertThat(world.controllers()).isLessThanOrEqualTo(3 * 4);
    }

    private static String happen(SimulatedWorld world, Random random) {
        String path = pick(random, "1-1.1", "1-1.2", "1-10", "1-2", "2-1");
        String guest = pick(random, "a", "b", "c");
        int what = random.nextInt(12);
        switch (what) {
            case 0, 1, 2 -> world.plug(path);
            case 3 -> world.unplug(path);
            case 4, 5, 6 -> world.up(guest, random.nextInt(3));
            case 7 -> world.down(guest);
            case 8 -> world.configure(policy(random));
            case 9 -> world.state(guest, pick(random, GuestState.RUNNING, GuestState.PAUSED, GuestState.TRANSIENT));
            case 10 -> world.attachByHand(guest, path);
            default -> {
                if (random.nextBoolean()) {
                    world.restart();
                } else {
                    world.takeBack(path);
                }
            }
        }
        return what + " " + guest + " " + path;
    }

    private static Policy policy(Random random) {
        return new Policy(Stream.of("a", "b", "c")
                .map(guest -> Worlds.wish(
                        guest,
                        IntStream.range(0, random.nextInt(3))
                                .mapToObj(i -> pick(random, "1-1", "1-1.1", "1-10", "1-2", "usb1", "usb2"))
                                .toArray(String[]::new)))
                .toList());
    }

    @SafeVarargs
    private static <T> T pick(Random random, T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private static <T> List<List<T>> permutations(List<T> items) {
        if (items.isEmpty()) {
            return List.of(List.of());
        }
        List<List<T>> all = new ArrayList<>();
        for (T first : items) {
            List<T> rest = new ArrayList<>(items);
            rest.remove(first);
            for (List<T> tail : permutations(rest)) {
                List<T> whole = new ArrayList<>();
                whole.add(first);
                whole.addAll(tail);
                all.add(whole);
            }
        }
        return all;
    }
}
