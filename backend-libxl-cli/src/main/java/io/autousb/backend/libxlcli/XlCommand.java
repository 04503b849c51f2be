package io.autousb.backend.libxlcli;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.vusb.VusbPortId;
import io.autousb.xen.vusb.VusbType;
import java.util.List;

/**
 * What {@code xl} is asked, word by word. Numbers only, of our own making: {@code xl} takes a number for a domid, and
 * reads what begins with a zero as octal ({@code tools/xl/xl_parse.c}, {@code parse_usbdev_config}).
 */
final class XlCommand {

    private static final String XL = "xl";

    private XlCommand() {}

    static List<String> attachController(XenGuest guest, VusbType type, int usbVersion, int ports) {
        return List.of(
                XL,
                "usbctrl-attach",
                Integer.toString(guest.domid()),
                "type=" + type,
                "version=" + usbVersion,
                "ports=" + ports);
    }

    static List<String> attach(XenGuest guest, DeviceAddress device, VusbPortId port) {
        return List.of(
                XL,
                "usbdev-attach",
                Integer.toString(guest.domid()),
                "hostbus=" + device.bus(),
                "hostaddr=" + device.device(),
                "controller=" + port.controller(),
                "port=" + port.number());
    }

    /** Bare numbers: what xl's manual says is read as zeros ({@code tools/xl/xl_usb.c}, {@code main_usbdev_detach}). */
    static List<String> detach(XenGuest guest, VusbPortId port) {
        return List.of(
                XL,
                "usbdev-detach",
                Integer.toString(guest.domid()),
                Integer.toString(port.controller()),
                Integer.toString(port.number()));
    }
}
