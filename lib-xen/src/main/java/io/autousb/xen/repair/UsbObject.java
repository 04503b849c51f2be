package io.autousb.xen.repair;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.xen.vusb.VusbController;
import io.autousb.xen.vusb.VusbPortId;
import java.util.Optional;

/** An object of a device model's that has an id and matters here. */
public sealed interface UsbObject {

    /**
     * Its id, what {@code device_del} takes.
     *
     * @return the name in {@code /machine/peripheral}
     */
    String id();

    /**
     * A controller that libxl, or this program in its way, has added.
     *
     * @param devid its number: the id is {@code xenusb-<devid>}
     */
    record Controller(int devid) implements UsbObject {
        @Override
        public String id() {
            return VusbController.objectId(devid);
        }
    }

    /**
     * A {@code usb-host}.
     *
     * @param id its id
     * @param port where it is, if it is on a controller of libxl's kind
     * @param address the device it was told to take, by {@code hostbus} and {@code hostaddr} or by the path of the
     *     node; empty if it takes whatever matches, or a descriptor
     */
    record HostDevice(String id, Optional<VusbPortId> port, Optional<DeviceAddress> address) implements UsbObject {}
}
