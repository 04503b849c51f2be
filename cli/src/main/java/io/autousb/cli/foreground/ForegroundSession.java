package io.autousb.cli.foreground;

import io.autousb.cli.console.Console;
import io.autousb.cli.console.ExitCode;
import io.autousb.cli.console.ShutdownHooks;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.plan.Plan;
import io.autousb.domain.policy.Policy;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DeviceSource;
import io.autousb.domain.port.GuestSpec;
import io.autousb.runtime.Engine;
import io.autousb.runtime.EngineConfiguration;
import io.autousb.runtime.EngineEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Serves one guest with an engine: from its start to a clean end. Used once. */
final class ForegroundSession {

    /** What a signal leaves for the whole clean end is 2 s; closing the engine needs a part of it. */
    private static final Duration DETACH_WITHIN = Duration.ofSeconds(1);

    private static final Duration CLOSE_WITHIN = Duration.ofMillis(700);
    private static final Duration END_WITHIN = Duration.ofMillis(1900);
    private static final Duration NOTES_WITHIN = Duration.ofSeconds(2);

    private final Console console;
    private final Engine engine;
    private final DeviceSource source;
    private final Map<String, List<GuestSpec>> guests;
    private final ForegroundRequest request;
    private final EventPrinter printer;
    private final EndingRules rules;
    private final Holdings holdings = new Holdings();
    private final CompletableFuture<Plan> ready = new CompletableFuture<>();
    private final CompletableFuture<Ending> ending = new CompletableFuture<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    ForegroundSession(
            Console console,
            Engine engine,
            DeviceSource source,
            Map<String, List<GuestSpec>> guests,
            ForegroundRequest request) {
        this.console = console;
        this.engine = engine;
        this.source = source;
        this.guests = guests;
        this.request = request;
        this.printer = new EventPrinter(console);
        this.rules = new EndingRules(request.manners(), guests.keySet());
    }

    /** Runs until something ends it; returns the exit code. */
    int run(ShutdownHooks hooks, String backends) {
        ShutdownHooks.Registration hook = hooks.register(this::endBySignal);
        try {
            engine.observe(this::accept);
            engine.start(configuration(request.policy()));
            sayWhatIsWatched(backends);
            return finish(ending.join());
        } finally {
            close();
            ended.countDown();
            hook.close();
        }
    }

    private EngineConfiguration configuration(Policy policy) {
        return new EngineConfiguration(policy, guests);
    }

    private void accept(EngineEvent event) {
        if (request.manners().dryRun() && event instanceof EngineEvent.GuestAbsent) {
            console.say("guest " + request.wish().guest() + " is not running");
        }
        Optional<Ending> end = rules.after(event);
        // What ends the program badly is told once, as its last word.
        if (end.map(Ending::exitCode).orElse(ExitCode.OK) == ExitCode.OK && isWorthALine(event)) {
            printer.accept(event);
        }
        holdings.after(event);
        if (event instanceof EngineEvent.Ready it) {
            ready.complete(it.plan());
        }
        end.ifPresent(ending::complete);
    }

    /** A dry run prints its plan, which says where each device stands. */
    private boolean isWorthALine(EngineEvent event) {
        return !request.manners().dryRun()
                || !(event instanceof EngineEvent.Decided
                        || event instanceof EngineEvent.DeviceSeen
                        || event instanceof EngineEvent.GuestUp
                        || event instanceof EngineEvent.GuestAbsent);
    }

    /** On the thread of the shutdown hook: the program ends when this returns. */
    private void endBySignal() {
        ending.complete(Ending.of(ExitCode.OK, ""));
        try {
            ended.await(END_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sayWhatIsWatched(String backends) {
        CompletableFuture.anyOf(ready, ending)
                .completeOnTimeout(this, NOTES_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        if (ending.isDone() && !request.manners().dryRun()) {
            return;
        }
        try {
            PlaceNotes.on(source.snapshot(NOTES_WITHIN), request.wish().hubs()).forEach(console::warn);
        } catch (BackendException e) {
            console.trace(e);
        }
        if (!request.manners().dryRun()) {
            console.say("watching for guest " + request.wish().guest() + ", " + backends);
        }
    }

    private int finish(Ending end) {
        if (end.exitCode() != ExitCode.OK) {
            console.error(end.message());
            if (end.cause() != null) {
                console.trace(end.cause());
            }
            return end.exitCode();
        }
        if (request.manners().dryRun()) {
            Plan plan = ready.getNow(null);
            if (plan != null) {
                new PlanPrinter(console).print(plan);
            }
            return end.exitCode();
        }
        if (!end.message().isEmpty()) {
            console.say(end.message());
        }
        if (request.manners().detachOnExit()) {
            detachAll();
        }
        sayWhatStays();
        return end.exitCode();
    }

    private void detachAll() {
        if (holdings.devices().isEmpty()) {
            return;
        }
        holdings.beginEmptying();
        engine.reconfigure(configuration(Policy.NONE));
        try {
            holdings.awaitEmpty(DETACH_WITHIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sayWhatStays() {
        List<UsbDevice> devices = holdings.devices();
        if (!devices.isEmpty()) {
            console.say("guest " + request.wish().guest() + " keeps "
                    + devices.stream().map(UsbDevice::toString).collect(Collectors.joining(", ")));
        }
    }

    /** Bounded, whatever hangs: the thread is a daemon. */
    private void close() {
        Thread closer = new Thread(engine::close, "autousb-close");
        closer.setDaemon(true);
        closer.start();
        try {
            closer.join(CLOSE_WITHIN.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
