package io.autousb.backend.sim;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.DeviceMatch;
import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The USB side of one life of a guest. Guarded by the guest. */
final class GuestMachine {

    private final GuestId guest;
    private final SimHost host;
    private final boolean privileged;
    private final List<SimController> controllers;
    private final List<GuestPort> taken = new ArrayList<>();
    private final Map<String, SimAttachment> attachments = new LinkedHashMap<>();
    private int made;
    private int room;

    GuestMachine(GuestId guest, SimHost host, GuestHardware hardware) {
        this.guest = guest;
        this.host = host;
        this.privileged = hardware.privileged();
        this.controllers = new ArrayList<>(hardware.controllers());
        this.room = hardware.room();
    }

    List<GuestController> controllers() {
        return controllers.stream()
                .map(controller -> controller.toModel(this::isUsed))
                .toList();
    }

    List<Attachment> attachments() {
        return attachments.values().stream().map(SimAttachment::toModel).toList();
    }

    /** The devices that are held, whether or not the host still has them. */
    List<UsbDevice> held() {
        return attachments.values().stream()
                .flatMap(one -> one.device().stream())
                .toList();
    }

    void addController(int usbVersion) {
        if (room == 0) {
            throw BackendException.of(BackendException.NO_ROOM, "the guest can take no further controller")
                    .where(guest)
                    .remedy("give the simulated guest more room")
                    .retry(Retry.NEVER)
                    .build();
        }
        room--;
        controllers.add(SimController.full(controllers.size(), usbVersion));
    }

    void fillRoom() {
        room = 0;
    }

    Attachment attach(UsbDevice device, GuestPort port) {
        requireUsable(device);
        if (attachments.values().stream()
                .anyMatch(one ->
                        one.device().filter(held -> isSameStay(held, device)).isPresent())) {
            throw failure(BackendException.DUPLICATE, "the device is attached already", device, Retry.ON_CHANGE);
        }
        GuestPort place = requireFree(port);
        if (!place.speeds().contains(device.speed())) {
            throw failure(BackendException.REFUSED, "the device's speed does not fit " + port, device, Retry.NEVER);
        }
        String handle = "autousb-" + device.generation();
        return keep(
                Attachment.builder(guest, handle)
                        .port(place.occupied())
                        .address(device.address())
                        .generation(device.generation())
                        .ours(true)
                        .build(),
                device,
                false);
    }

    Attachment attachByHand(UsbDevice device, GuestPort port, HandMade how) {
        GuestPort place = requireFree(port);
        made++;
        String handle = how == HandMade.ANONYMOUS ? "/machine/peripheral-anon/device[" + made + "]" : "byhand" + made;
        Attachment.Builder attachment = Attachment.builder(guest, handle).port(place.occupied());
        boolean rematches = how == HandMade.REMATCHING;
        if (rematches) {
            attachment.match(new DeviceMatch(device.id().vendor(), device.id().product(), 0, List.of()));
        } else {
            attachment.address(device.address());
        }
        return keep(attachment.build(), device, rematches);
    }

    private Attachment keep(Attachment attachment, UsbDevice device, boolean rematches) {
        host.claim(device);
        SimAttachment made = new SimAttachment(attachment, device, rematches ? device.id() : null);
        attachments.put(attachment.handle(), made);
        return attachment;
    }

    void detach(String handle) {
        SimAttachment gone = attachments.remove(handle);
        if (gone != null) {
            gone.device().ifPresent(host::release);
        }
    }

    void disconnect(String handle) {
        Optional.ofNullable(attachments.get(handle)).ifPresent(SimAttachment::disconnect);
    }

    void takePort(GuestPort port) {
        taken.add(requireFree(port));
    }

    /** Gives all devices back to the host. */
    void end() {
        held().forEach(host::release);
        attachments.clear();
    }

    /** Lets those that look by themselves take what has come; says whether one did. */
    boolean rematch() {
        return attachments.values().stream().filter(this::rematch).count() > 0;
    }

    private boolean rematch(SimAttachment one) {
        if (one.match().isEmpty() || one.device().filter(host::has).isPresent()) {
            return false;
        }
        Optional<UsbDevice> next = host.topology().devices().stream()
                .filter(device -> one.match().filter(device.id()::equals).isPresent() && device.isReady())
                .findFirst();
        next.ifPresent(host::claim);
        one.hold(next.orElse(null));
        return next.isPresent();
    }

    private void requireUsable(UsbDevice device) {
        if (!host.has(device)) {
            throw failure(BackendException.DEVICE_GONE, "the device is gone", device, Retry.ON_CHANGE);
        }
        if (device.isHub()) {
            throw failure(BackendException.REFUSED, "hubs are not passed through", device, Retry.NEVER);
        }
        if (!privileged && !host.isNodeOpen(device.path())) {
            throw failure(BackendException.NOT_READY, "the device's node cannot be opened", device, Retry.ON_CHANGE);
        }
    }

    private GuestPort requireFree(GuestPort port) {
        return controllers().stream()
                .flatMap(controller -> controller.ports().stream())
                .filter(port::isSamePort)
                .filter(GuestPort::free)
                .findFirst()
                .orElseThrow(() -> BackendException.of(BackendException.PORT_BUSY, "the guest's port is not free")
                        .where(port)
                        .retry(Retry.NOW)
                        .build());
    }

    private boolean isUsed(GuestPort port) {
        return taken.stream().anyMatch(port::isSamePort)
                || attachments.values().stream()
                        .anyMatch(one ->
                                one.toModel().port().filter(port::isSamePort).isPresent());
    }

    private static boolean isSameStay(UsbDevice one, UsbDevice other) {
        return one.generation().equals(other.generation());
    }

    private static BackendException failure(String code, String what, UsbDevice device, Retry retry) {
        return BackendException.of(code, what).where(device).retry(retry).build();
    }
}
