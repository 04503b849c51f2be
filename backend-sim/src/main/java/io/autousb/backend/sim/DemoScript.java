package io.autousb.backend.sim;

import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.Scheduler;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/**
 * The demonstration: things happen to a world, one after the other, and whoever watches it with the real
 * engine sees what the program does about them. The script itself attaches nothing.
 *
 * <pre>{@code
 * DemoScript demo = DemoScript.create();
 * // run an engine for DemoScript.GUEST and DemoScript.HUB with these two:
 * new SimDeviceSourceProvider(demo.world());
 * new SimHypervisorProvider(demo.world());
 * demo.play(scheduler, System.err::println, engine::stop);
 * }</pre>
 */
public final class DemoScript {

    /** The guest that is to have the devices. */
    public static final String GUEST = "windows";

    /** The hub whose devices the guest is to have. */
    public static final PortPath HUB = PortPath.parse("1-1");

    private static final PortPath STICK = HUB.child(3);
    private static final PortPath HEADSET = HUB.child(4);
    private static final PortPath ELSEWHERE = PortPath.parse("1-3");
    private static final int FAILURES = 2;

    private final SimWorld world;
    private final SimGuest guest;
    private SimDevice pulledHub = SimDevice.hub(4).with(1, SimDevice.keyboard()).with(2, SimDevice.mouse());

    /**
     * One thing that happens.
     *
     * @param delay how long after the one before
     * @param text what happens, in one line
     * @param action makes it happen, without blocking
     */
    public record Step(Duration delay, String text, Runnable action) {}

    private DemoScript(SimWorld world) {
        this.world = world;
        this.guest = world.guests().define(GUEST);
    }

    /**
     * Sets the scene: the guest runs with {@value SimGuest#DEFAULT_PORTS} free ports, and the hub is
     * there with a keyboard and a mouse.
     *
     * @return a script to be played once
     */
    public static DemoScript create() {
        DemoScript script = new DemoScript(SimWorld.create());
        script.world.host().plug(HUB, script.pulledHub);
        script.guest.start();
        return script;
    }

    /**
     * The world that it happens to.
     *
     * @return always the same
     */
    public SimWorld world() {
        return world;
    }

    /**
     * What happens. The first step only says how things are; the last leaves time to see what became of
     * the one before.
     *
     * @return the steps in order, some 14 seconds in all
     */
    public List<Step> steps() {
        return List.of(
                step(0, "A keyboard and a mouse are in hub " + HUB + ", and guest '" + GUEST + "' runs", () -> {}),
                step(1500, "Someone plugs a stick into the hub", () -> plug(STICK, SimDevice.stick())),
                step(1500, "Someone plugs a keyboard in elsewhere, at " + ELSEWHERE, this::plugElsewhere),
                step(1500, "Someone pulls the stick out", () -> world.host().unplug(STICK)),
                step(1500, "Someone pulls the hub out, with all that is in it", this::pullHub),
                step(1500, "Someone puts the hub back", () -> plug(HUB, pulledHub)),
                step(1500, "The guest is started anew, and has lost its devices", guest::restart),
                step(1500, "Someone plugs a headset in, and the guest fails " + FAILURES + " times", this::plugBadly),
                step(1500, "An emulated tablet takes the guest's last free port", this::takeLastPort),
                step(
                        1000,
                        "Someone plugs the stick in again, and the guest is full",
                        () -> plug(STICK, SimDevice.stick())),
                step(1500, "That is all", () -> {}));
    }

    /**
     * Plays all steps without blocking, each after its wait.
     *
     * @param scheduler what the waits are measured by; runs the actions
     * @param announce told each step's text just before it happens
     * @param end run after the last step
     * @return drops the steps that are still to come, when run
     */
    public Runnable play(Scheduler scheduler, Consumer<String> announce, Runnable end) {
        Playing playing = new Playing(scheduler, announce, end, steps().iterator());
        playing.next();
        return playing::stop;
    }

    private static Step step(int millis, String text, Runnable action) {
        return new Step(Duration.ofMillis(millis), text, action);
    }

    private void plug(PortPath port, SimDevice device) {
        world.host().plug(port, device);
    }

    private void plugElsewhere() {
        plug(ELSEWHERE, SimDevice.keyboard());
    }

    private void pullHub() {
        pulledHub = world.host().unplug(HUB);
    }

    private void plugBadly() {
        guest.failNextAttaches(
                FAILURES,
                BackendException.of(BackendException.REFUSED, "the simulated guest failed, as it was told to")
                        .where(guest.id())
                        .build());
        plug(HEADSET, SimDevice.headset());
    }

    private void takeLastPort() {
        guest.look().stream()
                .flatMap(seen -> seen.controllers().stream())
                .flatMap(controller -> controller.ports().stream())
                .filter(GuestPort::free)
                .forEach(guest::takePort);
    }

    private static final class Playing {
        private final Scheduler scheduler;
        private final Consumer<String> announce;
        private final Runnable end;
        private final Iterator<Step> steps;
        private Runnable drop = () -> {};
        private boolean stopped;

        Playing(Scheduler scheduler, Consumer<String> announce, Runnable end, Iterator<Step> steps) {
            this.scheduler = scheduler;
            this.announce = announce;
            this.end = end;
            this.steps = steps;
        }

        synchronized void next() {
            if (stopped) {
                return;
            }
            if (!steps.hasNext()) {
                end.run();
                return;
            }
            Step step = steps.next();
            drop = scheduler.schedule(step.delay(), () -> {
                announce.accept(step.text());
                step.action().run();
                next();
            });
        }

        synchronized void stop() {
            stopped = true;
            drop.run();
        }
    }
}
