package io.autousb.xen.repair;

import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UntrustedText;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.repair.Leftover.Cure;
import io.autousb.xen.repair.Leftover.Kind;
import io.autousb.xen.repair.UsbObject.HostDevice;
import io.autousb.xen.vusb.AttachmentMark;
import io.autousb.xen.vusb.VusbController;
import io.autousb.xen.vusb.VusbPort;
import io.autousb.xen.vusb.VusbPortId;
import io.autousb.xen.vusb.VusbType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds what is left over. Pure. */
public final class Leftovers {

    private final GuestUsb seen;
    private final HostUsb host;
    private final List<Leftover> found = new ArrayList<>();

    private Leftovers(GuestUsb seen, HostUsb host) {
        this.seen = seen;
        this.host = host;
    }

    /**
     * Compares what xenstore, the host and the device model say of one guest. An attachment that works is never among
     * the findings, whoever made it; nor is one that attaches by itself whatever matches.
     *
     * @param seen what was observed; where the device model was not asked, what only it can tell is not found
     * @param host what is plugged in, read after what was observed of the guest
     * @return what is left over, in the order of ports
     */
    public static List<Leftover> find(GuestUsb seen, HostUsb host) {
        Leftovers search = new Leftovers(seen, host);
        for (VusbController controller : seen.ledger().controllers()) {
            for (VusbPort port : controller.ports()) {
                port.device().ifPresent(device -> search.look(controller, port, device));
            }
        }
        seen.objects().ifPresent(search::lookForWhatXenstoreDoesNotTell);
        seen.ledger().marks().forEach(search::lookAtMark);
        return List.copyOf(search.found);
    }

    private void look(VusbController controller, VusbPort port, PortPath device) {
        Optional<AttachmentMark> mark = seen.ledger().ours(port);
        boolean dead = host.at(device).isEmpty();
        boolean ourStayEnded = mark.filter(this::hasEnded).isPresent();
        if (controller.type().hasBackend()) {
            if (dead || ourStayEnded) {
                Kind kind = dead ? Kind.DEAD_PORT : Kind.REPLUGGED_PORT;
                add(kind, false, text(kind, port, device), clearing(port, device, mark, List.of()));
            }
            return;
        }
        List<HostDevice> here = devices()
                .filter(each -> each.port().filter(port.id()::equals).isPresent())
                .toList();
        List<HostDevice> lost = here.stream().filter(each -> isLost(each, mark)).toList();
        List<Cure> cures = clearing(port, device, mark, lost);
        if (dead) {
            add(Kind.DEAD_PORT, true, text(Kind.DEAD_PORT, port, device), cures);
        } else if (ourStayEnded || !lost.isEmpty() && lost.size() == here.size()) {
            add(Kind.REPLUGGED_PORT, true, text(Kind.REPLUGGED_PORT, port, device), cures);
        } else if (seen.objects().isPresent() && here.isEmpty() && !isElsewhere(device)) {
            add(Kind.EMPTY_PORT, true, text(Kind.EMPTY_PORT, port, device), cures);
        }
    }

    /** The object first: as long as it is there, the port is what remembers it. */
    private List<Cure> clearing(VusbPort port, PortPath device, Optional<AttachmentMark> mark, List<HostDevice> lost) {
        List<Cure> cures = new ArrayList<>();
        lost.forEach(each -> cures.add(new Cure.DeleteObject(each.id())));
        Optional<AttachmentMark> there =
                Optional.ofNullable(seen.ledger().marks().get(port.id()));
        cures.add(new Cure.ClearPort(port.id(), device, there));
        mark.ifPresent(ours -> cures.add(new Cure.Forget(port.id(), ours)));
        return cures;
    }

