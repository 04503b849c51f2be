package io.autousb.backend.sim;

/**
 * A host, the guests on it, and what is remembered of them. One world is handed to all providers, so that
 * the guests get the host's devices:
 *
 * <pre>{@code
 * SimWorld world = SimWorld.create();
 * world.host().plug(PortPath.parse("1-1"), SimDevice.hub(4).with(1, SimDevice.keyboard()));
 * world.guests().define("windows").start();
 * DeviceSource devices = new SimDeviceSource(world.host());
 * Hypervisor hypervisor = new SimHypervisor(world.guests(), scheduler);
 * StateStore states = new SimStateStore(world.state(), scheduler);
 * }</pre>
 *
 * @param host the host
 * @param guests the guests
 * @param state where state stores keep what they save
 */
public record SimWorld(SimHost host, SimGuests guests, SimState state) {

    /** The name of the host's first controller. */
    public static final String CONTROLLER = "pci-0000:00:14.0";

    private static final int SOCKETS = 8;

    /**
     * Makes a host with one controller of eight sockets, {@code usb1} and {@code usb2}, no guests, and
     * nothing remembered.
     *
     * @return a new world
     */
    public static SimWorld create() {
        SimHost host = new SimHost();
        host.addController(CONTROLLER, SOCKETS);
        return new SimWorld(host, new SimGuests(host), new SimState());
    }
}
