package io.autousb.backend.sim;

import io.autousb.contract.HypervisorFixture;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UsbSpeed;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.Hypervisor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Hypervisors whose inspections are wrong. */
final class InspectMutants {

    private InspectMutants() {}

    static List<Mutant<HypervisorFixture>> all() {
        return List.of(
                ports(
                        "counts ports from 2",
                        "HV-11 HV-16 HV-21 HV-22 HV-34",
                        port -> new GuestPort(port.controller(), port.number() + 1, port.speeds(), port.free())),
                ports(
                        "says nothing of speeds",
                        "HV-11",
                        port -> new GuestPort(port.controller(), port.number(), Set.of(UsbSpeed.UNKNOWN), port.free())),
                BrokenGuests.inspection(
                        "takes all controllers for USB 2",
                        "HV-11 HV-49",
                        (seen, world) -> new GuestInspection(
                                seen.guest(),
                                seen.controllers().stream()
                                        .map(one -> new GuestController(one.id(), 2, one.ports()))
                                        .toList(),
                                seen.attachments())),
                BrokenGuests.inspection(
                        "takes ports for free that have something else",
                        "HV-16",
                        (seen, world) -> spoilt(
                                seen,
                                port -> new GuestPort(
                                        port.controller(),
                                        port.number(),
                                        port.speeds(),
                                        seen.attachments().stream()
                                                .noneMatch(one -> one.port()
                                                        .filter(port::isSamePort)
                                                        .isPresent())))),
                BrokenGuests.attachment(
                        "does not see what others attached",
                        "HV-12 HV-13 HV-14 HV-36 HV-37",
                        seen -> Optional.of(seen).filter(Attachment::ours)),
                BrokenGuests.attachment(
                        "does not see what has no name",
                        "HV-13 HV-37",
                        seen -> Optional.of(seen).filter(one -> !one.handle().startsWith("/"))),
                BrokenGuests.attachment(
                        "takes all for its own",
                        "HV-12 HV-13 HV-14",
                        seen -> Optional.of(BrokenGuests.copy(seen).ours(true).build())),
                BrokenGuests.attachment(
                        "does not see what rematches",
                        "HV-14",
                        seen -> Optional.of(BrokenGuests.copy(seen).match(null).build())),
                BrokenGuests.attachment(
                        "does not see which device it is",
                        "HV-07 HV-09 HV-12 HV-13 HV-20 HV-21 HV-22 HV-23 HV-25 HV-29 HV-34 HV-38 HV-41 HV-46 HV-49 HV-52",
                        seen -> Optional.of(
                                BrokenGuests.copy(seen).address(null).build())),
                BrokenGuests.attachment(
                        "believes all devices to be connected",
                        "HV-19",
                        seen -> Optional.of(
                                BrokenGuests.copy(seen).connected(true).build())),
                BrokenGuests.adapter("inspects a guest that is gone", "HV-17", InspectMutants::emptyIfGone),
                BrokenGuests.adapter(
                        "fails a guest that is gone in another way",
                        "HV-17",
                        (real, world) -> failing(real, BackendException.IO)),
                BrokenGuests.adapter("waits for ever when it inspects", "HV-18 HV-46", InspectMutants::patient));
    }

    private static Mutant<HypervisorFixture> ports(String name, String rules, UnaryOperator<GuestPort> spoil) {
        return BrokenGuests.inspection(name, rules, (seen, world) -> spoilt(seen, spoil));
    }

    private static GuestInspection spoilt(GuestInspection seen, UnaryOperator<GuestPort> spoil) {
        return new GuestInspection(
                seen.guest(),
                seen.controllers().stream()
                        .map(one -> new GuestController(
                                one.id(),
                                one.usbVersion(),
                                one.ports().stream().map(spoil).toList()))
                        .toList(),
                seen.attachments());
    }

    private static Hypervisor emptyIfGone(Hypervisor real, SimWorld world) {
        return new DelegatingHypervisor(real) {
            @Override
            public GuestInspection inspect(Guest guest, Duration timeout) {
                try {
                    return super.inspect(guest, timeout);
                } catch (BackendException e) {
                    if (e.is(BackendException.GUEST_GONE)) {
                        return new GuestInspection(guest, List.of(), List.of());
                    }
                    throw e;
                }
            }
        };
    }

    private static Hypervisor failing(Hypervisor real, String code) {
        return new DelegatingHypervisor(real) {
            @Override
            public GuestInspection inspect(Guest guest, Duration timeout) {
                try {
                    return super.inspect(guest, timeout);
                } catch (BackendException e) {
                    throw e.is(BackendException.GUEST_GONE)
                            ? BrokenGuests.copy(e, code).build()
                            : e;
                }
            }
        };
    }

    private static Hypervisor patient(Hypervisor real, SimWorld world) {
        return new DelegatingHypervisor(real) {
            @Override
            public GuestInspection inspect(Guest guest, Duration timeout) {
                return super.inspect(guest, timeout.plus(Leaks.LONG));
            }
        };
    }
}
