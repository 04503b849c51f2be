package io.autousb.backend.sysfspoll;

import io.autousb.domain.model.HostTopology;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DeviceSource;
import io.autousb.linux.HintGate;
import io.autousb.linux.SysfsReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host's devices, by looking at sysfs again and again. A look compares the names, the folders'
 * inodes, the addresses, what is authorized and which drivers are bound with what was last read; only
 * what differs is read.
 *
 * <p>It looks on a thread of its own, as reading may take a while. Without a subscription every snapshot
 * reads everything.
 */
public final class SysfsPollDeviceSource implements DeviceSource {

    private static final Logger LOG = LoggerFactory.getLogger(SysfsPollDeviceSource.class);
    private static final Duration END_WITHIN = Duration.ofSeconds(2);

    private final Duration interval;
    private final HintGate gate = new HintGate();
    private final SysfsReader reader;
    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable Thread thread;
    private volatile boolean watching;
    private boolean failing;

    /**
     * Does nothing yet.
     *
     * @param root the root folder below which {@code /sys}, {@code /run} and {@code /proc} are looked for
     * @param interval how long to wait between two looks
     */
    public SysfsPollDeviceSource(Path root, Duration interval) {
        this.interval = interval;
        this.reader = new SysfsReader(root, gate::hint);
    }

    @Override
    public synchronized void subscribe(Runnable listener) {
        gate.open(listener);
        if (thread == null) {
            reader.markAllDirty();
            watching = true;
            thread = new Thread(this::run, "autousb-sysfs-poll");
            thread.setDaemon(true);
            thread.start();
        }
    }

    @Override
    public HostTopology snapshot(Duration timeout) {
        if (!watching) {
            reader.markAllDirty();
        }
        return reader.snapshot(timeout);
    }

    private void run() {
        try {
            while (!closed.await(interval.toNanos(), TimeUnit.NANOSECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            boolean changed = reader.detectChanges() || failing;
            failing = false;
            if (changed) {
                gate.hint();
            }
        } catch (BackendException e) {
            if (!failing && !gate.isClosed()) {
                LOG.debug("cannot look at the host, the next snapshot will say so", e);
                failing = true;
                gate.hint();
            }
        } catch (RuntimeException e) {
            LOG.error("looking at the host failed", e);
        }
    }

    @Override
    public void close() {
        gate.close();
        closed.countDown();
        reader.close();
        Thread ending;
        synchronized (this) {
            ending = thread;
        }
        if (ending != null && ending != Thread.currentThread()) {
            try {
                ending.join(END_WITHIN.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
