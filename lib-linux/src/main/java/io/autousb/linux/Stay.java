package io.autousb.linux;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One stay of a device: what does not change, and what workers read because it takes the device's lock,
 * which the kernel may hold for seconds while it resets or probes (Linux {@code
 * drivers/usb/core/sysfs.c}, {@code usb_string_attr}, {@code usb_actconfig_show}). Thread-safe.
 */
final class Stay {

    /** The count of interfaces where the host does not tell any. */
    static final int NO_COUNT = -1;

    final DeviceIdentity identity;
    final SlowValue<Strings> strings;
    final SlowValue<Integer> interfaceCount;
    private final Manners manners;
    private @Nullable Deadline patience;

    /**
     * The string descriptors.
     *
     * @param manufacturer null if absent
     * @param product null if absent
     * @param serial null if absent
     */
    record Strings(
            @Nullable String manufacturer,
            @Nullable String product,
            @Nullable String serial) {}

    /** Is told what workers meet. */
    interface Listener {
        /** What a device's readiness depends on has come, for which a snapshot could not wait. */
        void news(String name);

        /** Likewise its strings. */
        void strings(String name);

        /** A value could not be read. */
        void trouble(String name, IOException cause);
    }

    /**
     * What stays have in common.
     *
     * @param workers read the slow values
     * @param patience how long a snapshot waits for such values, once in a stay
     * @param haste puts off who waits
     * @param listener is told what workers meet
     */
    record Manners(Executor workers, Duration patience, Haste haste, Listener listener) {}

    Stay(SysfsTree tree, DeviceIdentity identity, Manners manners) {
        this.identity = identity;
        this.manners = manners;
        Listener listener = manners.listener();
        Executor workers = manners.workers();
        Haste haste = manners.haste();
        String name = identity.name();
        Consumer<IOException> trouble = cause -> listener.trouble(name, cause);
        strings = new SlowValue<>(
                haste,
                () -> new Strings(
                        tree.attribute(name, "manufacturer"),
                        tree.attribute(name, "product"),
                        tree.attribute(name, "serial")),
                workers,
                () -> listener.strings(name),
                trouble);
        interfaceCount = new SlowValue<>(haste, () -> count(tree, name), workers, () -> listener.news(name), trouble);
    }

    /** Empty while there is no configuration, which counts as none. */
    private static int count(SysfsTree tree, String name) throws IOException {
        String text = tree.attribute(name, "bNumInterfaces");
        if (text == null) {
            return NO_COUNT;
        }
        return Math.max(0, SmallFile.number(text, 0, text.length(), 10));
    }

    /** Whether a value could not be read when last tried. */
    boolean isFailing() {
        return strings.isFailing() || interfaceCount.isFailing();
    }

    /** Until when to wait for the slow values, beginning with the first time this is asked. */
    synchronized Deadline patience() {
        Deadline until = patience;
        if (until == null) {
            until = Deadline.after(manners.patience());
            patience = until;
        }
        return until;
    }
}
