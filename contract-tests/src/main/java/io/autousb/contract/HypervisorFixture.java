package io.autousb.contract;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;

/**
 * A hypervisor adapter, its guests, and the host's devices. Nothing runs and nothing is plugged in at
 * first; each test gets a fixture of its own.
 *
 * <p>Methods with a default body that throws belong to a {@link HypervisorCapability}: implement them or
 * declare the capability as unsupported. The world's methods return when the world has changed, whether
 * or not the adapter has noticed. Called from several threads.
 */
public interface HypervisorFixture extends AutoCloseable {

    /**
     * Makes an adapter that looks at this world. Called several times in some tests, then as after a
     * restart of the program, with the world unchanged. The contract closes what it opened.
     *
     * @return a new adapter, not configured
     */
    Hypervisor open();

    /**
     * What cannot be done here.
     *
     * @return the capabilities that are missing
     */
    default Set<HypervisorCapability> unsupported() {
        return Set.of();
    }

    /**
     * How the configuration speaks of a guest.
     *
     * @param guest {@code alpha}, {@code beta} or {@code gamma}
     * @return the same at each call, under that name
     */
    GuestSpec spec(String guest);

    /**
     * A guest whose settings cannot be right. {@link HypervisorCapability#INVALID_SETTING}.
     *
     * @return its spec
     */
    default GuestSpec invalidSpec() {
        throw undeclared(HypervisorCapability.INVALID_SETTING);
    }

    /**
     * The highest version of controllers that guests can have here.
     *
     * @return 3, or 2 where there is none of version 3
     */
    default int usbVersion() {
        return 3;
    }

    /**
     * Starts a guest, running, with one controller of {@link #usbVersion} with four or more ports, all free.
     *
     * @param guest its name
     */
    void start(String guest);

    /**
     * Ends a guest. It loses all attachments; started again, it is another instance.
     *
     * @param guest its name
     */
    void stop(String guest);

    /**
     * Plugs a device into the host, ready to be attached.
     *
     * @param gadget the device
     * @return what a device source would say of it
     */
    UsbDevice plug(Gadget gadget);

    /**
     * Pulls a device out of the host. Attachments of it stay, as a hypervisor notices nothing.
     *
     * @param device what {@link #plug} returned
     */
    void unplug(UsbDevice device);

    /**
     * Pulls a device out and puts another one into the same port.
     *
     * @param device what {@link #plug} returned
     * @param gadget the other device
     * @return the other one, with an address and a generation of its own
     */
    UsbDevice replug(UsbDevice device, Gadget gadget);

    /**
     * Puts a guest into a state. {@link HypervisorCapability#GUEST_STATES}.
     *
     * @param guest its name
     * @param state {@code RUNNING}, {@code PAUSED} or {@code TRANSIENT}
     */
    default void setState(String guest, GuestState state) {
        throw undeclared(HypervisorCapability.GUEST_STATES);
    }

    /**
     * Reboots a guest in a way that keeps its attachments. {@link HypervisorCapability#KEEPING_REBOOT}.
     *
     * @param guest its name
     */
    default void reboot(String guest) {
        throw undeclared(HypervisorCapability.KEEPING_REBOOT);
    }

    /**
     * Lets a guest answer nothing any more, to calls under way and later ones. {@link
     * HypervisorCapability#HANG}.
     *
     * @param guest its name
     */
    default void hang(String guest) {
        throw undeclared(HypervisorCapability.HANG);
    }

    /**
     * Lets a guest that hangs answer again. {@link HypervisorCapability#HANG}.
     *
     * @param guest its name
     */
    default void release(String guest) {
        throw undeclared(HypervisorCapability.HANG);
    }

    /**
     * Lets a guest end when the next change is asked of it, before the answer. {@link
     * HypervisorCapability#END_IN_CALL}.
     *
     * @param guest its name
     */
    default void endInNextChange(String guest) {
        throw undeclared(HypervisorCapability.END_IN_CALL);
    }

    /**
     * Loses the answer to the next change that is asked of a guest: the connection breaks, or none comes
     * by the deadline; later calls work. {@link HypervisorCapability#LOST_ANSWER}.
     *
     * @param guest its name
     * @param done whether the change is made
     */
    default void loseNextAnswer(String guest, boolean done) {
        throw undeclared(HypervisorCapability.LOST_ANSWER);
    }

