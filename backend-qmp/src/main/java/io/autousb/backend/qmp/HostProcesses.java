package io.autousb.backend.qmp;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code /proc}. A process that ends meanwhile is empty. Thread-safe. */
final class HostProcesses {

    /** A QEMU under libvirt has some 10 KB of arguments. */
    private static final int MAX_ARGUMENTS = 1 << 18;

    /** More than a process' short name takes, or three loads and three numbers. */
    private static final int MAX_SHORT = 128;

    private static final int LOAD_FIELDS = 5;

    private static final Pattern PID = Pattern.compile("[1-9][0-9]{0,8}");
    private static final Pattern UIDS = Pattern.compile("^Uid:\\s+[0-9]+\\s+([0-9]{1,10})", Pattern.MULTILINE);
    /** Fields after the name in brackets, which may hold anything: state is the third, start time the 22nd (proc(5)). */
    private static final int STATE = 3 - 3;

    private static final int START_TIME = 22 - 3;

    private final Path root;
    private final Path proc;

    /** Reads {@code proc} below a root folder. */
    HostProcesses(Path root) {
        this.root = root;
        this.proc = root.resolve("proc");
    }

    /** The processes that there are. */
    List<Integer> ids() {
        String[] names = proc.toFile().list();
        if (names == null) {
            return List.of();
        }
        List<Integer> ids = new ArrayList<>(names.length);
        for (String name : names) {
            if (PID.matcher(name).matches()) {
                ids.add(Integer.valueOf(name));
            }
        }
        return ids;
    }

    /**
     * How many threads there are and which was the last to begin: where that is the same as before, no process has begun
     * since. Empty if it is not known. The last is that of our own namespace, so that where {@code /proc} is another's
     * some may be missed (Linux {@code fs/proc/loadavg.c}).
     */
    Optional<String> births() {
        String[] fields = read(proc + "/loadavg").split(" ");
        return fields.length == LOAD_FIELDS
                ? Optional.of(fields[LOAD_FIELDS - 2].substring(fields[LOAD_FIELDS - 2].indexOf('/') + 1) + " "
                        + fields[LOAD_FIELDS - 1].strip())
                : Optional.empty();
    }

    /** A process' short name; empty if it has ended. Cheap. */
    String name(int pid) {
        return read(proc + "/" + pid + "/comm");
    }

    /**
     * Whether a process' short name, or its program's file, is one of QEMU's. Neither is in the process' own
     * memory, so that reading them never hangs. {@code -name process=} sets the first to anything.
     */
    boolean mayBeQemu(int pid, String name) {
        return isQemu(name) || isQemu(program(pid));
    }

    private static boolean isQemu(String name) {
        return name.contains("qemu") || name.startsWith("kvm");
    }

    private String program(int pid) {
        try {
            return Files.readSymbolicLink(process(pid).resolve("exe"))
                    .getFileName()
                    .toString();
        } catch (IOException | RuntimeException e) {
            return ""; // a kernel thread, or another user's
        }
    }

    /** A process' arguments, the program's name first; none if it cannot be read. */
    List<String> arguments(int pid) {
        String all = read(pid, "cmdline").orElse("");
        return all.isEmpty()
                ? List.of()
                : List.of((all.endsWith("\0") ? all.substring(0, all.length() - 1) : all).split("\0", -1));
    }

    /** When it was started, in clock ticks since boot; empty if it has ended, even if nobody has noticed yet. */
    Optional<String> startTime(int pid) {
        String stat = read(pid, "stat").orElse("");
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        boolean ended = fields[STATE].equals("Z") || fields[STATE].equals("X");
        return ended || fields.length <= START_TIME ? Optional.empty() : Optional.of(fields[START_TIME]);
    }

    /** The effective user it runs as now. */
    Optional<Long> uid(int pid) {
        Matcher uids = UIDS.matcher(read(pid, "status").orElse(""));
        return uids.find() ? Optional.of(Long.valueOf(uids.group(1))) : Optional.empty();
    }

    /** Who we are: whoever owns our own folder; -1 if there is none. */
    int ownUid() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException | UnsupportedOperationException e) {
            return -1;
        }
    }

    /** A path of a process' arguments as seen from here; empty if it is none. */
    Optional<Path> resolve(int pid, String path) {
        try {
            Path folder = path.startsWith("/")
                    ? Path.of("/")
                    : Files.readSymbolicLink(process(pid).resolve("cwd"));
            Path absolute = folder.resolve(path).normalize();
            return Optional.of(root.resolve(Path.of("/").relativize(absolute)));
        } catch (IOException | InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** A short file, at the least possible cost; empty if it cannot be read. */
    private static String read(String file) {
        byte[] text = new byte[MAX_SHORT];
        try (InputStream in = new FileInputStream(file)) {
            int count = in.read(text);
            return new String(text, 0, Math.max(0, count), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private Path process(int pid) {
        return proc.resolve(Integer.toString(pid));
    }

    private Optional<String> read(int pid, String file) {
        try (InputStream in = Files.newInputStream(process(pid).resolve(file))) {
            return Optional.of(new String(in.readNBytes(MAX_ARGUMENTS), StandardCharsets.UTF_8));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
