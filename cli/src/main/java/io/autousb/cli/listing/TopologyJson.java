package io.autousb.cli.listing;

import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.Hub;
import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.model.UsbController;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.model.UsbInterface;
import io.autousb.domain.model.UsbSpeed;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The host's USB for programs. Names of members stay; members may be added. Texts of devices are escaped as
 * everywhere in the program's output.
 *
 * @param version of this format
 * @param controllers the host controllers
 * @param devices hubs and devices, ordered by place
 */
public record TopologyJson(int version, List<Controller> controllers, List<Device> devices) {

    private static final int VERSION = 1;

    /**
     * A host controller.
     *
     * @param name the same at every boot
     * @param buses its bus numbers
     */
    public record Controller(String name, List<Integer> buses) {}

    /**
     * A device or hub.
     *
     * @param path its place, as {@code -u} takes it
     * @param parent the hub's place, null for a root hub
     * @param hub whether it is one
     * @param ports the number of a hub's ports, 0 for a device
     * @param busnum its bus number
     * @param devnum its number on the bus
     * @param id vendor and product, as {@code -x} takes them
     * @param manufacturer what it says, or null
     * @param product likewise
     * @param serial likewise
     * @param megabits its speed in Mb/s, or null
     * @param usbClass class, subclass and protocol
     * @param interfaces of its configuration
     * @param removable false if it is wired in, as far as is known
     * @param authorized whether the host lets it in
     * @param initialized whether udev is done with it
     * @param ready whether a guest could have it
     */
    public record Device(
            String path,
            @Nullable String parent,
            boolean hub,
            int ports,
            int busnum,
            int devnum,
            String id,
            @Nullable String manufacturer,
            @Nullable String product,
            @Nullable String serial,
            @Nullable BigDecimal megabits,
            String usbClass,
            List<Interface> interfaces,
            boolean removable,
            boolean authorized,
            boolean initialized,
            boolean ready) {}

    /**
     * An interface.
     *
     * @param number its number
     * @param usbClass class, subclass and protocol
     * @param driver the host's driver, or null
     */
    public record Interface(
            int number, String usbClass, @Nullable String driver) {}

    /**
     * Makes what is written.
     *
     * @param topology the host
     * @return its form for programs
     */
    public static TopologyJson of(HostTopology topology) {
        List<Controller> controllers =
                topology.controllers().stream().map(TopologyJson::controller).toList();
        List<Device> devices = Stream.concat(topology.hubs().stream().map(Hub::device), topology.devices().stream())
                .sorted(Comparator.comparing(UsbDevice::path))
                .map(device -> device(device, topology.hubAt(device.path())))
                .toList();
        return new TopologyJson(VERSION, controllers, devices);
    }

    private static Controller controller(UsbController controller) {
        return new Controller(UntrustedText.of(controller.name()).toString(), controller.buses());
    }

    private static Device device(UsbDevice device, Optional<Hub> hub) {
        return new Device(
                device.path().toString(),
                device.path().parent().map(Object::toString).orElse(null),
                device.isHub(),
                hub.map(it -> it.ports().size()).orElse(0),
                device.address().bus(),
                device.address().device(),
                device.id().toString(),
                device.manufacturer().map(Object::toString).orElse(null),
                device.product().map(Object::toString).orElse(null),
                device.serial().map(Object::toString).orElse(null),
                device.speed() == UsbSpeed.UNKNOWN
                        ? null
                        : new BigDecimal(device.speed().toString()),
                device.usbClass().toString(),
                device.interfaces().stream().map(TopologyJson::face).toList(),
                device.removable(),
                device.authorized(),
                device.initialized(),
                device.isReady() && !device.isHub());
    }

    private static Interface face(UsbInterface face) {
        return new Interface(
                face.number(),
                face.usbClass().toString(),
                face.driver().map(driver -> UntrustedText.of(driver).toString()).orElse(null));
    }
}
