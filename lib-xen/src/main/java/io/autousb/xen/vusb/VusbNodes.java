package io.autousb.xen.vusb;

import io.autousb.xen.guest.XenNodes;
import io.autousb.xen.store.XenstorePath;
import java.util.List;

/** Where xenstore keeps a guest's USB. Pure. */
final class VusbNodes {

    private final int domid;
    private final XenstorePath libxl;

    VusbNodes(int domid) {
        this.domid = domid;
        this.libxl = XenNodes.libxl(domid);
    }

    /** What libxl lists controllers by. */
    XenstorePath controllers() {
        return libxl.child("device").child("vusb");
    }

    XenstorePath controller(int devid) {
        return controllers().child(devid);
    }

    /** Where the ports of a controller are: at libxl for an emulated one, else at its backend. */
    XenstorePath ports(VusbType type, int devid) {
        return base(type, devid).child("port");
    }

    XenstorePath base(VusbType type, int devid) {
        return type.hasBackend() ? XenNodes.backend(type.backendKind(), domid).child(devid) : controller(devid);
    }

    /** All that a controller says of itself, if it is an emulated one, as most are. */
    List<XenstorePath> head(int devid) {
        XenstorePath controller = controller(devid);
        return List.of(controller.child("type"), controller.child("usb-ver"), controller.child("num-ports"));
    }

    /** What tells where the ports of a controller are, if it is an emulated one. */
    List<XenstorePath> place(int devid) {
        return List.of(type(devid), controller(devid).child("num-ports"));
    }

    XenstorePath type(int devid) {
        return controller(devid).child("type");
    }

    /** Where the value of a port of an emulated controller is. */
    XenstorePath emulated(VusbPortId port) {
        return ports(VusbType.DEVICEMODEL, port.controller()).child(port.number());
    }

    /** What this program keeps: beside what libxl lists, so that libxl takes it for no device. */
    XenstorePath marks() {
        return libxl.child("auto-usb-attach").child("vusb");
    }

    XenstorePath mark(VusbPortId port) {
        return marks().child(port.controller()).child(port.number());
    }
}
