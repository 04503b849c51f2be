package io.autousb.backend.sim;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.GuestListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A guest, to start, stop and spoil. Thread-safe. As with QEMU, what an administrator adds by hand is not
 * hinted; what is taken away, and what becomes of the guest itself, is.
 */
public final class SimGuest {

    /** The ports of the controller that a guest has by itself. */
    public static final int DEFAULT_PORTS = 4;

    /** How many controllers a guest can take besides. */
    public static final int DEFAULT_ROOM = 4;

    private final GuestCore core;
    private final SimHost host;
    private volatile GuestHardware hardware =
            new GuestHardware(List.of(SimController.of(0, 3, DEFAULT_PORTS)), DEFAULT_ROOM, true);

    SimGuest(String name, SimHost host, Hints<GuestListener> hints) {
        this.core = new GuestCore(new GuestId("sim", name), host, hints);
        this.host = host;
    }

    /**
     * Which guest it is.
     *
     * @return {@code sim:} and its name
     */
    public GuestId id() {
        return core.id();
    }

    /**
     * Gives the guest other controllers from its next start on.
     *
     * @param usbVersion 1, 2 or 3
     * @param ports their number of ports, one number for each controller; none for a guest without USB
     * @return this
     */
    public synchronized SimGuest withControllers(int usbVersion, int... ports) {
        List<SimController> controllers = new ArrayList<>();
        for (int count : ports) {
            controllers.add(SimController.of(controllers.size(), usbVersion, count));
        }
        hardware = new GuestHardware(controllers, hardware.room(), hardware.privileged());
        return this;
    }

    /**
     * Sets how many controllers the guest can take besides its own, from its next start on.
     *
     * @param room how many
     * @return this
     */
    public synchronized SimGuest withRoom(int room) {
        hardware = new GuestHardware(hardware.controllers(), room, hardware.privileged());
        return this;
    }

    /**
     * Lets the guest, from its next start on, open only devices that udev has seen.
     *
     * @return this
     */
    public synchronized SimGuest unprivileged() {
        hardware = new GuestHardware(hardware.controllers(), hardware.room(), false);
        return this;
    }

    /** Starts the guest: another instance, with no attachments. Does nothing if it runs. */
    public void start() {
        core.act(() -> {
            if (!core.runs()) {
                core.begin(hardware);
            }
        });
    }

    /** Ends the guest; its devices go back to the host. Does nothing if it does not run. */
    public void stop() {
        core.act(core::end);
    }

    /** Ends and starts the guest with one hint: a reboot that loses the attachments, as Xen's does. */
    public void restart() {
        core.act(() -> {
            core.end();
            core.begin(hardware);
        });
    }

    /** Reboots the guest in a way that keeps its attachments, as QEMU does. */
    public void reboot() {
        core.act(() -> {
            core.require();
            core.enter(GuestState.RUNNING);
        });
    }

    /**
     * Puts a guest that runs into another state.
     *
     * @param newState what it does from now on
     */
    public void setState(GuestState newState) {
        core.act(() -> {
            core.require();
            core.enter(newState);
        });
    }

    /**
     * Lets every call for this guest take some time.
     *
     * @param time how long, by the scheduler lent to the adapter; zero to end it
     */
    public void slow(Duration time) {
        core.act(() -> core.faults().slow(time));
    }

    /**
     * Lets attaches fail, after those that are to fail already.
     *
     * @param times how many
     * @param failure how
     */
    public void failNextAttaches(int times, BackendException failure) {
        core.act(() -> core.faults().failAttaches(times, failure));
    }

    /**
     * Lets the guest answer nothing until {@link #release}.
     *
     * @param obeysLater whether it then does what was asked by calls that have given up
     */
    public void hang(boolean obeysLater) {
        core.act(() -> core.faults().hang(obeysLater));
    }

    /** Lets a guest that hangs go on. */
    public void release() {
        List<Runnable> left = new ArrayList<>();
        core.act(() -> {
            left.addAll(core.faults().release());
            core.hintGuest();
        });
        left.forEach(Runnable::run);
    }

    /** Lets the guest end when the next change is asked of it, before it answers. */
    public void endInNextChange() {
        core.act(() -> core.faults().endInNextChange());
    }

    /**
     * Loses the answer to the next change that is asked of the guest.
     *
     * @param done whether the change is made
     */
    public void loseNextAnswer(boolean done) {
        core.act(() -> core.faults().loseNextAnswer(done));
    }

    /** Uses up the room for controllers until the guest's next start. */
    public void fillRoom() {
        core.act(() -> core.require().fillRoom());
    }

    /**
     * Adds a controller as an administrator would.
     *
     * @param usbVersion 1, 2 or 3
     */
    public void addController(int usbVersion) {
        core.act(() -> core.require().addController(usbVersion));
    }

    /**
     * Attaches a device as an administrator would.
     *
     * @param device the device
     * @param port a free port
     * @param how in which way
     * @return the attachment
     */
    public Attachment attachByHand(UsbDevice device, GuestPort port, HandMade how) {
        Attachment made;
        synchronized (core) {
            made = core.require().attachByHand(device, port, how);
        }
        host.hint();
        return made;
    }

    /**
     * Takes an attachment away as an administrator would.
     *
     * @param handle the attachment's handle
     */
    public void detachByHand(String handle) {
        core.act(() -> {
            core.require().detach(handle);
            core.hintAttachments();
        });
    }

    /**
     * Plugs an emulated device into a port.
     *
     * @param port a free port
     */
    public void takePort(GuestPort port) {
        core.act(() -> core.require().takePort(port));
    }

    /**
     * Lets the hypervisor notice that a device does not answer any more.
     *
     * @param handle the attachment's handle
     */
    public void disconnect(String handle) {
        core.act(() -> core.require().disconnect(handle));
    }

    /**
     * Leaves something over, until a repair clears it. It stays when the guest ends.
     *
     * @param what what a repair is to say of it; another one of the same words is the same thing
     */
    public void leaveBehind(String what) {
        core.leftovers().add(what, 0);
    }

    /**
     * As {@link #leaveBehind}, with something that looks like work under way: the first repair leaves it alone.
     *
     * @param what what a repair is to say of it
     */
    public void leaveUnfinished(String what) {
        core.leftovers().add(what, 1);
    }

    /**
     * What is left over.
     *
     * @return what a repair would say of each thing
     */
    public List<String> leftovers() {
        return core.leftovers().present();
    }

    /**
     * Lets repairs of this guest fail, or succeed again.
     *
     * @param failure how they fail, or null
     */
    public void resistRepairs(@Nullable BackendException failure) {
        core.leftovers().resist(failure);
    }

    /**
     * What the guest's administrator sees, whatever is to go wrong.
     *
     * @return the guest's state, controllers and attachments, or empty while it does not run
     */
    public Optional<GuestInspection> look() {
        return core.look();
    }

    /** What adapters talk to. */
    GuestCore core() {
        return core;
    }
}
