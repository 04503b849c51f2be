package io.autousb.backend.qmp;

import io.autousb.qmp.QemuCommandLine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Finds running guests by their {@code -name}. Processes are listed when one has begun since, and rarely
 * otherwise. Of most only their short name is read, once and then rarely, because a process may become a
 * QEMU by exec; of those that keep their name the program's file too, still more rarely. The arguments are in
 * the process' own memory, which may take for ever to read: a thread apart does it, and nobody waits long for it.
 *
 * <p>Thread-safe. What one search has read, the others know; none waits for another's reading.
 */
final class QemuProcesses {

    private static final long READ_AGAIN_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long READ_ALL_NANOS = Duration.ofMinutes(5).toNanos();
    private static final long YOUNG_NANOS = Duration.ofSeconds(10).toNanos();
    private static final Duration ARGUMENTS_PATIENCE = Duration.ofMillis(500);
    /** What hangs costs a thread, as long as it does. */
    private static final int MAX_HANGING = 16;

    private final HostProcesses host;
    private final Map<Integer, Known> known = new ConcurrentHashMap<>();
    private final AtomicBoolean begun = new AtomicBoolean();
    private final LongSupplier clock;
    private volatile Listing latest = Listing.NONE;

    /** When processes were last listed, and what {@link HostProcesses#births} said before. */
    private record Listing(Optional<String> births, long when) {
        private static final Listing NONE = new Listing(Optional.empty(), 0);

        /** Whether it has all processes that there are now. */
        private boolean isWhole(Optional<String> birthsNow, long now) {
            return births.isPresent() && births.equals(birthsNow) && now - when < READ_AGAIN_NANOS;
        }
    }

    /** What was read of a process. */
    private static final class Known {
        private final long first;
        private final boolean fresh;
        private final String name;
        private final String start;
        private final CompletableFuture<Optional<QemuCommandLine>> line;
        private final long readAll;
        private volatile long read;

        private Known(
                long first,
                boolean fresh,
                String name,
                String start,
                CompletableFuture<Optional<QemuCommandLine>> line,
                long now) {
            this.first = first;
            this.fresh = fresh;
            this.name = name;
            this.start = start;
            this.line = line;
            this.readAll = now;
            this.read = now;
        }

        private boolean isOld(long now) {
            return now - read >= READ_AGAIN_NANOS || isYoung(now);
        }

        /** A process that has just begun may be about to become another program. */
        private boolean isYoung(long now) {
            return fresh && now - first < YOUNG_NANOS;
        }

        /** Whether a look at the short name is enough to see that it is no QEMU still. */
        private boolean isStillNone(String nameNow, long now) {
            return start.isEmpty() && name.equals(nameNow) && !isYoung(now) && now - readAll < READ_ALL_NANOS;
        }
    }

    QemuProcesses(HostProcesses host) {
        this(host, System::nanoTime);
    }

    /** With another clock, of nanoseconds, for tests. */
    QemuProcesses(HostProcesses host, LongSupplier clock) {
        this.host = host;
        this.clock = clock;
    }

    /** A search for a guest of a name. */
    MonitorSearch named(String name) {
        return () -> find(name);
    }

    private MonitorSearch.Result find(String name) {
        scan();
        long end = System.nanoTime() + ARGUMENTS_PATIENCE.toNanos();
        List<MonitorSearch.Claim> claims = new ArrayList<>();
        known.forEach((pid, each) -> line(each, end)
                .filter(line -> line.name().filter(name::equals).isPresent())
                .filter(line -> host.startTime(pid).filter(each.start::equals).isPresent())
                .map(line -> new MonitorSearch.Claim(pid, each.start, sockets(pid, line)))
                .ifPresent(claims::add));
        claims.sort(Comparator.comparingInt(MonitorSearch.Claim::pid));
        return claims.isEmpty() ? new MonitorSearch.Absent() : new MonitorSearch.Claims(claims);
    }

    private List<Path> sockets(int pid, QemuCommandLine line) {
        return line.sockets().stream()
                .flatMap(path -> host.resolve(pid, path).stream())
                .filter(GuestSettings::fits)
                .distinct()
                .toList();
    }

    private static Optional<QemuCommandLine> line(Known process, long end) {
        long left = process.line.isDone() ? 0 : Math.max(0, end - System.nanoTime());
        try {
            return process.line.get(left, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (TimeoutException | ExecutionException e) {
            return Optional.empty();
        }
    }

    private void scan() {
        boolean fresh = !begun.compareAndSet(false, true);
        long now = clock.getAsLong();
        // In this order: who begins after the first is in the second, or makes another first next time.
        Optional<String> births = host.births();
        if (!latest.isWhole(births, now)) {
            Set<Integer> ids = new HashSet<>(host.ids());
            known.keySet().retainAll(ids);
            ids.removeAll(known.keySet());
            ids.forEach(pid -> known.put(pid, look(pid, host.name(pid), now, fresh, now)));
            latest = new Listing(births, now);
        }
        known.forEach((pid, before) -> {
            if (before.isOld(now) && before.line.isDone()) {
                lookAgain(pid, before, now);
            }
        });
    }

    private void lookAgain(int pid, Known before, long now) {
        String name = host.name(pid);
        if (before.isStillNone(name, now)) {
            before.read = now;
        } else {
            known.put(pid, look(pid, name, before.first, before.fresh, now));
        }
    }

    private Known look(int pid, String name, long first, boolean fresh, long now) {
        Optional<String> start = host.mayBeQemu(pid, name) ? host.startTime(pid) : Optional.empty();
        return new Known(
                first,
                fresh,
                name,
                start.orElse(""),
                start.isPresent() ? arguments(pid) : CompletableFuture.completedFuture(Optional.empty()),
                now);
    }

    private CompletableFuture<Optional<QemuCommandLine>> arguments(int pid) {
        if (known.values().stream().filter(each -> !each.line.isDone()).count() >= MAX_HANGING) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        CompletableFuture<Optional<QemuCommandLine>> line = new CompletableFuture<>();
        Thread reader = new Thread(() -> line.complete(read(pid)), "autousb-qmp-arguments");
        reader.setDaemon(true);
        reader.start();
        return line;
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
