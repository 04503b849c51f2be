package io.autousb.backend.qmp;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A device on a guest's bus, emulated or passed through. All of it stays as it is for the device's life.
 *
 * @param path its object
 * @param port where it was put: {@code 2}, {@code 2.3} behind a hub, empty if QEMU chose and does not say
 * @param match what a {@code usb-host} was told to take; null for anything else
 */
record UsbObject(String path, String port, @Nullable HostMatch match) {

    private static final Pattern PORT = Pattern.compile("([1-9][0-9]{0,2})(\\.[0-9]+)*");
    private static final String NAMED = Qom.NAMED + "/";

    /** How QEMU's {@code device_del} takes it: the id, or the path of a device without one. */
    String handle() {
        String id = path.startsWith(NAMED) ? path.substring(NAMED.length()) : "";
        return id.isEmpty() || id.indexOf('/') >= 0 ? path : id;
    }

    /** The controller's port that it takes up, itself or by the hub before it. */
    OptionalInt rootPort() {
        var found = PORT.matcher(port);
        return found.matches() ? OptionalInt.of(Integer.parseInt(found.group(1))) : OptionalInt.empty();
    }

    boolean isBehindHub() {
        return port.indexOf('.') >= 0;
    }

    Optional<HostMatch> hostMatch() {
        return Optional.ofNullable(match);
    }
}
