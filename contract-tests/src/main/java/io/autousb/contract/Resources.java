package io.autousb.contract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

/** Counts what a program holds: its threads and, on Linux, its descriptors. */
final class Resources {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private Resources() {}

    /** The live threads that are the program's own, by the prefix that all of them bear. */
    static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("autousb-"))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether descriptors can be counted here. */
    static boolean countsDescriptors() {
        return Files.isDirectory(DESCRIPTORS);
    }

    /** The number of open descriptors. */
    static int descriptors() {
        try (var open = Files.list(DESCRIPTORS)) {
            return (int) open.count();
        } catch (IOException e) {
            throw new AssertionError("cannot count descriptors", e);
        }
    }
}
