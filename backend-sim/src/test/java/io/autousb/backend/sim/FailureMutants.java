package io.autousb.backend.sim;

import io.autousb.contract.HypervisorFixture;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.port.AddControllerRequest;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DetachRequest;
import io.autousb.domain.port.Hypervisor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** Hypervisors that do not keep their time, or their word about what they did. */
final class FailureMutants {

    private FailureMutants() {}

    static List<Mutant<HypervisorFixture>> all() {
        return List.of(
                BrokenGuests.attach(
                        "fails an attach to a guest that is gone in another way",
                        "HV-39 HV-40 HV-42",
                        (real, world, request) ->
                                recoded(BackendException.GUEST_GONE, BackendException.IO, () -> real.attach(request))),
                BrokenGuests.attach(
                        "attaches to whatever instance there is",
                        "HV-40",
                        (real, world, request) -> real.attach(new AttachRequest(
                                BrokenGuests.now(world, request.guest()),
                                request.device(),
                                request.port(),
                                request.timeout()))),
                BrokenGuests.attach("is sure of what it did when a guest ended", "HV-42", (real, world, request) -> {
                    try {
                        return real.attach(request);
                    } catch (BackendException e) {
                        boolean ended = e.is(BackendException.GUEST_GONE) && e.outcomeUnknown();
                        throw ended
                                ? BrokenGuests.copy(e, BackendException.REFUSED).build()
                                : e;
                    }
                }),
                BrokenGuests.attach(
                        "is sure of what an attach did",
                        "HV-43 HV-47 HV-48",
                        (real, world, request) -> sure(() -> real.attach(request))),
                BrokenGuests.detach(
                        "is sure of what a detach did",
                        "HV-44",
                        (real, world, request) -> sure(() -> {
                            real.detach(request);
                            return request;
                        })),
                BrokenGuests.adapter(
                        "is sure of what a new controller did", "HV-45", FailureMutants::sureOfControllers),
                BrokenGuests.attach(
                        "attaches for as long as it takes",
                        "HV-43",
                        (real, world, request) -> real.attach(new AttachRequest(
                                request.guest(),
                                request.device(),
                                request.port(),
                                request.timeout().plus(Leaks.LONG)))),
                BrokenGuests.detach(
                        "detaches for as long as it takes",
                        "HV-44",
                        (real, world, request) -> real.detach(new DetachRequest(
                                request.guest(),
                                request.attachment(),
                                request.devicePresent(),
                                request.timeout().plus(Leaks.LONG)))),
                BrokenGuests.adapter("adds controllers for as long as it takes", "HV-45", FailureMutants::patient),
                BrokenGuests.adapter("gives a guest up that hung once", "HV-46", FailureMutants::unforgiving),
                BrokenGuests.attach("takes a lost answer for a success", "HV-47 HV-48", FailureMutants::trusting),
                BrokenGuests.attach("asks again when an answer is lost", "HV-48", FailureMutants::insistent),
                BrokenGuests.adapter("makes one call at a time", "HV-52", FailureMutants::oneAtATime),
                BrokenGuests.adapter("fails the second of two calls", "HV-51 HV-52", FailureMutants::exclusive));
    }

    private static <T> T recoded(String code, String instead, Supplier<T> call) {
        try {
            return call.get();
        } catch (BackendException e) {
            throw e.is(code) ? BrokenGuests.copy(e, instead).build() : e;
        }
    }

    private static <T> T sure(Supplier<T> call) {
        try {
            return call.get();
        } catch (BackendException e) {
            throw e.outcomeUnknown() ? BrokenGuests.copy(e, e.code()).build() : e;
        }
    }

    private static Hypervisor sureOfControllers(Hypervisor real, SimWorld world) {
        return new DelegatingHypervisor(real) {
            @Override
            public void addController(AddControllerRequest request) {
                sure(() -> {
                    super.addController(request);
                    return request;
                });
            }
        };
    }

    private static Hypervisor patient(Hypervisor real, SimWorld world) {
        return new DelegatingHypervisor(real) {
            @Override
            public void addController(AddControllerRequest request) {
                super.addController(new AddControllerRequest(
                        request.guest(), request.usbVersion(), request.timeout().plus(Leaks.LONG)));
            }
        };
    }

    private static Hypervisor unforgiving(Hypervisor real, SimWorld world) {
        AtomicBoolean hung = new AtomicBoolean();
        return new DelegatingHypervisor(real) {
            @Override
            public GuestInspection inspect(Guest guest, Duration timeout) {
                if (hung.get()) {
                    throw BackendException.of(BackendException.TIMEOUT, "it hung before")
                            .build();
                }
                try {
                    return super.inspect(guest, timeout);
                } catch (BackendException e) {
                    hung.set(e.is(BackendException.TIMEOUT));
                    throw e;
                }
            }
        };
    }

    private static Attachment trusting(Hypervisor real, SimWorld world, AttachRequest request) {
        try {
            return real.attach(request);
        } catch (BackendException e) {
            if (e.is(BackendException.IO)) {
                return Attachment.builder(request.guest().id(), "lost").build();
            }
            throw e;
        }
    }

    private static Attachment insistent(Hypervisor real, SimWorld world, AttachRequest request) {
        try {
            return real.attach(request);
        } catch (BackendException e) {
            if (e.is(BackendException.IO)) {
                try {
                    real.attach(request);
                } catch (BackendException again) {
                    e.addSuppressed(again);
                }
            }
            throw e;
        }
    }

    private static Hypervisor oneAtATime(Hypervisor real, SimWorld world) {
        ReentrantLock lock = new ReentrantLock();
        return new DelegatingHypervisor(real) {
            @Override
            public Attachment attach(AttachRequest request) {
                lock.lock();
                try {
                    return super.attach(request);
                } finally {
                    lock.unlock();
                }
            }
        };
    }

    private static Hypervisor exclusive(Hypervisor real, SimWorld world) {
        AtomicBoolean busy = new AtomicBoolean();
        CountDownLatch second = new CountDownLatch(1);
        return new DelegatingHypervisor(real) {
            @Override
            public Attachment attach(AttachRequest request) {
                if (!busy.compareAndSet(false, true)) {
                    second.countDown();
                    throw BackendException.of(BackendException.BUSY, "another call is under way")
                            .build();
                }
                try {
                    if (guests(request.timeout()).size() > 1) {
                        Leaks.await(second);
                    }
                    return super.attach(request);
                } finally {
                    busy.set(false);
                }
            }
        };
    }
}
