package io.autousb.backend.qmp;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.DeviceMatch;
import io.autousb.domain.model.PortPath;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a {@code usb-host} was told which device to take (QEMU {@code hw/usb/host-libusb.c}, {@code
 * usb_host_dev_properties}). Zero and empty mean "not said".
 */
record HostMatch(String hostdevice, int hostbus, int hostaddr, String hostport, int vendorid, int productid) {

    private static final Pattern NODE = Pattern.compile("/dev/bus/usb/([0-9]{3})/([0-9]{3})");

    /** A device named by its node, or by a descriptor that was passed in. */
    static HostMatch ofNode(String hostdevice) {
        return new HostMatch(hostdevice, 0, 0, "", 0, 0);
    }

    /** The node that the kernel makes for an address. */
    static String node(DeviceAddress address) {
        return "/dev/bus/usb/%03d/%03d".formatted(address.bus(), address.device());
    }

    /** Whether QEMU goes on looking for whatever matches ({@code usb_host_realize}, {@code needs_autoscan}). */
    boolean rematches() {
        boolean exact = hostbus != 0 && hostaddr != 0 && hostport.isEmpty() && vendorid == 0 && productid == 0;
        return hostdevice.isEmpty() && !exact;
    }

    /** What it goes on looking for, if it does. */
    Optional<DeviceMatch> automatic() {
        return rematches() ? Optional.of(new DeviceMatch(vendorid, productid, hostbus, chain())) : Optional.empty();
    }

    /** The port numbers below the root hub; a text that no device can have matches any, as far as we know. */
    private List<Integer> chain() {
        return PortPath.tryParse("1-" + hostport).map(PortPath::chain).orElse(List.of());
    }

    /** The address, if it names a device by it. */
    Optional<DeviceAddress> address() {
        Matcher node = NODE.matcher(hostdevice);
        if (node.matches()) {
            return address(Integer.parseInt(node.group(1)), Integer.parseInt(node.group(2)));
        }
        return hostdevice.isEmpty() ? address(hostbus, hostaddr) : Optional.empty();
    }

    /** The place, if it names the device by it. */
    Optional<PortPath> path() {
        if (!hostdevice.isEmpty() || hostbus == 0 || hostport.isEmpty()) {
            return Optional.empty();
        }
        return PortPath.tryParse(hostbus + "-" + hostport);
    }

    private static Optional<DeviceAddress> address(int bus, int device) {
        boolean valid = bus >= 1 && bus <= PortPath.MAX_BUS && device >= 1 && device <= 127;
        return valid ? Optional.of(new DeviceAddress(bus, device)) : Optional.empty();
    }
}
