package io.autousb.xen.host;

import io.autousb.api.Availability;
import io.autousb.xen.store.XenstoreAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Tells whether this is Xen's control domain, and whether this program may use its xenstore. */
public final class XenProbe {

    /** A few words, separated by commas ({@code drivers/xen/xenfs/super.c} of Linux). */
    private static final int MAX_CAPABILITIES = 256;

    private final Path root;
    private final Map<String, String> environment;

    /**
     * Looks at nothing yet.
     *
     * @param root the root folder below which all is looked for
     * @param environment as for {@link XenstoreAddress#find}
     */
    public XenProbe(Path root, Map<String, String> environment) {
        this.root = root;
        this.environment = environment;
    }

    /**
     * Looks at files, and connects to nothing.
     *
     * @return available, or why not and what to do
     */
    public Availability look() {
        XenstoreAddress address = XenstoreAddress.find(root, environment);
        if (!address.exists()) {
            return Availability.unavailable(
                    "there is no xenstore here (" + address + ")",
                    "run this in Xen's control domain, with xenstored running");
        }
        if (isGuest()) {
            return Availability.unavailable(
                    "this is a guest of Xen, and not its control domain", "run this in the control domain");
        }
        boolean allowed =
                address.candidates().stream().anyMatch(path -> Files.isReadable(path) && Files.isWritable(path));
        return allowed
                ? Availability.AVAILABLE
                : Availability.unavailable(
                        "this user has no permission to use xenstore (" + address + ")", "run this as root");
    }

    /** Whether the kernel says so. Where nothing is mounted at {@code /proc/xen}, it says nothing. */
    private boolean isGuest() {
        try (var in = Files.newInputStream(root.resolve("proc/xen/capabilities"))) {
            return !new String(in.readNBytes(MAX_CAPABILITIES), StandardCharsets.US_ASCII).contains("control_d");
        } catch (IOException e) {
            return false;
        }
    }
}
