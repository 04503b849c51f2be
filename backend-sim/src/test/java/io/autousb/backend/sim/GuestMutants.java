package io.autousb.backend.sim;

import io.autousb.contract.HypervisorFixture;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.port.GuestListener;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Hypervisors that tell wrongly of guests and their lives. */
final class GuestMutants {

    private static final AtomicInteger COUNTER = new AtomicInteger();

    private GuestMutants() {}

    static List<Mutant<HypervisorFixture>> all() {
        return List.of(
                BrokenGuests.adapter(
                        "lists guests that were not configured", "HV-01 HV-09 HV-68", GuestMutants::listingAll),
                instances("never shows another instance", "HV-04 HV-40 HV-41", instance -> "one"),
                instances(
                        "shows another instance each time",
                        "HV-05 HV-07 HV-08 HV-09 HV-11 HV-40 HV-41 HV-46",
                        instance -> "life-" + COUNTER.incrementAndGet()),
                Mutant.of("shows instances of its own", "HV-05 HV-40 HV-41", InstancesOfItsOwn::new),
                BrokenGuests.guests(
                        "takes all guests for running",
                        "HV-06 HV-08",
                        guests -> guests.stream()
                                .map(guest -> guest.withState(GuestState.RUNNING))
                                .toList()),
                BrokenGuests.guests(
                        "leaves out guests that do not answer",
                        "HV-08",
                        guests -> guests.stream()
                                .filter(guest -> guest.state() != GuestState.UNKNOWN)
                                .toList()),
                BrokenGuests.guests("waits for guests that do not answer", "HV-08", GuestMutants::waiting),
                hintsIf("does not hint what becomes of guests", "HV-02 HV-03 HV-04 HV-06 HV-09 HV-53", false, true),
                hintsIf("does not hint what becomes of attachments", "HV-15", true, false),
                Mutant.of("takes a reboot for a new instance", "HV-07", Rebooting::new),
                BrokenGuests.adapter(
                        "never drops a guest", "HV-09 HV-68", (real, world) -> new DelegatingHypervisor(real) {
                            private final Map<String, GuestSpec> all = new TreeMap<>();

                            @Override
                            public void configure(List<GuestSpec> guests) {
                                guests.forEach(guest -> all.put(guest.name(), guest));
                                super.configure(List.copyOf(all.values()));
                            }
                        }),
                BrokenGuests.adapter(
                        "can be configured once only",
                        "HV-09 HV-54 HV-68",
                        (real, world) -> new DelegatingHypervisor(real) {
                            private boolean done;

                            @Override
                            public void configure(List<GuestSpec> guests) {
                                if (!done) {
                                    super.configure(guests);
                                }
                                done = !guests.isEmpty();
                            }
                        }),
                BrokenGuests.adapter(
                        "takes all away when it is configured",
                        "HV-09 HV-38 HV-57",
                        (real, world) -> new DelegatingHypervisor(real) {
                            @Override
                            public void configure(List<GuestSpec> guests) {
                                super.configure(guests);
                                world.guests().all().forEach(GuestMutants::detachAll);
                            }
                        }),
                BrokenGuests.adapter(
                        "swallows wrong settings", "HV-10", (real, world) -> new DelegatingHypervisor(real) {
                            @Override
                            public void configure(List<GuestSpec> guests) {
                                super.configure(guests.stream()
                                        .map(guest -> new GuestSpec(guest.name(), Map.of()))
                                        .toList());
                            }
                        }));
    }

    private static Mutant<HypervisorFixture> instances(String name, String rules, UnaryOperator<String> spoil) {
        return BrokenGuests.adapter(name, rules, (real, world) -> new OtherInstances(real, world, spoil));
    }

    private static Hypervisor listingAll(Hypervisor real, SimWorld world) {
        return new DelegatingHypervisor(real) {
            @Override
            public List<Guest> guests(Duration timeout) {
                List<Guest> configured = super.guests(timeout);
                Stream<Guest> others = world.guests().all().stream()
                        .flatMap(guest -> guest.look().stream())
                        .map(seen -> seen.guest())
                        .filter(guest ->
                                configured.stream().noneMatch(one -> one.id().equals(guest.id())));
                return Stream.concat(configured.stream(), others).toList();
            }
        };
    }

    private static List<Guest> waiting(List<Guest> guests) {
        if (guests.stream().anyMatch(guest -> guest.state() == GuestState.UNKNOWN)) {
            Leaks.pause();
        }
        return guests;
    }

    static void detachAll(SimGuest guest) {
        guest.look().stream()
                .flatMap(seen -> seen.attachments().stream())
                .map(Attachment::handle)
                .forEach(guest::detachByHand);
    }

    private static Mutant<HypervisorFixture> hintsIf(String name, String rules, boolean guests, boolean attachments) {
        return BrokenGuests.adapter(name, rules, (real, world) -> new DelegatingHypervisor(real) {
            @Override
            public void subscribe(GuestListener listener) {
                super.subscribe(new GuestListener() {
                    @Override
                    public void guestsChanged() {
                        if (guests) {
                            listener.guestsChanged();
                        }
                    }

                    @Override
                    public void attachmentsChanged(GuestId guest) {
                        if (attachments) {
                            listener.attachmentsChanged(guest);
                        }
                    }
                });
            }
        });
    }

    private static final class InstancesOfItsOwn extends BrokenGuests.Fixture {
        private final AtomicInteger made = new AtomicInteger();

        @Override
        Hypervisor spoil(Hypervisor real) {
            int mine = made.incrementAndGet();
            return new OtherInstances(real, world(), instance -> instance + "/" + mine);
        }
    }

    private static final class Rebooting extends BrokenGuests.Fixture {
        @Override
        public void reboot(String guest) {
            world().guests().find(guest).orElseThrow().restart();
        }
    }
}
