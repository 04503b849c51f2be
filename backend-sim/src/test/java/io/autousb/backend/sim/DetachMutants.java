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
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Hypervisors that take attachments away wrongly, or mistake whose they are. */
final class DetachMutants {

    private DetachMutants() {}

    static List<Mutant<HypervisorFixture>> all() {
        return List.of(
                BrokenGuests.detach(
                        "takes nothing away",
                        "HV-31 HV-32 HV-33 HV-34 HV-35 HV-36 HV-37 HV-38 HV-44",
                        (real, world, request) -> real.inspect(request.guest(), request.timeout())),
                BrokenGuests.detach("fails if there is nothing to take away", "HV-32 HV-44", (real, world, request) -> {
                    requireThere(real, request);
                    real.detach(request);
                }),
                BrokenGuests.detach("cannot take away what was pulled out", "HV-33 HV-35", (real, world, request) -> {
                    if (!request.devicePresent()) {
                        throw BackendException.of(BackendException.DEVICE_GONE, "there is no such device")
                                .build();
                    }
                    real.detach(request);
                }),
                BrokenGuests.inspection(
                        "does not show what was pulled out",
                        "HV-19 HV-28 HV-33",
                        (seen, world) -> BrokenGuests.with(
                                seen, attachment -> Optional.of(attachment).filter(one -> isThere(world, one)))),
                BrokenGuests.detach("takes all away at once", "HV-34", (real, world, request) -> {
                    real.detach(request);
                    GuestMutants.detachAll(BrokenGuests.guest(world, request.guest()));
                }),
                BrokenGuests.detach("takes away only what is its own", "HV-36 HV-37", (real, world, request) -> {
                    if (request.attachment().ours()) {
                        real.detach(request);
                    }
                }),
                BrokenGuests.detach("takes away only what has a name", "HV-37", (real, world, request) -> {
                    if (!request.attachment().handle().startsWith("/")) {
                        real.detach(request);
                    }
                }),
                BrokenGuests.adapter("knows what is its own by memory", "HV-38 HV-47", DetachMutants::byMemory),
                BrokenGuests.detach(
                        "mistakes one instance for another",
                        "HV-41",
                        (real, world, request) -> real.detach(new DetachRequest(
                                BrokenGuests.now(world, request.guest()),
                                request.attachment(),
                                request.devicePresent(),
                                request.timeout()))));
    }

    private static void requireThere(Hypervisor real, DetachRequest request) {
        boolean there = real.inspect(request.guest(), request.timeout()).attachments().stream()
                .anyMatch(one -> one.handle().equals(request.attachment().handle()));
        if (!there) {
            throw BackendException.of(BackendException.REFUSED, "there is no such attachment")
                    .build();
        }
    }

    private static boolean isThere(SimWorld world, Attachment attachment) {
        return attachment
                .address()
                .filter(address -> !world.host().topology().byAddress().containsKey(address))
                .isEmpty();
    }

    private static Hypervisor byMemory(Hypervisor real, SimWorld world) {
        Set<String> made = new HashSet<>();
        return new DelegatingHypervisor(real) {
            @Override
            public Attachment attach(AttachRequest request) {
                Attachment attachment = super.attach(request);
                made.add(attachment.handle());
                return attachment;
            }

            @Override
            public GuestInspection inspect(Guest guest, Duration timeout) {
                return BrokenGuests.with(
                        super.inspect(guest, timeout),
                        attachment -> Optional.of(BrokenGuests.copy(attachment)
                                .ours(made.contains(attachment.handle()))
                                .build()));
            }
        };
    }
}
