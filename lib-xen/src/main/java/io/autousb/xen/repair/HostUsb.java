package io.autousb.xen.repair;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.PortPath;
import io.autousb.linux.PluggedDevices.PluggedDevice;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is plugged into the host.
 *
 * @param devices all devices and hubs, by place
 */
public record HostUsb(Map<PortPath, Present> devices) {

    /** Copies the map. */
    public HostUsb {
        devices = Map.copyOf(devices);
    }

    /**
     * A device that is there.
     *
     * @param address its address
     * @param generation its stay
     */
    public record Present(DeviceAddress address, Generation generation) {}

    /**
     * What a look has shown.
     *
     * @param plugged all devices and hubs
     * @return the same by place
     */
    public static HostUsb of(Collection<PluggedDevice> plugged) {
        return new HostUsb(plugged.stream()
                .collect(Collectors.toMap(
                        PluggedDevice::path, each -> new Present(each.address(), each.generation()), (a, b) -> b)));
    }

    /**
     * What is plugged in at a place.
     *
     * @param path the place
     * @return the device, or empty
     */
    public Optional<Present> at(PortPath path) {
        return Optional.ofNullable(devices.get(path));
    }

    /**
     * Whether a device is still the one that it was.
     *
     * @param path its place
     * @param generation its stay
     * @return false if it is gone, or another one is there
     */
    public boolean has(PortPath path, Generation generation) {
        return at(path).filter(there -> there.generation().equals(generation)).isPresent();
    }

    /**
     * Whether any device has an address.
     *
     * @param address an address
     * @return false if there is none
     */
    public boolean has(DeviceAddress address) {
        return devices.values().stream().anyMatch(each -> each.address().equals(address));
    }
}
