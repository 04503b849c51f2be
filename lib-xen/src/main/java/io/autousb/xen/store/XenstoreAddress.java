package io.autousb.xen.store;

import io.autousb.domain.model.UntrustedText;
import io.autousb.linux.Deadline;
import io.autousb.linux.DeviceFile;
import io.autousb.linux.UnixSocketConnection;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where xenstored can be reached: its socket, or the kernel's device for it.
 *
 * @param candidates what to try, in this order; at least one
 */
public record XenstoreAddress(List<Path> candidates) {

    private static final int FILE_TYPE = 0170000;
    private static final int SOCKET = 0140000;

    /** Copies the list. */
    public XenstoreAddress {
        candidates = List.copyOf(candidates);
        if (candidates.isEmpty()) {
            throw new IllegalArgumentException("nowhere to look for xenstored");
        }
    }

    /**
     * Where Xen's own programs look (xen {@code tools/libs/store/xs.c}, {@code xs_open} and {@code xs_domain_dev}).
     *
     * @param root the root folder, which what the environment names is not below
     * @param environment {@code XENSTORED_PATH} is the socket or the device itself, {@code XENSTORED_RUNDIR} the
     *     folder of the socket
     * @return the places to try
     */
    public static XenstoreAddress find(Path root, Map<String, String> environment) {
        String path = environment.get("XENSTORED_PATH");
        if (path != null) {
            return new XenstoreAddress(List.of(Path.of(path)));
        }
        String folder = environment.get("XENSTORED_RUNDIR");
        Path running = folder == null ? root.resolve("var/run/xenstored") : Path.of(folder);
        return new XenstoreAddress(
                List.of(running.resolve("socket"), root.resolve("dev/xen/xenbus"), root.resolve("proc/xen/xenbus")));
    }

    /**
     * Whether there is anything to connect to. Tells nothing of whether somebody answers there.
     *
     * @return true if one of the places exists
     */
    public boolean exists() {
        return candidates.stream().anyMatch(Files::exists);
    }

    /** Connects to the first that can be connected to. If none can, the failure is that of the most telling one. */
    Wire connect(Deadline deadline) throws IOException {
        IOException worst = null;
        for (Path candidate : candidates) {
            try {
                return connect(candidate, deadline);
            } catch (IOException e) {
                worst = worse(worst, e);
            }
        }
        throw worst == null ? new NoSuchFileException(toString()) : worst;
    }

    private static IOException worse(@Nullable IOException before, IOException e) {
        if (before == null) {
            return e;
        }
        boolean tellsLittle = before instanceof NoSuchFileException || before instanceof ConnectException;
        IOException worse = tellsLittle && !(e instanceof NoSuchFileException) ? e : before;
        worse.addSuppressed(worse == e ? before : e);
        return worse;
    }

    private static Wire connect(Path file, Deadline deadline) throws IOException {
        boolean socket = ((int) Files.getAttribute(file, "unix:mode") & FILE_TYPE) == SOCKET;
        return socket
                ? new SocketWire(UnixSocketConnection.connect(file, deadline.remaining()), file)
                : DeviceWire.start(DeviceWire.device(DeviceFile.open(file)), file);
    }

    /** The places, safe to print. */
    @Override
    public String toString() {
        return candidates.stream()
                .map(path -> UntrustedText.of(path.toString()).toString())
                .collect(Collectors.joining(" or "));
    }
}