    /**
     * Whether the device behind an object is gone for sure. An address that some device has is that of another device
     * only if our mark says so; otherwise it may be somebody's attachment that works.
     */
    private boolean isLost(HostDevice object, Optional<AttachmentMark> mark) {
        if (object.address().isEmpty()) {
            return false;
        }
        return !host.has(object.address().get())
                || mark.filter(ours -> ours.handle().equals(object.id()))
                        .filter(this::hasEnded)
                        .isPresent();
    }

    private boolean hasEnded(AttachmentMark mark) {
        return !host.has(mark.path(), mark.generation());
    }

    /** Whether the device model has a device on another port than xenstore says. */
    private boolean isElsewhere(PortPath device) {
        return devices()
                .anyMatch(each -> host.at(device).map(HostUsb.Present::address).equals(each.address()));
    }

    private Stream<HostDevice> devices() {
        return seen.objects().stream()
                .flatMap(List::stream)
                .flatMap(each -> each instanceof HostDevice device ? Stream.of(device) : Stream.empty());
    }

    private void lookForWhatXenstoreDoesNotTell(List<UsbObject> objects) {
        for (VusbController controller : seen.ledger().controllers()) {
            boolean there = objects.contains(new UsbObject.Controller(controller.devid()));
            if (controller.type() == VusbType.DEVICEMODEL && !there && controller.isIdle()) {
                add(
                        Kind.GHOST_CONTROLLER,
                        true,
                        "controller " + controller.devid() + " is in xenstore, but not in the device model",
                        List.of(new Cure.RemoveController(controller)));
            }
        }
        devices().filter(each -> !isNamed(each)).forEach(this::lookAtUnnamed);
    }

    /** Whether a port of xenstore's speaks of it. */
    private boolean isNamed(HostDevice object) {
        return object.port()
                .flatMap(seen.ledger()::port)
                .filter(VusbPort::isTaken)
                .isPresent();
    }

    private void lookAtUnnamed(HostDevice object) {
        List<Cure> cures = new ArrayList<>(List.of(new Cure.DeleteObject(object.id())));
        boolean ours = false;
        for (var each : seen.ledger().marks().entrySet()) {
            if (each.getValue().handle().equals(object.id()) && !isInUse(each.getKey())) {
                cures.add(new Cure.Forget(each.getKey(), each.getValue()));
                ours = true;
            }
        }
        if (object.address().isPresent() && (ours || !host.has(object.address().get()))) {
            add(
                    Kind.LOST_OBJECT,
                    true,
                    "the device model has " + UntrustedText.of(object.id())
                            + (ours ? " of ours" : " whose device is gone from the host") + ", and no port names it",
                    cures);
        }
    }

    private void lookAtMark(VusbPortId port, AttachmentMark mark) {
        boolean stale = !isInUse(port);
        boolean backend = seen.ledger()
                .controller(port.controller())
                .map(VusbController::type)
                .map(VusbType::hasBackend)
                .orElse(seen.guest().type() != XenGuest.Type.HVM);
        boolean gone = backend
                || seen.objects().isPresent()
                        && devices().noneMatch(each -> each.id().equals(mark.handle()));
        if (stale && gone) {
            add(
                    Kind.STALE_MARK,
                    !backend,
                    port + " was noted as ours with " + mark.path() + ", which is not attached any more",
                    List.of(new Cure.Forget(port, mark)));
        }
    }

    /** Whether a port has what its mark speaks of. */
    private boolean isInUse(VusbPortId port) {
        return seen.ledger().port(port).flatMap(seen.ledger()::ours).isPresent();
    }

    private static String text(Kind kind, VusbPort port, PortPath device) {
        String what = switch (kind) {
            case DEAD_PORT -> " is gone from the host";
            case REPLUGGED_PORT -> " was plugged in anew since";
            default -> " is not in the device model";
        };
        return port.id() + " has " + device + ", which" + what;
    }

    private void add(Kind kind, boolean emulated, String text, List<Cure> cures) {
        found.add(new Leftover(seen.guest(), kind, emulated, text, cures));
    }
}
