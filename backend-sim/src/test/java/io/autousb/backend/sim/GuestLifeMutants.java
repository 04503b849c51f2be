package io.autousb.backend.sim;

import io.autousb.contract.HypervisorFixture;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.port.AddControllerRequest;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DetachRequest;
import io.autousb.domain.port.GuestListener;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** Hypervisors that do not end well. */
final class GuestLifeMutants {

    private GuestLifeMutants() {}

    static List<Mutant<HypervisorFixture>> all() {
        return Stream.concat(ends().stream(), deafToClose().stream()).toList();
    }

    private static List<Mutant<HypervisorFixture>> ends() {
        return List.of(
                BrokenGuests.adapter("hints after close", "HV-53", (real, world) -> new DelegatingHypervisor(real) {
                    @Override
                    public void subscribe(GuestListener listener) {
                        super.subscribe(listener);
                        world.guests().hints().add(listener);
                    }
                }),
                BrokenGuests.adapter(
                        "cannot be closed twice",
                        "HV-05 HV-38 HV-53 HV-54 HV-55 HV-56 HV-57 HV-58 HV-59 HV-66 HV-67",
                        (real, world) -> new DelegatingHypervisor(real) {
                            private final AtomicBoolean closed = new AtomicBoolean();

                            @Override
                            public void close() {
                                super.close();
                                if (!closed.compareAndSet(false, true)) {
                                    throw new IllegalStateException("closed already");
                                }
                            }
                        }),
                BrokenGuests.adapter("leaves calls under way alone", "HV-56", GuestLifeMutants::lettingCallsBe),
                BrokenGuests.adapter("waits for calls under way", "HV-52 HV-56", GuestLifeMutants::waitingForCalls),
                BrokenGuests.adapter(
                        "takes all away when closed", "HV-38 HV-57", (real, world) -> new DelegatingHypervisor(real) {
                            @Override
                            public void close() {
                                super.close();
                                world.guests().all().forEach(GuestMutants::detachAll);
                            }
                        }),
                BrokenGuests.adapter("leaves a thread", "HV-58", (real, world) -> new DelegatingHypervisor(real) {
                    @Override
                    public void subscribe(GuestListener listener) {
                        super.subscribe(listener);
                        Leaks.thread();
                    }
                }),
                BrokenGuests.adapter("leaves a descriptor", "HV-59", (real, world) -> new DelegatingHypervisor(real) {
                    @Override
                    public void subscribe(GuestListener listener) {
                        super.subscribe(listener);
                        Leaks.descriptor();
                    }
                }));
    }

    /** Each does one call on another adapter, which nobody closes. */
    private static List<Mutant<HypervisorFixture>> deafToClose() {
        return List.of(
                deaf("can be configured after close", "HV-54", (real, open) -> new DelegatingHypervisor(real) {
                    @Override
                    public void configure(List<GuestSpec> guests) {
                        open.configure(guests);
                        try {
                            real.configure(guests);
                        } catch (BackendException e) {
                            if (!e.is(BackendException.CLOSED)) {
                                throw e;
                            }
                        }
                    }
                }),
                deaf("can be subscribed to after close", "HV-54", (real, open) -> new DelegatingHypervisor(real) {
                    @Override
                    public void subscribe(GuestListener listener) {
                        try {
                            real.subscribe(listener);
                        } catch (BackendException closed) {
                            listener.guestsChanged();
                        }
                    }
                }),
                deaf("lists guests after close", "HV-54", (real, open) -> new DelegatingHypervisor(real) {
                    @Override
                    public List<Guest> guests(Duration timeout) {
                        try {
                            return real.guests(timeout);
                        } catch (BackendException closed) {
                            return List.of();
                        }
                    }
                }),
                deaf("inspects after close", "HV-54", (real, open) -> new DelegatingHypervisor(real) {
                    @Override
                    public GuestInspection inspect(Guest guest, Duration timeout) {
                        return open.inspect(guest, timeout);
                    }
                }),
                deaf("adds controllers after close", "HV-54", (real, open) -> new DelegatingHypervisor(real) {
                    @Override
                    public void addController(AddControllerRequest request) {
                        open.addController(request);
                    }
                }),
                deaf("attaches after close", "HV-54 HV-56", (real, open) -> new DelegatingHypervisor(real) {
                    @Override
                    public Attachment attach(AttachRequest request) {
                        return open.attach(request);
                    }
                }),
                deaf("detaches after close", "HV-54", (real, open) -> new DelegatingHypervisor(real) {
                    @Override
                    public void detach(DetachRequest request) {
                        open.detach(request);
                    }
                }));
    }

    private static Mutant<HypervisorFixture> deaf(
            String name, String rules, BiFunction<Hypervisor, Hypervisor, Hypervisor> spoil) {
        return Mutant.of(name, rules, () -> new BrokenGuests.Fixture() {
            @Override
            Hypervisor spoil(Hypervisor real) {
                return spoil.apply(real, unspoilt());
            }
        });
    }

    private static Hypervisor lettingCallsBe(Hypervisor real, SimWorld world) {
        return new DelegatingHypervisor(real) {
            @Override
            public Attachment attach(AttachRequest request) {
                try {
                    return super.attach(request);
                } catch (BackendException e) {
                    if (e.is(BackendException.CLOSED) && e.outcomeUnknown()) {
                        Leaks.pause();
                    }
                    throw e;
                }
            }
        };
    }

    private static Hypervisor waitingForCalls(Hypervisor real, SimWorld world) {
        return new DelegatingHypervisor(real) {
            @Override
            public synchronized Attachment attach(AttachRequest request) {
                return super.attach(request);
            }

            @Override
            public synchronized void close() {
                super.close();
            }
        };
    }
}