    /**
     * Refuses the next attach with a text that the hypervisor made up. {@link
     * HypervisorCapability#REFUSAL}.
     *
     * @param guest its name
     * @param text what the hypervisor says, in hostile words
     */
    default void refuseNextAttach(String guest, String text) {
        throw undeclared(HypervisorCapability.REFUSAL);
    }

    /**
     * Attaches a device as another program would. {@link HypervisorCapability#FOREIGN_NAMED}, {@link
     * HypervisorCapability#FOREIGN_ANONYMOUS}, {@link HypervisorCapability#FOREIGN_REMATCHING}.
     *
     * @param guest its name
     * @param device the device; for {@link Foreign#REMATCHING} only its kind counts
     * @param port a free port
     * @param how in which way
     */
    default void attachByHand(String guest, UsbDevice device, GuestPort port, Foreign how) {
        throw undeclared(how.capability());
    }

    /**
     * Takes an attachment away as another program would. {@link HypervisorCapability#REMOVAL_HINT}.
     *
     * @param guest its name
     * @param attachment what to take away
     */
    default void detachByHand(String guest, Attachment attachment) {
        throw undeclared(HypervisorCapability.REMOVAL_HINT);
    }

    /**
     * Plugs something that is no host device into a guest's port. {@link
     * HypervisorCapability#TAKEN_PORT}.
     *
     * @param guest its name
     * @param port a free port
     */
    default void takePort(String guest, GuestPort port) {
        throw undeclared(HypervisorCapability.TAKEN_PORT);
    }

    /**
     * Uses up the guest's room for controllers. {@link HypervisorCapability#NO_ROOM}.
     *
     * @param guest its name
     */
    default void fillRoom(String guest) {
        throw undeclared(HypervisorCapability.NO_ROOM);
    }

    /**
     * Lets the hypervisor notice that it has lost a device, which may have been pulled out. {@link
     * HypervisorCapability#REPORTED_LOSS}.
     *
     * @param guest its name
     * @param attachment the device's attachment
     */
    default void noticeLoss(String guest, Attachment attachment) {
        throw undeclared(HypervisorCapability.REPORTED_LOSS);
    }

    /**
     * Opens or closes a device's node to the hypervisor. {@link HypervisorCapability#NODE_RIGHTS}.
     *
     * @param device what {@link #plug} returned
     * @param open whether the hypervisor may open it
     */
    default void setNodeOpen(UsbDevice device, boolean open) {
        throw undeclared(HypervisorCapability.NODE_RIGHTS);
    }

    /**
     * Leaves one thing over in a guest, such as the port of a device that another program attached and that
     * was pulled out, which the first repair clears. {@link HypervisorCapability#LEFTOVER}.
     *
     * @param guest the name of a guest that runs
     */
    default void leaveBehind(String guest) {
        throw undeclared(HypervisorCapability.LEFTOVER);
    }

    /**
     * The timeout of a call that is expected to succeed.
     *
     * @return ample time for a busy machine
     */
    default Duration timeout() {
        return Duration.ofSeconds(10);
    }

    /**
     * The timeout of a call that is expected to run into it.
     *
     * @return a time that a call which works never needs
     */
    default Duration shortTimeout() {
        return Duration.ofMillis(300);
    }

    /**
     * How long a rule waits for a hint before it fails.
     *
     * @return ample time for a busy machine
     */
    default Duration patience() {
        return Duration.ofSeconds(10);
    }

    /**
     * How much later than its timeout a call may return.
     *
     * @return ample time for a busy machine
     */
    default Duration grace() {
        return Duration.ofSeconds(2);
    }

    /** Takes the world down. Called once, after the adapters were closed. */
    @Override
    void close() throws IOException;

    /** Ways in which other programs attach a device. */
    enum Foreign {
        /** One device, under a name of that program's. */
        NAMED(HypervisorCapability.FOREIGN_NAMED),
        /** One device, without a name. */
        ANONYMOUS(HypervisorCapability.FOREIGN_ANONYMOUS),
        /** Whatever matches the device's vendor and product or place, now and later. */
        REMATCHING(HypervisorCapability.FOREIGN_REMATCHING);

        private final HypervisorCapability capability;

        Foreign(HypervisorCapability capability) {
            this.capability = capability;
        }

        HypervisorCapability capability() {
            return capability;
        }
    }

    private static UnsupportedOperationException undeclared(HypervisorCapability capability) {
        return new UnsupportedOperationException("implement this or declare " + capability + " as unsupported");
    }
}
