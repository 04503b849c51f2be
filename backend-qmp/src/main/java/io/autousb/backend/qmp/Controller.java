package io.autousb.backend.qmp;

/**
 * A controller in QEMU's tree. All of it stays as it is for the controller's life.
 *
 * @param path its object
 * @param kind its kind
 * @param bus its bus' name, such as {@code xhci.0}; empty for a companion, which lends its ports to
 *     another's bus
 * @param usb2Ports an xHCI's {@code p2}, else 0
 * @param usb3Ports an xHCI's {@code p3}, else 0
 * @param ports the number of ports of the other kinds, else 0
 * @param masterBus the bus that a companion lends its ports to, else empty
 * @param firstPort the first port there, from 0
 */
record Controller(
        String path,
        ControllerKind kind,
        String bus,
        int usb2Ports,
        int usb3Ports,
        int ports,
        String masterBus,
        int firstPort) {

    private static final int MAX_XHCI_PORTS = 15;
    private static final int EHCI_PORTS = 6;
    private static final int UHCI_PORTS = 2;
    private static final int MAX_OHCI_PORTS = 15;

    static Controller xhci(String path, String bus, int p2, int p3) {
        return new Controller(path, ControllerKind.XHCI, bus, clamp(p2), clamp(p3), 0, "", 0);
    }

    static Controller ehci(String path, String bus) {
        return new Controller(path, ControllerKind.EHCI, bus, 0, 0, EHCI_PORTS, "", 0);
    }

    static Controller uhci(String path, String bus) {
        return new Controller(path, ControllerKind.UHCI, bus, 0, 0, UHCI_PORTS, "", 0);
    }

    static Controller ohci(String path, String bus, int ports) {
        int bounded = Math.max(0, Math.min(MAX_OHCI_PORTS, ports));
        return new Controller(path, ControllerKind.OHCI, bus, 0, 0, bounded, "", 0);
    }

    /** A companion: the same without a bus of its own. */
    Controller lending(String toBus, int first) {
        return new Controller(path, kind, "", usb2Ports, usb3Ports, ports, toBus, first);
    }

    boolean hasBus() {
        return !bus.isEmpty();
    }

    String busPath() {
        return path + "/" + bus;
    }

    /** QEMU clamps silently too ({@code hw/usb/hcd-xhci.c}, {@code usb_xhci_realize}). */
    private static int clamp(int ports) {
        return Math.max(0, Math.min(MAX_XHCI_PORTS, ports));
    }
}
