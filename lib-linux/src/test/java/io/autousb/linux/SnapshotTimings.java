package io.autousb.linux;

import io.autousb.domain.model.PortPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/**
 * Measures what a look at sysfs costs, on files in a temporary folder. To be run by hand: {@code java -cp
 * ... io.autousb.linux.SnapshotTimings}; it prints microseconds.
 */
public final class SnapshotTimings {

    private static final int ROUNDS = 400;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final PortPath PLACE = PortPath.parse("1-8");

    private SnapshotTimings() {}

    /** Runs all measurements. */
    public static void main(String[] arguments) throws IOException {
        Path root = Files.createTempDirectory("timings");
        try {
            measure(root);
        } finally {
            FakeSysfs.deleteTree(root);
        }
    }

    private static void measure(Path root) {
        FakeSysfs host = new FakeSysfs(root);
        host.rootHub(1, "/devices/pci0000:00/0000:00:14.0", 8);
        host.rootHub(2, "/devices/pci0000:00/0000:00:14.0", 8);
        host.plug(PortPath.parse("1-1"), FakeGadget.hub(8));
        for (int port = 1; port <= 8; port++) {
            host.plug(PortPath.parse("1-1").child(port), FakeGadget.keyboard());
        }
        try (SysfsReader reader = new SysfsReader(root, () -> {})) {
            reader.snapshot(TIMEOUT);
            measure("nothing changed", () -> {}, () -> reader.snapshot(TIMEOUT));
            measure("idle poll, 8 devices and 3 hubs", () -> {}, reader::detectChanges);
            measure("everything anew", reader::markAllDirty, () -> reader.snapshot(TIMEOUT));
            measure("driver of an interface", () -> reader.markDirty("1-1.3:1.0"), () -> reader.snapshot(TIMEOUT));
            measure(
                    "plug, not read ahead",
                    () -> {
                        host.plug(PLACE, FakeGadget.keyboard());
                        reader.settled("1-8");
                    },
                    () -> reader.snapshot(TIMEOUT),
                    () -> {
                        host.unplug(PLACE);
                        reader.departed("1-8");
                        reader.snapshot(TIMEOUT);
                    });
            measure(
                    "plug, read ahead",
                    () -> {
                        host.arrive(PLACE, FakeGadget.keyboard());
                        reader.arriving("1-8");
                        host.configure(PLACE);
                        host.initialize(PLACE);
                        reader.settled("1-8");
                    },
                    () -> reader.snapshot(TIMEOUT),
                    () -> {
                        host.unplug(PLACE);
                        reader.departed("1-8");
                        reader.snapshot(TIMEOUT);
                    });
            measure(
                    "unplug",
                    () -> {
                        host.plug(PLACE, FakeGadget.keyboard());
                        reader.snapshot(TIMEOUT);
                        host.unplug(PLACE);
                        reader.departed("1-8");
                    },
                    () -> reader.snapshot(TIMEOUT));
        }
    }

    private static void measure(String what, Runnable before, Runnable measured) {
        measure(what, before, measured, () -> {});
    }

    private static void measure(String what, Runnable before, Runnable measured, Runnable after) {
        long[] nanos = new long[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            before.run();
            long begun = System.nanoTime();
            measured.run();
            nanos[i] = System.nanoTime() - begun;
            after.run();
        }
        long first = nanos[0];
        Arrays.sort(nanos);
        System.out.printf(
                Locale.ROOT,
                "%-32s first %6d  median %5d  95%% %5d%n",
                what,
                first / 1000,
                nanos[ROUNDS / 2] / 1000,
                nanos[ROUNDS * 95 / 100] / 1000);
    }
}
