package io.autousb.backend.qmp;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds running guests by their {@code -name}. Looks at the host's processes once for all guests, and
 * reads the arguments of those that it does not know; now and then of all, because a process may become
 * a QEMU by exec.
 */
final class QemuProcesses {

    private static final long SCAN_EVERY_NANOS = 200_000_000L;
    private static final long READ_ALL_EVERY_NANOS = 2_000_000_000L;

    private final HostProcesses host;
    private final Map<Integer, Optional<QemuCommandLine>> known = new HashMap<>();
    private long scanned;
    private long readAll;
    private boolean fresh = true;

    QemuProcesses(HostProcesses host) {
        this.host = host;
    }

    /** A search for a guest of a name. */
    MonitorSearch named(String name) {
        return () -> find(name);
    }

    private synchronized MonitorSearch.Result find(String name) {
        scan(System.nanoTime());
        List<MonitorSearch.Claim> claims = new ArrayList<>();
        known.forEach((pid, line) -> line.filter(
                        each -> each.name().filter(name::equals).isPresent())
                .flatMap(each -> claim(pid, each))
                .ifPresent(claims::add));
        claims.sort(Comparator.comparingInt(MonitorSearch.Claim::pid));
        return claims.isEmpty() ? new MonitorSearch.Absent() : new MonitorSearch.Claims(claims);
    }

    private Optional<MonitorSearch.Claim> claim(int pid, QemuCommandLine line) {
        return host.startTime(pid).map(start -> new MonitorSearch.Claim(pid, start, sockets(pid, line)));
    }

    private List<Path> sockets(int pid, QemuCommandLine line) {
        return line.sockets().stream()
                .flatMap(path -> host.resolve(pid, path).stream())
                .filter(GuestSettings::fits)
                .distinct()
                .toList();
    }

    private void scan(long now) {
        if (!fresh && now - scanned < SCAN_EVERY_NANOS) {
            return;
        }
        boolean all = fresh || now - readAll >= READ_ALL_EVERY_NANOS;
        Set<Integer> ids = new LinkedHashSet<>(host.ids());
        known.keySet().retainAll(ids);
        for (int pid : ids) {
            if (all || !known.containsKey(pid)) {
                known.put(pid, read(pid));
            }
        }
        scanned = now;
        readAll = all ? now : readAll;
        fresh = false;
    }

    private Optional<QemuCommandLine> read(int pid) {
        List<String> arguments = host.arguments(pid);
        return isQemu(arguments)
                ? Optional.of(QemuCommandLine.parse(arguments.subList(1, arguments.size())))
                : Optional.empty();
    }

    /** Whether arguments, the program's name first, are QEMU's. */
    static boolean isQemu(List<String> arguments) {
        if (arguments.isEmpty()) {
            return false;
        }
        String program = arguments.get(0).substring(arguments.get(0).lastIndexOf('/') + 1);
        return program.startsWith("qemu-system-")
                || program.equals("qemu-kvm")
                || program.equals("kvm")
                || program.equals("qemu");
    }
}
