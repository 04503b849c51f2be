package io.autousb.backend.sim;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestController;
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

    private final GuestId id;
    private final SimHost host;
    private final Hints<GuestListener> hints;
    private final GuestFaults faults = new GuestFaults();
    private GuestHardware hardware =
            new GuestHardware(List.of(SimController.of(0, 3, DEFAULT_PORTS)), DEFAULT_ROOM, true);
    private @Nullable GuestMachine machine;
    private GuestState state = GuestState.STOPPED;
    private int lives;
    private boolean guestHint;
    private boolean attachmentHint;

    SimGuest(String name, SimHost host, Hints<GuestListener> hints) {
        this.id = new GuestId("sim", name);
        this.host = host;
        this.hints = hints;
    }

    /**
     * Which guest it is.
     *
     * @return {@code sim:} and its name
     */
    public GuestId id() {
        return id;
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
        act(() -> {
            if (machine == null) {
                machine = new GuestMachine(id, host, hardware);
                lives++;
                enter(GuestState.RUNNING);
            }
        });
    }

    /** Ends the guest; its devices go back to the host. Does nothing if it does not run. */
    public void stop() {
        act(this::end);
    }

    /** Ends and starts the guest with one hint: a reboot that loses the attachments, as Xen's does. */
    public void restart() {
        act(() -> {
            end();
            machine = new GuestMachine(id, host, hardware);
            lives++;
            enter(GuestState.RUNNING);
        });
    }

    /** Reboots the guest in a way that keeps its attachments, as QEMU does. */
    public void reboot() {
        act(() -> {
            require();
            enter(GuestState.RUNNING);
        });
    }

    /**
     * Puts a guest that runs into another state.
     *
     * @param newState what it does from now on
     */
    public void setState(GuestState newState) {
        act(() -> {
            require();
            enter(newState);
        });
    }

    /**
     * Lets every call for this guest take some time.
     *
     * @param time how long, by the scheduler lent to the adapter; zero to end it
     */
    public void slow(Duration time) {
        act(() -> faults.slow(time));
    }

    /**
     * Lets attaches fail, after those that are to fail already.
     *
     * @param times how many
     * @param failure how
     */
    public void failNextAttaches(int times, BackendException failure) {
        act(() -> faults.failAttaches(times, failure));
    }

    /**
     * Lets the guest answer nothing until {@link #release}.
     *
     * @param obeysLater whether it then does what was asked by calls that have given up
     */
    public void hang(boolean obeysLater) {
        act(() -> faults.hang(obeysLater));
    }

    /** Lets a guest that hangs go on. */
    public void release() {
        List<Runnable> left;
        synchronized (this) {
            left = faults.release();
            guestHint = true;
            notifyAll();
        }
        left.forEach(Runnable::run);
        flush();
    }

    /** Lets the guest end when the next change is asked of it, before it answers. */
    public void endInNextChange() {
        act(faults::endInNextChange);
    }

    /**
     * Loses the answer to the next change that is asked of the guest.
     *
     * @param done whether the change is made
     */
    public void loseNextAnswer(boolean done) {
        act(() -> faults.loseNextAnswer(done));
    }

    /** Uses up the room for controllers until the guest's next start. */
    public void fillRoom() {
        act(() -> require().fillRoom());
    }

    /**
     * Adds a controller as an administrator would.
     *
     * @param usbVersion 1, 2 or 3
     */
    public void addController(int usbVersion) {
        act(() -> require().addController(usbVersion));
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
        try {
            synchronized (this) {
                return require().attachByHand(device, port, how);
            }
        } finally {
            host.hint();
        }
    }

    /**
     * Takes an attachment away as an administrator would.
     *
     * @param handle the attachment's handle
     */
    public void detachByHand(String handle) {
        act(() -> {
            require().detach(handle);
            attachmentHint = true;
        });
    }

    /**
     * Plugs an emulated device into a port.
     *
     * @param port a free port
     */
    public void takePort(GuestPort port) {
        act(() -> require().takePort(port));
    }

    /**
     * Lets the hypervisor notice that a device does not answer any more.
     *
     * @param handle the attachment's handle
     */
    public void disconnect(String handle) {
        act(() -> require().disconnect(handle));
    }

    /**
     * What the guest's administrator sees, whatever is to go wrong.
     *
     * @return the guest's state, controllers and attachments, or empty while it does not run
     */
    public synchronized Optional<GuestInspection> look() {
        return Optional.ofNullable(machine).map(this::inspection);
    }

    /** The guest as its adapter sees it: it cannot ask one that hangs. */
    synchronized Optional<Guest> guest() {
        return Optional.ofNullable(machine)
                .map(life -> faults.isHanging() ? model().withState(GuestState.UNKNOWN) : model());
    }

    synchronized List<UsbDevice> held() {
        return machine == null ? List.of() : machine.held();
    }

    GuestInspection inspect(Guest seen, Patience patience) {
        synchronized (this) {
            requireLife(seen);
            awaitTurn(patience, Optional.empty());
            return inspection(requireLife(seen));
        }
    }

    Attachment attach(Guest seen, UsbDevice device, GuestPort port, Patience patience) {
        return change(seen, patience, life -> {
            faults.throwNextFailure();
            return life.attach(device, port);
        });
    }

    void detach(Guest seen, Attachment attachment, Patience patience) {
        change(seen, patience, life -> {
            life.detach(attachment.handle());
            return attachment;
        });
    }

    void addController(Guest seen, int usbVersion, Patience patience) {
        change(seen, patience, life -> {
            life.addController(usbVersion);
            return life;
        });
    }

    /** Lets calls that wait look whether their adapter was closed. */
    synchronized void wake() {
        notifyAll();
    }

    void rematch() {
        synchronized (this) {
            if (machine != null && machine.rematch()) {
                attachmentHint = true;
            }
        }
        flush();
    }

    /** Something to do to a guest that runs, which says what came of it. */
    private interface Change<T> {
        T apply(GuestMachine life);
    }

    private <T> T change(Guest seen, Patience patience, Change<T> change) {
        try {
            synchronized (this) {
                requireLife(seen);
                awaitTurn(patience, Optional.of(() -> changeLate(seen, change)));
                GuestMachine life = requireLife(seen);
                if (faults.takeEnd()) {
                    end();
                    throw SimFailures.unknown(SimFailures.guestGone(id));
                }
                Optional<Boolean> lost = faults.takeLostAnswer();
                if (lost.isEmpty() || lost.get()) {
                    T result = change.apply(life);
                    attachmentHint = true;
                    if (lost.isEmpty()) {
                        return result;
                    }
                }
                throw SimFailures.unknown(SimFailures.connectionLost(id));
            }
        } finally {
            flush();
        }
    }

    /** Nobody waits for the answer any more, so that a refusal has no one to tell. */
    private void changeLate(Guest seen, Change<?> change) {
        synchronized (this) {
            if (isLife(seen) && machine != null) {
                try {
                    change.apply(machine);
                    attachmentHint = true;
                } catch (BackendException refused) {
                    return;
                }
            }
        }
        flush();
    }

    private void awaitTurn(Patience patience, Optional<Runnable> change) {
        Duration slowness = faults.slowness();
        if (!slowness.isZero()) {
            Patience.End end = patience.pause(this, slowness);
            if (end != Patience.End.REACHED) {
                change.ifPresent(late -> patience.later(slowness, late));
                throw SimFailures.ended(end, id, change.isPresent());
            }
        }
        Patience.End end = faults.isHanging()
                ? patience.await(this, () -> !faults.isHanging() || machine == null)
                : Patience.End.REACHED;
        if (end != Patience.End.REACHED) {
            change.ifPresent(faults::leave);
            throw SimFailures.ended(end, id, change.isPresent());
        }
    }

    private GuestMachine requireLife(Guest seen) {
        if (machine == null || !isLife(seen)) {
            throw SimFailures.guestGone(id).build();
        }
        return machine;
    }

    private boolean isLife(Guest seen) {
        return seen.instance().equals(model().instance());
    }

    private GuestMachine require() {
        if (machine == null) {
            throw new IllegalStateException(id + " does not run");
        }
        return machine;
    }

    private void end() {
        if (machine != null) {
            machine.end();
            machine = null;
            attachmentHint = true;
            enter(GuestState.STOPPED);
        }
    }

    private void enter(GuestState newState) {
        state = newState;
        guestHint = true;
        notifyAll();
    }

    private Guest model() {
        return new Guest(id, id.key(), "life-" + lives, state);
    }

    private GuestInspection inspection(GuestMachine life) {
        List<GuestController> controllers = life.controllers();
        return new GuestInspection(model(), controllers, life.attachments());
    }

    private void act(Runnable action) {
        synchronized (this) {
            action.run();
        }
        flush();
    }

    /** Hints without the lock, as a listener may ask back. */
    private void flush() {
        boolean guests;
        boolean attachments;
        synchronized (this) {
            guests = guestHint;
            attachments = attachmentHint;
            guestHint = false;
            attachmentHint = false;
        }
        if (guests) {
            hints.each(GuestListener::guestsChanged);
        }
        if (attachments) {
            hints.each(listener -> listener.attachmentsChanged(id));
            host.hint();
        }
    }
}
