package io.autousb.domain.port;

import io.autousb.domain.ApiStatus;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestInspection;
import java.time.Duration;
import java.util.List;

/**
 * Runs guests, and attaches host devices to them.
 *
 * <p>Thread-safe. The core never makes two calls for one guest at a time, but does for different guests,
 * and one guest that hangs must not delay the others. A call that changes something and cannot know
 * whether it took effect fails with {@link BackendException#outcomeUnknown}; the core then inspects.
 */
public interface Hypervisor extends AutoCloseable {

    /**
     * Says which guests matter. Comes before anything else and may come again with other guests; those
     * that stay are not disturbed. Does no I/O that could block.
     *
     * @param guests all guests that matter from now on
     * @throws BackendException with {@link BackendException#INVALID} if a setting cannot be right
     */
    void configure(List<GuestSpec> guests);

    /**
     * Starts watching. Called once, after {@link #configure}.
     *
     * @param listener called on any thread of this hypervisor after something may have changed; never
     *     after {@link #close} has returned
     * @throws BackendException if watching is not possible, with the remedy
     */
    void subscribe(GuestListener listener);

    /**
     * The guests that exist now, of those that were configured. A guest that cannot be reached at all is
     * left out; one that is there but does not answer has the state {@link
     * io.autousb.domain.model.GuestState#UNKNOWN}.
     *
     * @param timeout how long it may take
     * @return each guest under the name it was configured with, with its instance and state
     * @throws BackendException if the hypervisor as a whole cannot be asked
     */
    List<Guest> guests(Duration timeout);

    /**
     * Looks at one guest: controllers, ports, and every passed-through device, also those that other
     * programs attached.
     *
     * @param guest the guest, as last seen
     * @param timeout how long it may take
     * @return what the hypervisor says now
     * @throws BackendException if it does not answer; {@link BackendException#GUEST_GONE} if the guest is
     *     not there any more
     */
    GuestInspection inspect(Guest guest, Duration timeout);

    /**
     * Adds a virtual controller. On return its ports can be used, and the next inspection shows it.
     *
     * @param request the guest, version and timeout
     * @throws BackendException {@link BackendException#NO_ROOM} with the remedy if the guest can take
     *     none; {@link BackendException#UNSUPPORTED} if this hypervisor adds none at all
     */
    void addController(AddControllerRequest request);

    /**
     * Says which attaches are likely to follow soon, so that what they need may be done early: the host is still
     * configuring the devices. Each call for a guest replaces the one before; what is not in it any more, and was not
     * attached, is taken back. So is all of it when this is closed, and at the next {@link #guests} for guests that are
     * not listed any more. An inspection takes back all that was done for its guest: whether anything was done shows in
     * none, and an attach works as well without.
     *
     * <p>Never fails, not even after {@link #close}: what goes wrong here will go wrong with the attach, which says so.
     *
     * <p>By default nothing is done early.
     *
     * @param guest the guest, as last seen
     * @param attaches what is likely to follow, all for this guest, each on a port of its own
     * @return whether anything is done now that would have to be taken back
     */
    @ApiStatus(value = ApiStatus.Level.EXPERIMENTAL, since = "0.1")
    default boolean prepare(Guest guest, List<AttachRequest> attaches) {
        return false;
    }

    /**
     * Attaches a device to a port, marked as ours and with its generation in a way that survives this
     * program. The device is the one named by address at the moment of the call; no other device may ever
     * be attached in its place, now or later. Attaching what is attached already fails with {@link
     * BackendException#DUPLICATE}.
     *
     * @param request the device, guest, port and timeout
     * @return the attachment, as an inspection would show it
     * @throws BackendException {@link BackendException#PORT_BUSY} if another port may do, {@link
     *     BackendException#DEVICE_GONE}, {@link BackendException#GUEST_GONE}, {@link
     *     BackendException#NOT_READY} if the device's node is not usable yet
     */
    Attachment attach(AttachRequest request);

    /**
     * Takes an attachment away, and returns when it is really gone. One that is gone already is a
     * success. Works for devices that the host no longer has. Never touches another instance of the guest
     * than the one that was seen: its attachments are gone, or it fails with {@link
     * BackendException#GUEST_GONE}.
     *
     * @param request the guest, attachment and timeout
     * @throws BackendException if it is still there
     */
    void detach(DetachRequest request);

    /**
     * Looks for what is left over in any guest of the host, configured or not, of devices that are gone, and
     * of programs that ended or failed half-way, and clears it. What works is never touched, whoever made it.
     * A second call finds nothing more to do.
     *
     * <p>One call at a time, at any time after {@link #configure}: calls for guests may be under way, and may
     * come while it runs. Such a call is not delayed, but for a repair of that very guest which has begun
     * already; a guest that is being changed by one is left alone, and {@link RepairResult#again} says so. A
     * guest that does not answer has its share of the time, and the others theirs.
     *
     * <p>By default there is nothing that could be left over.
     *
     * @param request how thoroughly to look, whether to change anything, and the timeout
     * @return what was found and done, and whether another look is due
     * @throws BackendException if the hypervisor as a whole cannot be asked
     */
    default RepairResult repair(RepairRequest request) {
        return RepairResult.NOTHING;
    }

    /**
     * Frees threads, connections and descriptors; attachments stay. Idempotent; later calls of other
     * methods fail with {@link BackendException#CLOSED}, calls under way end soon.
     */
    @Override
    void close();
}
