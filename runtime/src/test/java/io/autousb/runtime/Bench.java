package io.autousb.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.UsbId;
import io.autousb.domain.plan.Decision;
import io.autousb.domain.policy.GuestWish;
import io.autousb.domain.policy.Policy;
import io.autousb.domain.policy.PortSelector;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** An engine on a bench: a host, a hypervisor, and time that moves when told. */
final class Bench implements AutoCloseable {

    private static final int TOO_MANY = 20_000;

    final ManualClock clock = new ManualClock();
    final ManualScheduler scheduler = new ManualScheduler(clock);
    final ManualThreads threads;
    final FakeHost host = new FakeHost();
    final FakeHypervisor hypervisor = new FakeHypervisor(host);
    final FakeHypervisor other = new FakeHypervisor(host);
    final List<EngineEvent> events = new ArrayList<>();
    final Engine engine;
    boolean closesAtEnd = true;
    private final List<String> defects = new CopyOnWriteArrayList<>();
    private final Logger loopLog = Logger.getLogger(EngineLoop.class.getName());
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord logged) {
            StringWriter text = new StringWriter();
            if (logged.getThrown() != null) {
                logged.getThrown().printStackTrace(new PrintWriter(text));
            }
            defects.add(logged.getMessage() + "\n" + text);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    Bench() {
        this(EngineMode.SERVE, null);
    }

    Bench(EngineMode mode, @Nullable Random order) {
        threads = new ManualThreads(order);
        engine = new Engine(
                new Engine.Dependencies(host, ranked(), clock, scheduler, threads, () -> 0.5), Timings.DEFAULT, mode);
        engine.observe(events::add);
        loopLog.addHandler(handler);
    }

    private Map<String, Hypervisor> ranked() {
        Map<String, Hypervisor> ranked = new LinkedHashMap<>();
        ranked.put("fake", hypervisor);
        ranked.put("other", other);
        return ranked;
    }

    /** As {@link #configuration}, with both hypervisors being told of all guests. */
    static EngineConfiguration shared(String... guests) {
        EngineConfiguration one = configuration(guests);
        List<GuestSpec> specs = one.guests().get("fake");
        return new EngineConfiguration(one.policy(), Map.of("fake", specs, "other", specs));
    }

    /** A configuration from lines such as {@code a 1-1 046d:0001}. */
    static EngineConfiguration configuration(String... guests) {
        List<GuestWish> wishes = new ArrayList<>();
        List<GuestSpec> specs = new ArrayList<>();
        for (String line : guests) {
            List<String> words = List.of(line.split(" "));
            List<String> wanted = words.subList(1, words.size());
            wishes.add(new GuestWish(
                    words.get(0),
                    wanted.stream()
                            .filter(word -> !isId(word))
                            .map(PortSelector::parse)
                            .toList(),
                    wanted.stream().filter(Bench::isId).map(UsbId::parse).toList(),
                    3));
            specs.add(new GuestSpec(words.get(0), Map.of()));
        }
        return new EngineConfiguration(new Policy(wishes), Map.of("fake", specs));
    }

    private static boolean isId(String word) {
        return word.matches("[0-9a-f]{4}:[0-9a-f]{4}");
    }

    Bench start(String... guests) {
        engine.start(configuration(guests));
        return settle();
    }

    void reconfigure(String... guests) {
        engine.reconfigure(configuration(guests));
        settle();
    }

    /** Runs all that can run now; time stands still but for tasks that are due at once. */
    Bench settle() {
        int before = threads.tasks();
        boolean more = true;
        while (more) {
            scheduler.runDue();
            more = threads.runOne();
            assertThat(threads.tasks() - before)
                    .as("tasks without time passing")
                    .isLessThan(TOO_MANY);
        }
        return this;
    }

    /** Lets time pass, from one thing that is due to the next. */
    Bench pass(Duration time) {
        settle();
        long end = clock.nanos() + time.toNanos();
        while (scheduler.next().isPresent() && scheduler.next().getAsLong() <= end) {
            clock.advanceTo(scheduler.next().getAsLong());
            settle();
        }
        clock.advanceTo(end);
        return settle();
    }

    Bench pass(long millis) {
        return pass(Duration.ofMillis(millis));
    }

    <T extends EngineEvent> List<T> told(Class<T> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** What was last told of the device at a place. */
    Decision decision(String path) {
        return told(EngineEvent.Decided.class).stream()
                .map(EngineEvent.Decided::decision)
                .filter(decision -> decision.device().path().toString().equals(path))
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    /** How often something was asked of the hypervisor. */
    long calls(String prefix) {
        return hypervisor.calls.stream().filter(call -> call.startsWith(prefix)).count();
    }

    /** Ends, and checks what always holds. */
    @Override
    public void close() {
        threads.end();
        if (closesAtEnd) {
            engine.close();
        }
        loopLog.removeHandler(handler);
        assertThat(defects).as("defects that the engine logged").isEmpty();
        assertThat(threads.thrown()).as("thrown on the engine's threads").isEmpty();
        assertThat(hypervisor.violations).as("rules broken").isEmpty();
        assertThat(other.violations).as("rules broken by the other").isEmpty();
    }
}
