package io.autousb.xen.monitor;

import io.autousb.linux.Deadline;
import io.autousb.qmp.QemuCommandLine;
import io.autousb.xen.guest.XenGuest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * Finds monitors that the administrator has given an HVM guest beside libxl's, as by {@code
 * device_model_args_hvm=["-chardev","socket,id=usb,path=/run/xen/qmp-usb,server=on,wait=off",
 * "-mon","chardev=usb,mode=control"]}: from the arguments of its device model. Thread-safe.
 *
 * <p>A process can change what is shown of its arguments. Whoever connects makes sure that the process at the other
 * end is the guest's device model: {@link io.autousb.qmp.QmpSession#peer}, {@link
 * io.autousb.xen.guest.DeviceModel#pid}.
 */
public final class DedicatedMonitors {

    private static final int MAX_ARGUMENTS = 1 << 18;
    /** What fits into a socket's address (unix(7)). */
    private static final int MAX_PATH_BYTES = 107;
    /** What hangs costs a thread, as long as it does. */
    private static final int MAX_READING = 16;
    /** Those of libxl and xentop: {@code libxl_dm.c}, {@code libxl__build_device_model_args_new}. */
    private static final Pattern TOOLSTACK = Pattern.compile("qmp-(libxl|libxenstat)-[0-9]+");

    private final Path root;
    private final Map<Integer, CompletableFuture<List<String>>> reading = new ConcurrentHashMap<>();

    /**
     * Reads processes below a root folder.
     *
     * @param root the root folder below which {@code /proc} is looked for
     */
    public DedicatedMonitors(Path root) {
        this.root = root;
    }

    /**
     * Looks for monitors of a guest.
     *
     * @param guest the guest, with its device model running
     * @param deadline by when; a process' arguments can take for ever to read
     * @return sockets in the order of the arguments, below the root folder, without those of libxl and xenstat; empty
     *     if there are none, if the process is not seen, is not this guest's device model, or does not answer
     */
    public List<Path> find(XenGuest guest, Deadline deadline) {
        if (guest.deviceModel().pid().isEmpty()) {
            return List.of();
        }
        List<String> arguments = arguments(guest.deviceModel().pid().getAsInt(), deadline);
        return isDeviceModel(arguments, guest.domid())
                ? QemuCommandLine.parse(arguments.subList(1, arguments.size())).sockets().stream()
                        .flatMap(path -> socket(path).stream())
                        .distinct()
                        .toList()
                : List.of();
    }

    /** The pid may be another process' by now, or that of libxl's probe. */
    private static boolean isDeviceModel(List<String> arguments, int domid) {
        int option = arguments.indexOf("-xen-domid");
        return option > 0
                && option + 1 < arguments.size()
                && arguments.get(option + 1).equals(Integer.toString(domid));
    }

    private Optional<Path> socket(String text) {
        try {
            Path path = Path.of(text).normalize();
            boolean usable = path.isAbsolute()
                    && path.getFileName() != null
                    && path.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_PATH_BYTES
                    && !TOOLSTACK.matcher(path.getFileName().toString()).matches();
            return usable ? Optional.of(root.resolve(Path.of("/").relativize(path))) : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** They are in the process' own memory: a thread apart reads them, and nobody waits long for it. */
    private List<String> arguments(int pid, Deadline deadline) {
        CompletableFuture<List<String>> arguments =
                reading.size() < MAX_READING ? reading.computeIfAbsent(pid, this::begin) : reading.get(pid);
        if (arguments == null) {
            return List.of();
        }
        try {
            return arguments.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        } catch (TimeoutException | ExecutionException e) {
            return List.of();
        }
    }

    private CompletableFuture<List<String>> begin(int pid) {
        CompletableFuture<List<String>> arguments = new CompletableFuture<>();
        Thread reader = new Thread(
                () -> {
                    List<String> read = read(pid);
                    reading.remove(pid);
                    arguments.complete(read);
                },
                "autousb-xen-arguments");
        reader.setDaemon(true);
        reader.start();
        return arguments;
    }

    private List<String> read(int pid) {
        Path file = root.resolve("proc").resolve(Integer.toString(pid)).resolve("cmdline");
        try (InputStream in = Files.newInputStream(file)) {
            String all = new String(in.readNBytes(MAX_ARGUMENTS), StandardCharsets.UTF_8);
            return List.of((all.endsWith("\0") ? all.substring(0, all.length() - 1) : all).split("\0", -1));
        } catch (IOException e) {
            return List.of();
        }
    }
}
