package io.autousb.backend.qmp;

import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UsbSpeed;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Works out a controller's ports: no command of QEMU's lists them.
 *
 * <p>Speeds: an xHCI's port k carries USB 2 if k is at most {@code p2} and USB 3 if at most {@code p3}
 * ({@code hw/usb/hcd-xhci.c}); an EHCI's only high speed, but for those that a companion takes part in
 * ({@code hw/usb/hcd-ehci.c}, {@code ehci_register_companion}); UHCI and OHCI low and full speed. Pure.
 */
final class PortLayout {

    private static final Set<UsbSpeed> USB1 = EnumSet.of(UsbSpeed.LOW, UsbSpeed.FULL);
    private static final Set<UsbSpeed> USB2 = EnumSet.of(UsbSpeed.LOW, UsbSpeed.FULL, UsbSpeed.HIGH);
    private static final Set<UsbSpeed> USB3 = EnumSet.of(UsbSpeed.SUPER, UsbSpeed.SUPER_PLUS);

    private PortLayout() {}

    /**
     * The controller with its ports.
     *
     * @param controller one with a bus
     * @param all all controllers, for companions
     * @param devices what is on its bus
     * @param refused ports that QEMU said are in use, though nothing shows there
     */
    static GuestController of(
            Controller controller, List<Controller> all, List<UsbObject> devices, Set<Integer> refused) {
        int count = controller.kind() == ControllerKind.XHCI
                ? Math.max(controller.usb2Ports(), controller.usb3Ports())
                : controller.ports();
        Set<Integer> used = used(devices, count);
        used.addAll(refused);
        List<GuestPort> ports = new ArrayList<>();
        for (int number = 1; number <= count; number++) {
            ports.add(new GuestPort(controller.bus(), number, speeds(controller, all, number), !used.contains(number)));
        }
        return new GuestController(controller.bus(), controller.kind().usbVersion(), ports);
    }

    /**
     * The ports taken. A device that was added without a port does not say which it got: QEMU gives the
     * first that is free ({@code hw/usb/bus.c}, {@code usb_claim_port}), at least on a bus from which
     * nothing was ever removed; if that guess is wrong, QEMU's refusal puts it right.
     */
    private static Set<Integer> used(List<UsbObject> devices, int count) {
        Set<Integer> used = new HashSet<>();
        devices.forEach(device -> device.rootPort().ifPresent(used::add));
        long unsaid = devices.stream().filter(device -> device.port().isEmpty()).count();
        for (int number = 1; number <= count && unsaid > 0; number++) {
            if (used.add(number)) {
                unsaid--;
            }
        }
        return used;
    }

    private static Set<UsbSpeed> speeds(Controller controller, List<Controller> all, int number) {
        return switch (controller.kind()) {
            case XHCI -> xhci(controller, number);
            case EHCI -> hasCompanion(controller, all, number) ? USB2 : EnumSet.of(UsbSpeed.HIGH);
            case UHCI, OHCI -> USB1;
        };
    }

    private static Set<UsbSpeed> xhci(Controller controller, int number) {
        Set<UsbSpeed> speeds = EnumSet.noneOf(UsbSpeed.class);
        if (number <= controller.usb2Ports()) {
            speeds.addAll(USB2);
        }
        if (number <= controller.usb3Ports()) {
            speeds.addAll(USB3);
        }
        return speeds;
    }

    private static boolean hasCompanion(Controller controller, List<Controller> all, int number) {
        return all.stream()
                .filter(other -> other.masterBus().equals(controller.bus()))
                .anyMatch(other -> number > other.firstPort() && number <= other.firstPort() + other.ports());
    }
}
