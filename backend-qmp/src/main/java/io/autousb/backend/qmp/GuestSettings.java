package io.autousb.backend.qmp;

import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.domain.port.GuestSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what the configuration says of a guest. Pure. */
final class GuestSettings {

    static final String SOCKET = "qmp-socket";

    /** What fits into a socket's address (unix(7)). */
    static final int MAX_PATH_BYTES = 107;

    private GuestSettings() {}

    /** Checks all guests at once. */
    static void check(List<GuestSpec> guests) {
        Map<Path, String> owners = new HashMap<>();
        Map<String, GuestSpec> names = new HashMap<>();
        for (GuestSpec guest : guests) {
            if (names.put(guest.name(), guest) != null) {
                throw invalid(guest, "the guest is named twice", "name it once");
            }
            socket(guest).ifPresent(path -> {
                String other = owners.put(path, guest.name());
                if (other != null) {
                    throw invalid(
                            guest,
                            "the guest " + UntrustedText.of(other) + " has the same " + SOCKET,
                            "give each guest the socket of its own QEMU");
                }
            });
        }
    }

    /** Checks all guests of Xen at once: libxl's own monitor is nobody's to stay on. */
    static void checkXen(List<GuestSpec> guests) {
        check(guests);
        for (GuestSpec guest : guests) {
            socket(guest)
                    .map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("qmp-libxl-"))
                    .ifPresent(name -> {
                        throw invalid(
                                guest,
                                SOCKET + " is libxl's own monitor, which takes one client at a time",
                                "leave it away, or give the guest a monitor of its own with device_model_args_hvm");
                    });
        }
    }

    /** The socket that is named for a guest, if one is. */
    static Optional<Path> socket(GuestSpec guest) {
        String text = guest.settings().get(SOCKET);
        if (text == null) {
            return Optional.empty();
        }
        try {
            Path path = Path.of(text).normalize();
            if (path.isAbsolute() && fits(path)) {
                return Optional.of(path);
            }
        } catch (InvalidPathException e) {
            throw invalid(guest, SOCKET + " is no path", "write the absolute path of the socket");
        }
        throw invalid(
                guest,
                SOCKET + " is not an absolute path of at most " + MAX_PATH_BYTES + " bytes",
                "write the path that QEMU was given, such as /run/qmp/NAME.sock");
    }

    static boolean fits(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_PATH_BYTES;
    }

    private static BackendException invalid(GuestSpec guest, String what, String remedy) {
        return BackendException.of(BackendException.INVALID, what)
                .where("guest " + UntrustedText.of(guest.name()))
                .remedy(remedy)
                .retry(Retry.NEVER)
                .build();
    }
}
