package io.autousb.contract;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a program holds: threads and, on Linux, descriptors. Threads that the Java platform and JNA make
 * once for all do not count.
 */
final class Resources {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final List<String> SHARED = List.of("ForkJoinPool.commonPool", "JNA Cleaner", "contract-");

    private Resources() {}

    /** The threads of the test's group and below that live now. */
    static Set<Thread> threads() {
        ThreadGroup ours = Thread.currentThread().getThreadGroup();
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> belongsTo(ours, thread))
                .filter(thread -> SHARED.stream().noneMatch(thread.getName()::startsWith))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static boolean belongsTo(ThreadGroup ours, Thread thread) {
        ThreadGroup group = thread.getThreadGroup();
        return group != null && ours.parentOf(group);
    }

    /** Waits until no threads live but those that did before. */
    static void awaitNoMoreThan(Set<Thread> before, Duration patience) {
        Await.until(
                patience, "all threads ended; these did not: " + names(before), () -> before.containsAll(threads()));
    }

    private static List<String> names(Set<Thread> before) {
        return threads().stream()
                .filter(thread -> !before.contains(thread))
                .map(Thread::getName)
                .toList();
    }

    /**
     * Runs something often and looks whether the number of descriptors grows each time. Once before, as
     * the first time loads classes.
     */
    static void assertNoDescriptorsLeftBy(Duration patience, Runnable use) {
        assumeTrue(Files.isDirectory(DESCRIPTORS), "descriptors are counted in " + DESCRIPTORS);
        int times = 8;
        use.run();
        int before = descriptors();
        for (int i = 0; i < times; i++) {
            use.run();
        }
        Await.until(
                patience,
                "descriptors were closed; before there were " + before,
                () -> descriptors() - before < times / 2);
    }

    private static int descriptors() {
        try (var open = Files.list(DESCRIPTORS)) {
            return (int) open.count();
        } catch (IOException e) {
            throw new AssertionError("cannot count descriptors", e);
        }
    }
}
