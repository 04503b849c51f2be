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
import java.util.ArrayList;
import java.util.List;

/** Hypervisors that do something ahead of an attach, and do not clear it away. */
final class PrepareMutants {

    private static final Duration TIME = Duration.ofSeconds(10);

    private PrepareMutants() {}

    static List<Mutant<HypervisorFixture>> all() {
        return List.of(
                keeping("shows what it has prepared", "HV-63", Moment.INSPECTION),
                keeping("lets what it has prepared be in the way", "HV-63 HV-64", Moment.ATTACH),
                keeping("keeps what is not likely any more", "HV-65", Moment.PREPARE),
                keeping("keeps what is prepared for a guest that is dropped", "HV-68", Moment.GUESTS),
                keeping("keeps at its end what it has prepared", "HV-66", Moment.CLOSE),
                BrokenGuests.adapter(
                        "fails to prepare for a guest that is gone",
                        "HV-67",
                        (real, world) -> new DelegatingHypervisor(real) {
                            @Override
                            public boolean prepare(Guest guest, List<AttachRequest> attaches) {
                                return real.inspect(guest, TIME) == null;
                            }
                        }));
    }

    private static Mutant<HypervisorFixture> keeping(String name, String rules, Moment moment) {
        return BrokenGuests.adapter(name, rules, (real, world) -> new Eager(real, moment));
    }

    /** When what was prepared has to be taken back. */
    private enum Moment {
        INSPECTION,
        ATTACH,
        PREPARE,
        GUESTS,
        CLOSE
    }

    /** Attaches ahead, and takes that back at all moments but one. */
    private static final class Eager extends DelegatingHypervisor {
        private final Moment forgotten;
        private final List<DetachRequest> prepared = new ArrayList<>();

        Eager(Hypervisor real, Moment forgotten) {
            super(real);
            this.forgotten = forgotten;
        }

        @Override
        public boolean prepare(Guest guest, List<AttachRequest> attaches) {
            takeBack(Moment.PREPARE);
            for (AttachRequest each : attaches) {
                try {
                    prepared.add(new DetachRequest(guest, super.attach(each), true, TIME));
                } catch (BackendException e) {
                    // Left to the attach.
                }
            }
            return !prepared.isEmpty();
        }

        @Override
        public List<Guest> guests(Duration timeout) {
            List<Guest> guests = super.guests(timeout);
            if (guests.isEmpty()) {
                takeBack(Moment.GUESTS);
            }
            return guests;
        }

        @Override
        public Attachment attach(AttachRequest request) {
            takeBack(Moment.ATTACH);
            return super.attach(request);
        }

        @Override
        public GuestInspection inspect(Guest guest, Duration timeout) {
            takeBack(Moment.INSPECTION);
            return super.inspect(guest, timeout);
        }

        @Override
        public void close() {
            takeBack(Moment.CLOSE);
            super.close();
        }

        private void takeBack(Moment moment) {
            if (moment != forgotten) {
                prepared.forEach(super::detach);
                prepared.clear();
            }
        }
    }
}
