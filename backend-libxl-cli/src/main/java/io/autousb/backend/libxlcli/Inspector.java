package io.autousb.backend.libxlcli;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestPort;
import io.autousb.xen.vusb.AttachmentMark;
import io.autousb.xen.vusb.VusbController;
import io.autousb.xen.vusb.VusbPort;
import io.autousb.xen.vusb.VusbState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Says what xenstore says of a guest in the core's terms. Pure. */
final class Inspector {

    private Inspector() {}

    /**
     * What a guest has.
     *
     * @param guest the guest
     * @param state its nodes
     * @param ghosts controllers whose ports are no use
     * @return controllers and attachments
     */
    static GuestInspection inspect(Guest guest, VusbState state, Set<Integer> ghosts) {
        List<GuestController> controllers = new ArrayList<>();
        for (GuestController controller : state.guestControllers()) {
            boolean ghost =
                    ghosts.stream().anyMatch(devid -> controller.id().equals(VusbController.objectId(devid) + ".0"));
            controllers.add(ghost ? useless(controller) : controller);
        }
        List<Attachment> attachments = new ArrayList<>();
        for (VusbPort port : state.ports()) {
            attachment(guest, state, port).ifPresent(attachments::add);
        }
        return new GuestInspection(guest, controllers, attachments);
    }

    private static GuestController useless(GuestController controller) {
        return new GuestController(
                controller.id(),
                controller.usbVersion(),
                controller.ports().stream().map(GuestPort::occupied).toList());
    }

    /**
     * What is on a port. What another hand attached is named by its place, which is all that xenstore says: which stay of
     * a device it was is not to be found out any more after a re-plug.
     *
     * @param guest the guest
     * @param state its nodes
     * @param port a port of it
     * @return the attachment; empty if there is none
     */
    static Optional<Attachment> attachment(Guest guest, VusbState state, VusbPort port) {
        return port.device().map(device -> {
            Optional<AttachmentMark> mark = state.ours(port);
            Attachment.Builder attachment = Attachment.builder(
                            guest.id(), mark.map(AttachmentMark::handle).orElse(device.toString()))
                    .port(guestPort(state, port))
                    .path(device)
                    .ours(mark.isPresent());
            mark.ifPresent(ours -> attachment
                    .generation(ours.generation())
                    .address(ours.address().orElse(null)));
            return attachment.build();
        });
    }

    private static GuestPort guestPort(VusbState state, VusbPort port) {
        VusbController controller = state.controller(port.id().controller()).orElseThrow();
        return new GuestPort(controller.bus(), port.id().number(), controller.speeds(), false);
    }
}
