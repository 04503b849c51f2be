package io.autousb.backend.qmp;

import io.autousb.domain.model.Generation;
import io.autousb.domain.model.PortPath;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The id that marks a device of QEMU's as ours and says which stay of which host port it is: {@code
 * autousb-2-1.2-0123456789ab}. It lives as long as the device, so that nothing has to be remembered
 * elsewhere.
 */
record AttachmentId(PortPath path, Generation generation) {

    private static final Pattern FORM = Pattern.compile("autousb-([0-9]+-[0-9.]+)-([0-9a-f]+)");

    /** Reads an id; empty if it is not exactly one that {@link #toString} makes. */
    static Optional<AttachmentId> parse(String id) {
        Matcher match = FORM.matcher(id);
        if (!match.matches() || !Generation.isToken(match.group(2))) {
            return Optional.empty();
        }
        return PortPath.tryParse(match.group(1))
                .map(path -> new AttachmentId(path, new Generation(match.group(2))))
                .filter(parsed -> parsed.toString().equals(id));
    }

    @Override
    public String toString() {
        return "autousb-" + path + "-" + generation;
    }
}
