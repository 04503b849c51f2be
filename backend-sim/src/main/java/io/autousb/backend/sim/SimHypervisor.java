package io.autousb.backend.sim;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.port.AddControllerRequest;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DetachRequest;
import io.autousb.domain.port.GuestListener;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import io.autousb.domain.port.RepairNotice;
import io.autousb.domain.port.RepairRequest;
import io.autousb.domain.port.RepairResult;
import io.autousb.domain.port.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The hypervisor {@code sim}: attaches the devices of a {@link SimHost} to {@link SimGuests}. Calls its
 * listener on the threads that change the world.
 */
public final class SimHypervisor implements Hypervisor {

    private static final Duration SECOND_LOOK = Duration.ofSeconds(15);

    private final SimGuests guests;
    private final Scheduler scheduler;
    private final List<GuestListener> subscriptions = new ArrayList<>();
    private volatile Set<String> configured = Set.of();
    private volatile boolean closed;

    /**
     * Makes an adapter.
     *
     * @param guests the guests it can see
     * @param scheduler what deadlines are measured by
     */
    public SimHypervisor(SimGuests guests, Scheduler scheduler) {
        this.guests = guests;
        this.scheduler = scheduler;
    }

    @Override
    public void configure(List<GuestSpec> specs) {
        requireOpen();
        for (GuestSpec spec : specs) {
            if (!spec.settings().isEmpty()) {
                throw BackendException.of(BackendException.INVALID, "simulated guests have no settings")
                        .where("guest " + SimFailures.safe(spec.name()))
                        .remedy("leave the guest's settings out")
                        .retry(BackendException.Retry.NEVER)
                        .build();
            }
        }
        configured = specs.stream().map(GuestSpec::name).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public synchronized void subscribe(GuestListener listener) {
        requireOpen();
        GuestListener subscription = new Subscription(listener);
        subscriptions.add(subscription);
        guests.hints().add(subscription);
    }

    @Override
    public List<Guest> guests(Duration timeout) {
        requireOpen();
        return configured.stream()
                .sorted()
                .flatMap(name -> guests.find(name).stream())
                .flatMap(guest -> guest.core().guest().stream())
                .toList();
    }

    @Override
    public GuestInspection inspect(Guest guest, Duration timeout) {
        GuestCore target = target(guest);
        try (Patience patience = patience(timeout)) {
            return target.inspect(guest, patience);
        }
    }

    @Override
    public void addController(AddControllerRequest request) {
        GuestCore target = target(request.guest());
        try (Patience patience = patience(request.timeout())) {
            target.change(request.guest(), patience, life -> {
                life.addController(request.usbVersion());
                return life;
            });
        }
    }

    @Override
    public Attachment attach(AttachRequest request) {
        GuestCore target = target(request.guest());
        try (Patience patience = patience(request.timeout())) {
            return target.change(request.guest(), patience, life -> {
                target.faults().throwNextFailure();
                return life.attach(request.device(), request.port());
            });
        }
    }

    @Override
    public void detach(DetachRequest request) {
        GuestCore target = target(request.guest());
        try (Patience patience = patience(request.timeout())) {
            target.change(request.guest(), patience, life -> {
                life.detach(request.attachment().handle());
                return life;
            });
        }
    }

    @Override
    public RepairResult repair(RepairRequest request) {
        requireOpen();
        List<RepairNotice> notices = guests.all().stream()
                .flatMap(guest -> repair(guest, request).stream())
                .toList();
        boolean again = notices.stream().anyMatch(notice -> notice.outcome() == RepairNotice.Outcome.AWAITED);
        return new RepairResult(notices, again ? Optional.of(SECOND_LOOK) : Optional.empty());
    }

    private static List<RepairNotice> repair(SimGuest guest, RepairRequest request) {
        return guest.core()
                .leftovers()
                .repair("guest " + SimFailures.safe(guest.id().key()), request);
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            subscriptions.forEach(guests.hints()::remove);
            subscriptions.clear();
        }
        guests.all().forEach(guest -> guest.core().wake());
    }

    private Patience patience(Duration timeout) {
        return new Patience(scheduler, timeout, () -> closed);
    }

    private GuestCore target(Guest guest) {
        requireOpen();
        return guests.find(guest.id().key())
                .map(SimGuest::core)
                .orElseThrow(() -> SimFailures.guestGone(guest.id()).build());
    }

    private void requireOpen() {
        if (closed) {
            throw SimFailures.closed().build();
        }
    }

    /** Passes hints on under the lock that {@link #close} takes, so that none is under way when it returns. */
    private final class Subscription implements GuestListener {
        private final GuestListener listener;

        Subscription(GuestListener listener) {
            this.listener = listener;
        }

        @Override
        public void guestsChanged() {
            pass(listener::guestsChanged);
        }

        @Override
        public void attachmentsChanged(GuestId guest) {
            if (configured.contains(guest.key())) {
                pass(() -> listener.attachmentsChanged(guest));
            }
        }

        private void pass(Runnable hint) {
            synchronized (SimHypervisor.this) {
                if (!closed) {
                    hint.run();
                }
            }
        }
    }
}
