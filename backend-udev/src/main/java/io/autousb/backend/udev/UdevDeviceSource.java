package io.autousb.backend.udev;

import io.autousb.domain.model.HostTopology;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DeviceSource;
import io.autousb.domain.port.Scheduler;
import io.autousb.linux.HintGate;
import io.autousb.linux.SysfsReader;
import io.autousb.linux.Uevent;
import io.autousb.linux.UeventSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The host's devices, by uevents and sysfs. Events only say where to look again. Both netlink groups are
 * heard: the kernel's for speed, udev's for when the device nodes have their rights and as the second
 * chance. After lost events, and every now and then, everything is read anew.
 *
 * <p>Without a subscription every snapshot reads everything.
 */
public final class UdevDeviceSource implements DeviceSource {

    /** What a {@link Reaction#PASSING} event leads to is over by then, and told in one go. */
    static final Duration SOON = Duration.ofMillis(100);

    /** The kernel's {@code bind} is not waited for longer. */
    static final Duration SETTLES_WITHIN = Duration.ofSeconds(2);

    private final UeventSocket.Opener opener;
    private final Scheduler scheduler;
    private final Duration rescanInterval;
    private final HintGate gate = new HintGate();
    private final SysfsReader reader;
    private final AtomicBoolean hintPlanned = new AtomicBoolean();
    private volatile boolean watching;
    private @Nullable UeventReceiver receiver;
    private @Nullable Runnable dropRescan;

    /**
     * Does nothing yet.
     *
     * @param opener makes the netlink socket
     * @param root the root folder below which {@code /sys}, {@code /run} and {@code /proc} are looked for
     * @param scheduler for hints that can wait, and the rescan
     * @param rescanInterval how often to read everything anew; zero for never
     */
    public UdevDeviceSource(UeventSocket.Opener opener, Path root, Scheduler scheduler, Duration rescanInterval) {
        this.opener = opener;
        this.scheduler = scheduler;
        this.rescanInterval = rescanInterval;
        this.reader = new SysfsReader(root, gate::hint, this::hintSoon);
    }

    @Override
    public synchronized void subscribe(Runnable listener) {
        gate.open(listener);
        if (receiver != null) {
            return;
        }
        try {
            receiver = UeventReceiver.start(opener, this::react, this::lookAtEverything);
        } catch (IOException | LinkageError e) {
            throw BackendException.of(BackendException.NO_PERMISSION, "cannot hear the kernel's uevents")
                    .where(e.getMessage() == null ? e.toString() : e.getMessage())
                    .remedy("allow AF_NETLINK to this program, or use --device-source sysfs-poll")
                    .cause(e)
                    .build();
        }
        reader.markAllDirty();
        watching = true;
        planRescan();
    }

    @Override
    public HostTopology snapshot(Duration timeout) {
        if (!watching) {
            reader.markAllDirty();
        }
        return reader.snapshot(timeout);
    }

    private void react(Uevent event) {
        String name = event.name();
        switch (Reaction.to(event)) {
            case ARRIVING -> arriving(name);
            case CONFIGURED -> {
                reader.configured(name, event.devnum());
                gate.hint();
            }
            case SETTLED -> {
                reader.settled(name);
                gate.hint();
            }
            case DEPARTED -> {
                reader.departed(name);
                gate.hint();
            }
            case CHANGED -> hintUnlessArriving(name);
            case PASSING -> {
                reader.markDirty(name);
                hintSoon();
            }
        }
    }

    private void hintUnlessArriving(String name) {
        reader.markDirty(name);
        if (!reader.isArriving(name)) {
            gate.hint();
        }
    }

    private void arriving(String name) {
        reader.arriving(name);
        scheduler.schedule(SETTLES_WITHIN, () -> {
            if (reader.isArriving(name)) {
                reader.settled(name);
                gate.hint();
            }
        });
    }

    private void hintSoon() {
        if (hintPlanned.compareAndSet(false, true)) {
            scheduler.schedule(SOON, () -> {
                hintPlanned.set(false);
                gate.hint();
            });
        }
    }

    private void lookAtEverything() {
        reader.markAllDirty();
        gate.hint();
    }

    private synchronized void planRescan() {
        if (!rescanInterval.isZero() && !gate.isClosed()) {
            dropRescan = scheduler.schedule(rescanInterval, () -> {
                lookAtEverything();
                planRescan();
            });
        }
    }

    @Override
    public void close() {
        gate.close();
        UeventReceiver ending;
        synchronized (this) {
            ending = receiver;
            if (dropRescan != null) {
                dropRescan.run();
            }
        }
        if (ending != null) {
            ending.close();
        }
        reader.close();
    }
}
