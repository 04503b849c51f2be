package io.autousb.xen;

import io.autousb.domain.model.UntrustedText;
import io.autousb.xen.guest.DeviceModel;
import io.autousb.xen.guest.XenGuest;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/** Guests as libxl makes them, in a xenstore in memory. */
public final class FakeGuests {

    /** When they are built. */
    public static final String START_TIME = "1795383260.15";

    private FakeGuests() {}

    /** A guest's uuid, by a number. */
    public static UUID uuid(int number) {
        return new UUID(0x97ba20bb37854b1dL, 0xb7bc36443b0f0000L + number);
    }

    /** An HVM guest that runs, with uuid {@code uuid(domid)}. */
    public static XenGuest hvm(MemoryXenstore store, int domid, String name) {
        return hvm(store, domid, uuid(domid), name, START_TIME);
    }

    /** As above. */
    public static XenGuest hvm(MemoryXenstore store, int domid, UUID uuid, String name, String startTime) {
        built(store, domid, uuid, name, "hvm", startTime);
        store.put("/local/domain/" + domid + "/image/device-model-pid", Integer.toString(360 + domid));
        store.put("/local/domain/0/device-model/" + domid + "/state", "running");
        return XenGuest.builder(domid, uuid, name)
                .type(XenGuest.Type.HVM)
                .startTime(startTime)
                .deviceModel(new DeviceModel(
                        Optional.of(UntrustedText.of("qemu_xen")),
                        Optional.of(UntrustedText.of("running")),
                        OptionalInt.of(360 + domid),
                        OptionalInt.empty(),
                        Optional.empty()))
                .build();
    }

    /** A PV guest. */
    public static XenGuest pv(MemoryXenstore store, int domid, String name) {
        built(store, domid, uuid(domid), name, "pv", START_TIME);
        return XenGuest.builder(domid, uuid(domid), name)
                .type(XenGuest.Type.PV)
                .startTime(START_TIME)
                .deviceModel(new DeviceModel(
                        Optional.of(UntrustedText.of("qemu_xen")),
                        Optional.empty(),
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        Optional.empty()))
                .build();
    }

    /** What libxl writes until the domain is introduced. */
    public static void built(MemoryXenstore store, int domid, UUID uuid, String name, String type, String startTime) {
        String node = "/local/domain/" + domid;
        store.put(node + "/vm", "/vm/" + uuid)
                .put(node + "/name", name)
                .put(node + "/control/shutdown", "")
                .put("/vm/" + uuid + "/uuid", uuid.toString())
                .put("/vm/" + uuid + "/name", name)
                .put("/libxl/" + domid + "/device", "")
                .put("/libxl/" + domid + "/type", type)
                .put("/libxl/" + domid + "/dm-version", "qemu_xen")
                .put("/vm/" + uuid + "/start_time", startTime)
                .put(node + "/domid", Integer.toString(domid));
    }

    /** What libxl removes at the end, in its order. */
    public static void destroy(MemoryXenstore store, XenGuest guest) {
        store.drop("/local/domain/0/device-model/" + guest.domid())
                .drop("/vm/" + guest.uuid())
                .drop("/local/domain/" + guest.domid())
                .drop("/libxl/" + guest.domid());
    }

    /** An emulated controller with all ports free. */
    public static void controller(MemoryXenstore store, int domid, int devid, int version, int ports) {
        String node = "/libxl/" + domid + "/device/vusb/" + devid;
        store.put(node + "/type", "devicemodel")
                .put(node + "/usb-ver", Integer.toString(version))
                .put(node + "/num-ports", Integer.toString(ports))
                .put(node + "/port", "");
        for (int port = 1; port <= ports; port++) {
            store.put(node + "/port/" + port, "");
        }
    }

    /** A controller with a backend in the control domain, with all ports free. */
    public static void backend(MemoryXenstore store, int domid, int devid, String type, int ports) {
        String backend = "/local/domain/0/backend/" + (type.equals("pv") ? "vusb" : type) + "/" + domid + "/" + devid;
        controller(store, domid, devid, 2, ports);
        String node = "/libxl/" + domid + "/device/vusb/" + devid;
        store.put(node + "/type", type).put(node + "/backend", backend);
        store.put(backend + "/type", type)
                .put(backend + "/usb-ver", "2")
                .put(backend + "/state", "4")
                .put(backend + "/num-ports", Integer.toString(ports));
        for (int port = 1; port <= ports; port++) {
            store.put(backend + "/port/" + port, "");
        }
    }
}
