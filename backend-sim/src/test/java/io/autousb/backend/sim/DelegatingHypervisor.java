package io.autousb.backend.sim;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.port.AddControllerRequest;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.DetachRequest;
import io.autousb.domain.port.GuestListener;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import io.autousb.domain.port.RepairRequest;
import io.autousb.domain.port.RepairResult;
import java.time.Duration;
import java.util.List;

/** A hypervisor that does all as another one does it, to be spoilt. */
class DelegatingHypervisor implements Hypervisor {

    private final Hypervisor real;

    DelegatingHypervisor(Hypervisor real) {
        this.real = real;
    }

    @Override
    public void configure(List<GuestSpec> guests) {
        real.configure(guests);
    }

    @Override
    public void subscribe(GuestListener listener) {
        real.subscribe(listener);
    }

    @Override
    public List<Guest> guests(Duration timeout) {
        return real.guests(timeout);
    }

    @Override
    public GuestInspection inspect(Guest guest, Duration timeout) {
        return real.inspect(guest, timeout);
    }

    @Override
    public void addController(AddControllerRequest request) {
        real.addController(request);
    }

    @Override
    public Attachment attach(AttachRequest request) {
        return real.attach(request);
    }

    @Override
    public void detach(DetachRequest request) {
        real.detach(request);
    }

    @Override
    public boolean prepare(Guest guest, List<AttachRequest> attaches) {
        return real.prepare(guest, attaches);
    }

    @Override
    public RepairResult repair(RepairRequest request) {
        return real.repair(request);
    }

    @Override
    public void close() {
        real.close();
    }
}
