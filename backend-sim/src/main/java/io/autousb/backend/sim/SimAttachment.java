package io.autousb.backend.sim;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.model.UsbId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What QEMU keeps for a device that was passed through. Guarded by its guest. */
final class SimAttachment {

    private final Attachment asMade;
    private final @Nullable UsbId match;
    private @Nullable UsbDevice device;
    private boolean connected = true;

    /**
     * Makes an attachment.
     *
     * @param asMade as it is reported, but for what can change
     * @param device the device that is held, if any
     * @param match what it looks for by itself when it holds nothing, if it does
     */
    SimAttachment(Attachment asMade, @Nullable UsbDevice device, @Nullable UsbId match) {
        this.asMade = asMade;
        this.device = device;
        this.match = match;
    }

    Optional<UsbDevice> device() {
        return Optional.ofNullable(device);
    }

    Optional<UsbId> match() {
        return Optional.ofNullable(match);
    }

    void hold(@Nullable UsbDevice newDevice) {
        device = newDevice;
    }

    void disconnect() {
        connected = false;
    }

    /** A rematching one names no device, as QEMU reads zeros for it. */
    Attachment toModel() {
        return new Attachment(
                asMade.guest(),
                asMade.handle(),
                asMade.port(),
                asMade.address(),
                asMade.path(),
                asMade.generation(),
                asMade.ours(),
                asMade.match(),
                connected);
    }
}
