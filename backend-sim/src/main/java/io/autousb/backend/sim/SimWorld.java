package io.autousb.backend.sim;

/**
 * A host and the guests on it. One world is handed to both providers, so that the guests get the host's
 * devices:
 *
 * <pre>{@code
 * SimWorld world = SimWorld.create();
 * world.host().plug(PortPath.parse("1-1"), SimDevice.hub(4).with(1, SimDevice.keyboard()));
 * world.guests().define("windows").start();
 * DeviceSource devices = new SimDeviceSource(world.host());
 * Hypervisor hypervisor = new SimHypervisor(world.guests(), scheduler);
 * }</pre>
 *
 * @param host the host
 * @param guests the guests
 */
public record SimWorld(SimHost host, SimGuests guests) {

    /** The name of the host's first controller. */
    public static final String CONTROLLER = "pci-0000:00:14.0";

    private static final int SOCKETS = 8;

    /**
     * Makes a host with one controller of eight sockets, {@code usb1} and {@code usb2}, and no guests.
     *
     * @return a new world
     */
    public static SimWorld create() {
        SimHost host = new SimHost();
        host.addController(CONTROLLER, SOCKETS);
        return new SimWorld(host, new SimGuests(host));
    }
}
