package io.autousb.backend.sim;

import io.autousb.contract.HypervisorFixture;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DetachRequest;
import io.autousb.domain.port.Hypervisor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Makes broken hypervisors. */
final class BrokenGuests {

    private BrokenGuests() {}

    /** Simulated guests whose adapters are spoilt. */
    static class Fixture extends SimHypervisorFixture {
        @Override
        public final Hypervisor open() {
            return spoil(super.open());
        }

        Hypervisor spoil(Hypervisor real) {
            return real;
        }

        /** An adapter as it should be. */
        final Hypervisor unspoilt() {
            return super.open();
        }

        @Override
        public Duration timeout() {
            return Duration.ofSeconds(2);
        }

        @Override
        public Duration shortTimeout() {
            return Duration.ofMillis(20);
        }

        @Override
        public Duration patience() {
            return Duration.ofMillis(300);
        }

        @Override
        public Duration grace() {
            return Duration.ofMillis(500);
        }
    }

    /** One whose adapters are spoilt in some way. */
    static Mutant<HypervisorFixture> adapter(
            String name, String rules, BiFunction<Hypervisor, SimWorld, Hypervisor> spoil) {
        return Mutant.of(name, rules, () -> new Fixture() {
            @Override
            Hypervisor spoil(Hypervisor real) {
                return spoil.apply(real, world());
            }
        });
    }

    /** One that changes the list of guests. */
    static Mutant<HypervisorFixture> guests(String name, String rules, UnaryOperator<List<Guest>> spoil) {
        return adapter(name, rules, (real, world) -> new DelegatingHypervisor(real) {
            @Override
            public List<Guest> guests(Duration timeout) {
                return spoil.apply(super.guests(timeout));
            }
        });
    }

    /** One that changes each inspection. */
    static Mutant<HypervisorFixture> inspection(
            String name, String rules, BiFunction<GuestInspection, SimWorld, GuestInspection> spoil) {
        return adapter(name, rules, (real, world) -> new DelegatingHypervisor(real) {
            @Override
            public GuestInspection inspect(Guest guest, Duration timeout) {
                return spoil.apply(super.inspect(guest, timeout), world);
            }
        });
    }

    /** One that changes or leaves out attachments when they are inspected. */
    static Mutant<HypervisorFixture> attachment(
            String name, String rules, Function<Attachment, Optional<Attachment>> spoil) {
        return inspection(name, rules, (seen, world) -> with(seen, spoil));
    }

    /** An inspection with its attachments changed or left out. */
    static GuestInspection with(GuestInspection seen, Function<Attachment, Optional<Attachment>> spoil) {
        return new GuestInspection(
                seen.guest(),
                seen.controllers(),
                seen.attachments().stream()
                        .flatMap(attachment -> spoil.apply(attachment).stream())
                        .toList());
    }

    /** What a spoilt attach or detach does, given the adapter as it was. */
    @FunctionalInterface
    interface Attach {
        Attachment attach(Hypervisor real, SimWorld world, AttachRequest request);
    }

    /** One that attaches in a way of its own. */
    static Mutant<HypervisorFixture> attach(String name, String rules, Attach spoil) {
        return adapter(name, rules, (real, world) -> new DelegatingHypervisor(real) {
            @Override
            public Attachment attach(AttachRequest request) {
                return spoil.attach(real, world, request);
            }
        });
    }

    /** What a spoilt detach does, given the adapter as it was. */
    @FunctionalInterface
    interface Detach {
        void detach(Hypervisor real, SimWorld world, DetachRequest request);
    }

    /** One that detaches in a way of its own. */
    static Mutant<HypervisorFixture> detach(String name, String rules, Detach spoil) {
        return adapter(name, rules, (real, world) -> new DelegatingHypervisor(real) {
            @Override
            public void detach(DetachRequest request) {
                spoil.detach(real, world, request);
            }
        });
    }

    /** A copy of an attachment, to be changed. */
    static Attachment.Builder copy(Attachment attachment) {
        return renamed(attachment, attachment.handle());
    }

    /** A copy of an attachment under another handle, to be changed. */
    static Attachment.Builder renamed(Attachment attachment, String handle) {
        return Attachment.builder(attachment.guest(), handle)
                .port(attachment.port().orElse(null))
                .address(attachment.address().orElse(null))
                .path(attachment.path().orElse(null))
                .generation(attachment.generation().orElse(null))
                .ours(attachment.ours())
                .match(attachment.match().orElse(null))
                .connected(attachment.connected());
    }

    /** A copy of a failure, to be changed. The outcome is known. */
    static BackendException.Builder copy(BackendException e, String code) {
        return BackendException.of(code, e.what())
                .where(e.where())
                .remedy(e.remedy())
                .retry(e.retry());
    }

    /** The guest behind a request. */
    static SimGuest guest(SimWorld world, Guest guest) {
        return world.guests().find(guest.id().key()).orElseThrow();
    }

    /** The same guest as it is now. */
    static Guest now(SimWorld world, Guest guest) {
        return guest(world, guest).look().map(GuestInspection::guest).orElse(guest);
    }
}
