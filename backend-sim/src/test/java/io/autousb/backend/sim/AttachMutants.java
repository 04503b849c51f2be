package io.autousb.backend.sim;

import io.autousb.contract.HypervisorCapability;
import io.autousb.contract.HypervisorFixture;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.AddControllerRequest;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.domain.port.Hypervisor;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** Hypervisors that attach wrongly. */
final class AttachMutants {

    private AttachMutants() {}

    static List<Mutant<HypervisorFixture>> all() {
        return Stream.of(results(), refusals(), controllers())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Mutant<HypervisorFixture>> results() {
        return List.of(
                BrokenGuests.attach(
                        "returns less than an inspection shows",
                        "HV-07 HV-09 HV-20 HV-22 HV-23 HV-25 HV-29 HV-34 HV-38 HV-41 HV-46 HV-49 HV-52",
                        (real, world, request) -> BrokenGuests.copy(real.attach(request))
                                .port(null)
                                .build()),
                BrokenGuests.attachment(
                        "leaves no mark on what is ours",
                        "HV-07 HV-09 HV-20 HV-21 HV-22 HV-23 HV-25 HV-29 HV-34 HV-38 HV-41 HV-46 HV-47 HV-49 HV-52",
                        seen -> Optional.of(BrokenGuests.copy(seen).ours(false).build())),
                BrokenGuests.attachment(
                        "forgets which stay it attached",
                        "HV-07 HV-09 HV-20 HV-21 HV-22 HV-23 HV-25 HV-28 HV-29 HV-34 HV-38 HV-41 HV-46 HV-47 HV-49 HV-52 HV-63 HV-64",
                        seen -> Optional.of(
                                BrokenGuests.copy(seen).generation(null).build())),
                BrokenGuests.attach(
                        "attaches to a port of its choice",
                        "HV-21 HV-23 HV-24 HV-43",
                        (real, world, request) -> onFirstFree(real, request)),
                BrokenGuests.attach("keeps one attachment only", "HV-22 HV-23 HV-25 HV-64", (real, world, request) -> {
                    GuestMutants.detachAll(BrokenGuests.guest(world, request.guest()));
                    return real.attach(request);
                }),
                BrokenGuests.attach(
                        "takes what is in the device's place",
                        "HV-27",
                        (real, world, request) -> real.attach(withDevice(
                                request,
                                world.host().at(request.device().path()).orElse(request.device())))),
                BrokenGuests.inspection(
                        "lets an attachment take the next device",
                        "HV-22 HV-23 HV-28",
                        (seen, world) ->
                                BrokenGuests.with(seen, attachment -> Optional.of(rematched(attachment, world)))));
    }

    private static List<Mutant<HypervisorFixture>> refusals() {
        return List.of(
                onFailure(
                        "tries another port by itself",
                        "HV-23 HV-24",
                        BackendException.PORT_BUSY,
                        (real, request, e) -> onFirstFree(real, request)),
                onFailure(
                        "says of a busy port that it is refused",
                        "HV-23 HV-24",
                        BackendException.PORT_BUSY,
                        (real, request, e) -> {
                            throw BrokenGuests.copy(e, BackendException.REFUSED).build();
                        }),
                onFailure(
                        "backs off from a busy port", "HV-23 HV-24", BackendException.PORT_BUSY, (real, request, e) -> {
                            throw BrokenGuests.copy(e, e.code())
                                    .retry(Retry.BACK_OFF)
                                    .build();
                        }),
                onFailure(
                        "returns what is attached already",
                        "HV-25",
                        BackendException.DUPLICATE,
                        (real, request, e) -> real.inspect(request.guest(), request.timeout())
                                .attachments()
                                .get(0)),
                BrokenGuests.attach("attaches twice", "HV-25", AttachMutants::twice),
                onFailure(
                        "attaches a device that is gone",
                        "HV-26 HV-27",
                        BackendException.DEVICE_GONE,
                        (real, request, e) ->
                                Attachment.builder(request.guest().id(), "gone").build()),
                BrokenGuests.attach("does not look whether the device is there", "HV-26 HV-27", AttachMutants::unseen),
                onFailure(
                        "says of a closed node that it is refused",
                        "HV-29",
                        BackendException.NOT_READY,
                        (real, request, e) -> {
                            throw BrokenGuests.copy(e, BackendException.REFUSED).build();
                        }),
                onFailure(
                        "counts a closed node as a failure",
                        "HV-29",
                        BackendException.NOT_READY,
                        (real, request, e) -> {
                            throw BrokenGuests.copy(e, e.code())
                                    .retry(Retry.BACK_OFF)
                                    .build();
                        }),
                Mutant.of("passes on what the hypervisor says as it is", "HV-30", Unescaped::new),
                onFailure(
                        "does not tell what the hypervisor said",
                        "HV-30",
                        BackendException.REFUSED,
                        (real, request, e) -> {
                            throw BackendException.of(e.code(), "the hypervisor refused")
                                    .build();
                        }),
                BrokenGuests.adapter("can attach a device once only", "HV-35 HV-41", AttachMutants::onceEach));
    }

    private static List<Mutant<HypervisorFixture>> controllers() {
        return List.of(
                BrokenGuests.adapter(
                        "adds no controller", "HV-45 HV-49 HV-50", (real, world) -> new DelegatingHypervisor(real) {
                            @Override
                            public void addController(AddControllerRequest request) {
                                real.guests(request.timeout());
                            }
                        }),
                BrokenGuests.adapter(
                        "adds a controller of another version",
                        "HV-49",
                        (real, world) -> new DelegatingHypervisor(real) {
                            @Override
                            public void addController(AddControllerRequest request) {
                                super.addController(new AddControllerRequest(request.guest(), 2, request.timeout()));
                            }
                        }),
                Mutant.of("adds a controller though it says it cannot", "HV-49", SaysItCannot::new),
                BrokenGuests.adapter(
                        "says nothing of a lack of room",
                        "HV-50",
                        (real, world) -> onNoRoom(real, e -> Optional.empty())),
                BrokenGuests.adapter(
                        "has no remedy for a lack of room",
                        "HV-50",
                        (real, world) -> onNoRoom(
                                real,
                                e -> Optional.of(BrokenGuests.copy(e, e.code())
                                        .remedy("")
                                        .build()))));
    }

    private static Hypervisor onNoRoom(Hypervisor real, Function<BackendException, Optional<BackendException>> then) {
        return new DelegatingHypervisor(real) {
            @Override
            public void addController(AddControllerRequest request) {
                try {
                    super.addController(request);
                } catch (BackendException e) {
                    Optional<BackendException> instead =
                            e.is(BackendException.NO_ROOM) ? then.apply(e) : Optional.of(e);
                    if (instead.isPresent()) {
                        throw instead.get();
                    }
                }
            }
        };
    }

    private interface Recovery {
        Attachment recover(Hypervisor real, AttachRequest request, BackendException failure);
    }

    private static Mutant<HypervisorFixture> onFailure(String name, String rules, String code, Recovery recovery) {
        return BrokenGuests.attach(name, rules, (real, world, request) -> {
            try {
                return real.attach(request);
            } catch (BackendException e) {
                if (e.is(code)) {
                    return recovery.recover(real, request, e);
                }
                throw e;
            }
        });
    }

    private static Attachment onFirstFree(Hypervisor real, AttachRequest request) {
        GuestPort port = real.inspect(request.guest(), request.timeout()).controllers().stream()
                .flatMap(controller -> controller.ports().stream())
                .filter(GuestPort::free)
                .findFirst()
                .orElseThrow();
        return real.attach(new AttachRequest(request.guest(), request.device(), port, request.timeout()));
    }

    private static AttachRequest withDevice(AttachRequest request, UsbDevice device) {
        return new AttachRequest(request.guest(), device, request.port(), request.timeout());
    }

    private static Attachment rematched(Attachment attachment, SimWorld world) {
        return world.host().topology().devices().stream()
                .reduce((first, last) -> last)
                .map(device ->
                        BrokenGuests.copy(attachment).address(device.address()).build())
                .orElse(attachment);
    }

    private static Attachment twice(Hypervisor real, SimWorld world, AttachRequest request) {
        try {
            return real.attach(request);
        } catch (BackendException e) {
            if (e.is(BackendException.DUPLICATE)) {
                BrokenGuests.guest(world, request.guest())
                        .attachByHand(request.device(), request.port(), HandMade.NAMED);
            }
            throw e;
        }
    }

    /** As QEMU does with a device's place. */
    private static Attachment unseen(Hypervisor real, SimWorld world, AttachRequest request) {
        if (world.host().has(request.device())) {
            return real.attach(request);
        }
        return BrokenGuests.guest(world, request.guest())
                .attachByHand(request.device(), request.port(), HandMade.NAMED);
    }

    private static Hypervisor onceEach(Hypervisor real, SimWorld world) {
        Set<String> tried = new HashSet<>();
        return new DelegatingHypervisor(real) {
            @Override
            public Attachment attach(AttachRequest request) {
                Attachment made = super.attach(request);
                if (!tried.add(made.generation().orElseThrow().token())) {
                    GuestMutants.detachAll(BrokenGuests.guest(world, request.guest()));
                    throw BackendException.of(BackendException.DUPLICATE, "it was attached before")
                            .build();
                }
                return made;
            }
        };
    }

    private static final class Unescaped extends BrokenGuests.Fixture {
        @Override
        public void refuseNextAttach(String guest, String text) {
            world().guests()
                    .find(guest)
                    .orElseThrow()
                    .failNextAttaches(
                            1,
                            BackendException.of(BackendException.REFUSED, text).build());
        }
    }

    private static final class SaysItCannot extends BrokenGuests.Fixture {
        @Override
        public Set<HypervisorCapability> unsupported() {
            return Set.of(HypervisorCapability.ADD_CONTROLLER);
        }
    }
}
