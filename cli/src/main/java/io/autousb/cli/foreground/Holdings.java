package io.autousb.cli.foreground;

import io.autousb.domain.model.Generation;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.plan.Decision;
import io.autousb.domain.plan.Plan;
import io.autousb.domain.plan.PlanStep;
import io.autousb.runtime.EngineEvent;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Which devices the guest has, as far as events tell. Thread-safe. */
final class Holdings {

    private final Map<Generation, UsbDevice> held = new LinkedHashMap<>();
    /** What is still to be taken away, once that was asked for. */
    private final Set<Generation> leaving = new HashSet<>();

    private boolean emptying;
    private boolean planned;

    /** Takes the next event. */
    synchronized void after(EngineEvent event) {
        if (event instanceof EngineEvent.Attached attached) {
            add(attached.step().device());
        } else if (event instanceof EngineEvent.Detached detached) {
            remove(detached.step().device());
        } else if (event instanceof EngineEvent.Cleared cleared) {
            cleared.device().ifPresent(this::remove);
        } else if (event instanceof EngineEvent.DeviceGone gone) {
            remove(gone.device());
        } else if (event instanceof EngineEvent.GuestGone || event instanceof EngineEvent.GuestRestarted) {
            held.clear();
            leaving.clear();
        } else if (event instanceof EngineEvent.Decided decided) {
            decided(decided.decision());
        } else if (event instanceof EngineEvent.Ready ready && emptying) {
            planned(ready.plan());
        }
        notifyAll();
    }

    /** What the guest has. */
    synchronized List<UsbDevice> devices() {
        return List.copyOf(held.values());
    }

    /** From now on everything is to go. */
    synchronized void beginEmptying() {
        emptying = true;
    }

    /** Waits until what can be taken away is gone, but not for longer than it may take. */
    synchronized void awaitEmpty(Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (!planned || !leaving.isEmpty()) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                return;
            }
            wait(left);
        }
    }

    private void decided(Decision decision) {
        switch (decision.status()) {
            case ATTACHED -> held.put(decision.device().generation(), decision.device());
            case WAITING, BLOCKED, NOT_READY -> held.remove(decision.device().generation());
            // On its way in or out, or attached by a hand that is left alone.
            case IN_PROGRESS, UNASSIGNED -> {}
        }
    }

    private void planned(Plan plan) {
        planned = true;
        for (PlanStep step : plan.steps()) {
            if (step instanceof PlanStep.Detach detach) {
                leaving.add(detach.generation());
            }
        }
    }

    private void add(UsbDevice device) {
        held.put(device.generation(), device);
        if (emptying) {
            leaving.add(device.generation());
        }
    }

    private void remove(UsbDevice device) {
        held.remove(device.generation());
        leaving.remove(device.generation());
    }
}
