package io.autousb.xen.vusb;

import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.GuestPort;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What xenstore says of a guest's USB at one time.
 *
 * @param controllers its controllers by devid; those that libxl could not use either are left out
 * @param devids the devids in use, also of controllers that are left out
 * @param marks what this program noted, by port
 */
public record VusbState(List<VusbController> controllers, List<Integer> devids, Map<VusbPortId, AttachmentMark> marks) {

    /** What {@link VusbReader} still takes for a number. */
    private static final int MAX_DEVID = 999_999_999;

    /** Copies all. */
    public VusbState {
        controllers = List.copyOf(controllers);
        devids = List.copyOf(devids);
        marks = Map.copyOf(marks);
    }

    /**
     * A controller.
     *
     * @param devid its number
     * @return the controller, or empty
     */
    public Optional<VusbController> controller(int devid) {
        return controllers.stream().filter(each -> each.devid() == devid).findFirst();
    }

    /**
     * A port.
     *
     * @param id which
     * @return the port, or empty if no controller has it
     */
    public Optional<VusbPort> port(VusbPortId id) {
        return controller(id.controller()).stream()
                .flatMap(each -> each.ports().stream())
                .filter(port -> port.id().equals(id))
                .findFirst();
    }

    /**
     * All ports of all controllers.
     *
     * @return the ports, in order
     */
    public List<VusbPort> ports() {
        return controllers.stream()
                .map(VusbController::ports)
                .flatMap(Collection::stream)
                .toList();
    }

    /**
     * The mark of what is on a port, if it is ours.
     *
     * @param port a port of this state
     * @return the mark; empty if there is none, or something else is on the port by now
     */
    public Optional<AttachmentMark> ours(VusbPort port) {
        return Optional.ofNullable(marks.get(port.id()))
                .filter(mark -> port.device().filter(mark.path()::equals).isPresent());
    }

    /**
     * Whether a device is on one of the ports. A port that names its place counts, unless our mark there tells of an
     * earlier stay.
     *
     * @param device the device
     * @return true if it is
     */
    public boolean isAssigned(AttachmentMark device) {
        return ports().stream()
                .filter(port -> port.device().filter(device.path()::equals).isPresent())
                .anyMatch(port -> ours(port)
                        .map(AttachmentMark::generation)
                        .map(device.generation()::equals)
                        .orElse(true));
    }

    /**
     * The port of a controller to be used next. libxl takes the first free one, so this is the last: the two do
     * not meet before the controller is full.
     *
     * @param devid the controller
     * @return the usable port with the highest number, or empty
     */
    public Optional<VusbPort> freePort(int devid) {
        return controller(devid).stream()
                .flatMap(each -> each.ports().stream())
                .filter(this::isUsable)
                .reduce((lower, higher) -> higher);
    }

    /**
     * Whether a device may be put on a port.
     *
     * @param port a port of this state
     * @return true if it is free, of a controller that is served, and without a mark: where there is one, the device
     *     model may still have what it speaks of
     */
    public boolean isUsable(VusbPort port) {
        return port.isFree()
                && !marks.containsKey(port.id())
                && controller(port.id().controller())
                        .filter(VusbController::isServed)
                        .isPresent();
    }

    /**
     * The controllers as the core sees them, each named by its bus, with the usable ports as the
     * free ones, and the last port first. libxl takes the first free one: the two do not meet before the controller is
     * full.
     *
     * @return one for each of {@link #controllers}
     */
    public List<GuestController> guestControllers() {
        return controllers.stream().map(this::guestController).toList();
    }

    private GuestController guestController(VusbController controller) {
        List<GuestPort> ports = new ArrayList<>();
        for (VusbPort port : controller.ports()) {
            ports.add(new GuestPort(controller.bus(), port.id().number(), controller.speeds(), isUsable(port)));
        }
        Collections.reverse(ports);
        return new GuestController(controller.bus(), controller.usbVersion(), ports);
    }

    /**
     * The port that the core means.
     *
     * @param port a port of one of {@link #guestControllers}
     * @return which port of the ledger it is; empty if there is none any more
     */
    public Optional<VusbPortId> find(GuestPort port) {
        return controllers.stream()
                .filter(each -> each.bus().equals(port.controller()))
                .map(each -> new VusbPortId(each.devid(), port.number()))
                .filter(id -> port(id).isPresent())
                .findFirst();
    }

    /**
     * The devid of the next controller. libxl takes the one after the last that xenstore lists ({@code
     * libxl__device_nextid}), which fails where the list is in another order; this is the one after the
     * highest.
     *
     * @return the devid; empty if there is none left
     */
    public OptionalInt nextDevid() {
        int highest = devids.stream().mapToInt(Integer::intValue).max().orElse(-1);
        return highest >= MAX_DEVID ? OptionalInt.empty() : OptionalInt.of(highest + 1);
    }
}
