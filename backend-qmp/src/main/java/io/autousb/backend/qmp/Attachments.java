package io.autousb.backend.qmp;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.PortPath;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Shows a {@code usb-host} as an attachment. Pure. */
final class Attachments {

    private Attachments() {}

    static Attachment of(GuestId guest, UsbObject device, @Nullable GuestPort port, boolean connected) {
        String handle = device.handle();
        Optional<AttachmentId> ours = AttachmentId.parse(handle);
        Attachment.Builder attachment = Attachment.builder(guest, handle)
                .port(port)
                .ours(ours.isPresent())
                .connected(connected);
        Optional<PortPath> path = ours.map(AttachmentId::path);
        Optional<Generation> generation = ours.map(AttachmentId::generation);
        HostMatch match = device.match();
        if (match != null) {
            attachment
                    .address(match.address().orElse(null))
                    .match(match.automatic().orElse(null));
            path = path.or(match::path);
        }
        return attachment
                .path(path.orElse(null))
                .generation(generation.orElse(null))
                .build();
    }
}
