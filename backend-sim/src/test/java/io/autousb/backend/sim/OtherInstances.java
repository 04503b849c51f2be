package io.autousb.backend.sim;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.port.AddControllerRequest;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.DetachRequest;
import io.autousb.domain.port.Hypervisor;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/** Shows other instances than there are, and takes the present one for whichever it is asked of. */
final class OtherInstances extends DelegatingHypervisor {

    private final SimWorld world;
    private final UnaryOperator<String> spoil;

    OtherInstances(Hypervisor real, SimWorld world, UnaryOperator<String> spoil) {
        super(real);
        this.world = world;
        this.spoil = spoil;
    }

    @Override
    public List<Guest> guests(Duration timeout) {
        return super.guests(timeout).stream().map(this::spoilt).toList();
    }

    @Override
    public GuestInspection inspect(Guest guest, Duration timeout) {
        GuestInspection seen = super.inspect(now(guest), timeout);
        return new GuestInspection(spoilt(seen.guest()), seen.controllers(), seen.attachments());
    }

    @Override
    public void addController(AddControllerRequest request) {
        super.addController(new AddControllerRequest(now(request.guest()), request.usbVersion(), request.timeout()));
    }

    @Override
    public Attachment attach(AttachRequest request) {
        return super.attach(
                new AttachRequest(now(request.guest()), request.device(), request.port(), request.timeout()));
    }

    @Override
    public void detach(DetachRequest request) {
        super.detach(new DetachRequest(
                now(request.guest()), request.attachment(), request.devicePresent(), request.timeout()));
    }

    private Guest now(Guest guest) {
        return BrokenGuests.now(world, guest);
    }

    private Guest spoilt(Guest guest) {
        return new Guest(guest.id(), guest.name(), spoil.apply(guest.instance()), guest.state());
    }
}
