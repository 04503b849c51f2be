package org.example.virsh;

import io.autousb.domain.model.Generation;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbDevice;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The alias of an attachment of ours: which device it is, at which of its stays. libvirt keeps aliases that begin with
 * {@code ua-} as they are given (Domain XML format, "alias").
 *
 * @param path where the device was plugged in
 * @param generation which stay
 */
record Mark(PortPath path, Generation generation) {

    private static final Pattern FORM = Pattern.compile("ua-autousb-([0-9]+-[0-9_]+)-([0-9a-f]+)");

    static Mark of(UsbDevice device) {
        return new Mark(device.path(), device.generation());
    }

    static Optional<Mark> parse(String alias) {
        Matcher match = FORM.matcher(alias);
        if (!match.matches() || !Generation.isToken(match.group(2))) {
            return Optional.empty();
        }
        return PortPath.tryParse(match.group(1).replace('_', '.'))
                .map(path -> new Mark(path, new Generation(match.group(2))));
    }

    String alias() {
        return "ua-autousb-" + path.toString().replace('.', '_') + "-" + generation.token();
    }
}
