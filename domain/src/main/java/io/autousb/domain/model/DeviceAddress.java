package io.autousb.domain.model;

/**
 * Bus and device number, as {@code lsusb} prints them. It names a device only while it stays plugged
 * in: never configuration, never a key that outlives one plug (see {@link Generation}).
 *
 * @param bus the bus number, 1 to {@value PortPath#MAX_BUS}
 * @param device the device number, 1 to 127
 */
public record DeviceAddress(int bus, int device) {

    private static final int MAX_DEVICE = 127;

    /** Checks the range. */
    public DeviceAddress {
        if (bus < 1 || bus > PortPath.MAX_BUS || device < 1 || device > MAX_DEVICE) {
            throw new IllegalArgumentException("no USB address: bus " + bus + " device " + device);
        }
    }

    @Override
    public String toString() {
        return "%03d:%03d".formatted(bus, device);
    }
}
