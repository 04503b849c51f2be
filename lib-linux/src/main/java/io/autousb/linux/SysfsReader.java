package io.autousb.linux;

import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.port.BackendException;
import io.autousb.linux.DeviceEntry.Progress;
import io.autousb.linux.DeviceIdentity.Presence;
import io.autousb.linux.DirtyPlaces.Marks;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the host's USB from sysfs, and remembers it: a snapshot lists one folder and reads only what is
 * new or was marked. Whoever uses this marks what may have changed, by uevents or by looking ({@link
 * #detectChanges}); without that, only arrivals and departures are seen.
 *
 * <p>Attributes that take the device's lock are read by workers; a snapshot waits for all of them for
 * {@code PATIENCE} at most, once in a device's stay. If they come later, {@code lateNews} runs for strings and {@code news} for the rest, on any thread.
 * A snapshot that has a departure to tell does not wait: it shows the new ones as not ready, and {@code
 * news} runs. A device all of whose interfaces are not known to be there yet is shown without any, thus not ready.
 *
 * <p>What cannot be read, for whatever reason, is shown as it was last read as long as its folder is
 * there, and tried again: only what is known to be gone is gone.
 *
 * <p>Thread-safe; snapshots run one at a time in the order of their calls, marking never blocks.
 */
public final class SysfsReader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SysfsReader.class);
    private static final Duration PATIENCE = Duration.ofMillis(250);
    private static final int TRIES = 3;

    private final SysfsTree tree;
    private final Runnable news;
    private final Runnable lateNews;
    private final Workers workers = new Workers("autousb-sysfs");
    private final DirtyPlaces dirty = new DirtyPlaces();
    private final Arrivals arrivals = new Arrivals();
    private final Haste haste = new Haste();
    private final Stay.Manners manners;
    private final Troubles troubles = new Troubles(workers, this::tryAgain);
    private volatile boolean closed;

    private final Stay.Listener listener = new Stay.Listener() {
        @Override
        public void news(String name) {
            dirty.mark(name);
            tell();
        }

        @Override
        public void strings(String name) {
            dirty.mark(name);
            if (!closed) {
                lateNews.run();
            }
        }

        @Override
        public void trouble(String name, IOException cause) {
            SysfsReader.this.trouble(name, reason(cause));
        }
    };

    private final ReentrantLock lock = new ReentrantLock(true);
    private final Map<String, DeviceEntry> entries = new TreeMap<>();
    private HostTopology latest = HostTopology.EMPTY;
    private @Nullable String bootId;
    private long round;

    /**
     * Reads nothing yet.
     *
     * @param root the root folder below which {@code /sys}, {@code /run} and {@code /proc} are looked for
     * @param news called when values have come for which a snapshot could not wait; another snapshot has
     *     them. Not called after {@link #close}, but may be running then
     */
    public SysfsReader(Path root, Runnable news) {
        this(root, news, news);
    }

    /**
     * Reads nothing yet.
     *
     * @param root as above
     * @param news as above
     * @param lateNews called instead when it is only strings that have come: who looks at them can wait, and a device
     *     that has just come should not
     */
    public SysfsReader(Path root, Runnable news, Runnable lateNews) {
        this(root, news, lateNews, PATIENCE);
    }

    /** With another patience, for tests. */
    SysfsReader(Path root, Runnable news, Runnable lateNews, Duration patience) {
        this.tree = new SysfsTree(root);
        this.news = news;
        this.lateNews = lateNews;
        this.manners = new Stay.Manners(workers, patience, haste, listener);
        dirty.markAll();
    }

    /**
     * Says that something about a device may have changed.
     *
     * @param name the name of a device or of one of its interfaces, from sysfs or a uevent; anything else
     *     is ignored
     */
    public void markDirty(String name) {
        String device = SysfsNames.device(name);
        if (device != null) {
            dirty.mark(device);
        }
    }

    /** Says that anything may have changed, as at a start or after uevents were lost. */
    public void markAllDirty() {
        arrivals.clear();
        dirty.markAll();
    }

    /**
     * Says that the kernel has found a device and is still to configure it. Until {@link #settled} the
     * device is shown as not ready. A worker reads ahead what answers at once, and {@code news} runs: the next snapshot
     * has it. The rest takes the device's lock, which the kernel holds until it is done, and who waits for it takes
     * processor time from the kernel ({@code mutex_spin_on_owner}).
     *
     * @param name the device's name, from a uevent
     */
    public void arriving(String name) {
        if (!closed) {
            PortPath.tryParse(name).ifPresent(path -> {
                arrivals.begin(name);
                dirty.mark(name);
                workers.execute(() -> readAhead(name, path));
            });
        }
    }

    private void readAhead(String name, PortPath path) {
        try {
            Stay stay = readStay(name, path);
            if (stay != null) {
                arrivals.readAhead(name, stay);
                tell();
            }
        } catch (IOException e) {
            LOG.debug("cannot read {} ahead", name, e);
        }
    }

    /**
     * Whether a device is between {@link #arriving} and {@link #settled}.
     *
     * @param name the name of the device or of one of its interfaces
     * @return true if its changes are of no interest yet
     */
    public boolean isArriving(String name) {
        String device = SysfsNames.device(name);
        return device != null && arrivals.contains(device);
    }

    /**
     * Says that the kernel has told that a device is configured: whoever looks from now on sees all its interfaces
     * (Linux {@code drivers/base/dd.c}, {@code driver_bound}, comes after {@code usb_generic_driver_probe}). The next
     * snapshot waits neither for their number nor for the device's strings; {@code lateNews} of these follow.
     *
     * @param name the device's name
     * @param devnum the device's number on its bus, as told; for another one it does not hold
     */
    public void configured(String name, int devnum) {
        if (PortPath.tryParse(name).isPresent()) {
            arrivals.configured(name, devnum);
            dirty.mark(name);
        }
    }

    /**
     * Says that nobody knows whether the kernel is done with a device that arrived, but it ought to be.
     *
     * @param name the device's name
     */
    public void settled(String name) {
        arrivals.end(name);
        markDirty(name);
    }

    /**
     * Says that the kernel has removed a device.
     *
     * @param name the device's name
     */
    public void departed(String name) {
        arrivals.forget(name);
        markDirty(name);
        haste.urge();
    }

    /**
     * Looks at the host.
     *
     * @param timeout how long it may take
     * @return what is plugged in
     * @throws BackendException if the host does not even list its devices, or has no USB, or another
     *     snapshot takes too long, or this is closed
     */
    public HostTopology snapshot(Duration timeout) {
        Deadline deadline = Deadline.after(timeout);
        lock(deadline);
        boolean done = false;
        try {
            long calm = haste.count();
            Marks marks = dirty.take();
            Arrivals.Moment moment = arrivals.now();
            String[] listing = list();
            round++;
            List<DeviceEntry> gone = new ArrayList<>(0);
            List<DeviceEntry> fresh = refresh(listing, moment, marks, gone);
            dropVanished(gone);
            if (!troubles.isEmpty()) {
                Set<String> there = new HashSet<>(List.of(listing));
                there.addAll(entries.keySet());
                troubles.endAllBut(there);
            }
            if (!gone.isEmpty() || !fresh.isEmpty()) {
                readPorts(fresh, gone);
                build(fresh, deadline, gone.isEmpty() ? calm : Haste.NOW);
                latest = TopologyAssembly.of(entries.values());
            }
            done = true;
            return latest;
        } finally {
            if (!done) {
                dirty.markAll();
            }
            lock.unlock();
        }
    }

    /**
     * Compares the host with what was last read of it, at the least possible cost, and marks what
     * differs.
     *
     * @return whether a snapshot would show something else
     * @throws BackendException if the host does not list its devices, or has no USB, or this is closed
     */
    public boolean detectChanges() {
        if (lock.isLocked()) {
            haste.urge();
        }
        lock(Deadline.NEVER);
        try {
            String[] listing = list();
            int known = 0;
            boolean changed = false;
            for (String name : listing) {
                if (SysfsNames.isInterface(name)) {
                    continue;
                }
                DeviceEntry entry = entries.get(name);
                if (entry == null || looksChanged(entry, listing)) {
                    markDirty(name);
                    changed = true;
                }
                known += entry == null ? 0 : 1;
            }
            return changed || known != entries.size();
        } finally {
            lock.unlock();
        }
    }

    /** What cannot be told is for a snapshot to find out. */
    private static boolean looksChanged(DeviceEntry entry, String[] listing) {
        try {
            return entry.looksChanged(listing);
        } catch (IOException e) {
            return true;
        }
    }

    private void lock(Deadline deadline) {
        try {
            // An untimed try would overtake who waits: with one look after the other that one never gets on.
            boolean free = !lock.hasQueuedThreads() && lock.tryLock();
            if (!free && !lock.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                throw BackendException.of(BackendException.TIMEOUT, "another look at the host takes too long")
                        .where(tree.folder())
                        .build();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BackendException.of(BackendException.TIMEOUT, "interrupted while waiting for another look")
                    .where(tree.folder())
                    .cause(e)
                    .build();
        }
        if (closed) {
            lock.unlock();
            throw BackendException.of(BackendException.CLOSED, "the device source is closed")
                    .retry(BackendException.Retry.NEVER)
                    .build();
        }
    }

    private String[] list() {
        String[] listing;
        try {
            listing = tree.list();
        } catch (IOException e) {
            throw BackendException.of(BackendException.IO, "cannot list the host's USB devices: " + reason(e))
                    .where(tree.folder())
                    .cause(e)
                    .build();
        }
        if (listing == null) {
            throw BackendException.of(BackendException.IO, "this host shows no USB")
                    .where(tree.folder())
                    .remedy("load the kernel's USB support (modprobe usbcore); in a container, mount the host's /sys")
                    .build();
        }
        return listing;
    }

    /** All patience begins at once, however many there are. */
    private void build(List<DeviceEntry> fresh, Deadline deadline, long calm) {
        fresh.forEach(DeviceEntry::beginPatience);
        boolean putOff = false;
        for (DeviceEntry entry : fresh) {
            if (!entry.build(deadline, calm)) {
                dirty.mark(entry.stay.identity.name());
                putOff = true;
            }
        }
        if (putOff) {
            workers.execute(this::tell);
        }
    }

    /** Reads what is new or marked; the rest is only noted as being there. */
    private List<DeviceEntry> refresh(String[] listing, Arrivals.Moment moment, Marks marks, List<DeviceEntry> gone) {
        List<DeviceEntry> fresh = new ArrayList<>();
        for (String name : listing) {
            if (SysfsNames.isInterface(name)) {
                continue;
            }
            DeviceEntry entry = entries.get(name);
            if (entry == null || marks.contains(name)) {
                DeviceEntry old = entry;
                entry = readOrNull(name, old, listing, moment);
                if (entry == null) {
                    continue;
                }
                if (old != null && old != entry) {
                    gone.add(old);
                }
                entries.put(name, entry);
                fresh.add(entry);
                if (!entry.stay.isFailing()) {
                    troubles.end(name);
                }
            }
            entry.round = round;
        }
        return fresh;
    }

    private void dropVanished(List<DeviceEntry> gone) {
        for (Iterator<DeviceEntry> all = entries.values().iterator(); all.hasNext(); ) {
            DeviceEntry entry = all.next();
            if (entry.round != round && isGone(entry.stay.identity)) {
                gone.add(entry);
                all.remove();
            }
        }
    }

    /** Whether a device that could not be read is known to be gone. */
    private boolean isGone(DeviceIdentity identity) {
        try {
            Presence presence = identity.presence(tree);
            if (presence != Presence.GONE) {
                trouble(identity.name(), presence == Presence.THERE ? "it keeps changing" : "it tells no address");
            }
            return presence == Presence.GONE;
        } catch (IOException e) {
            trouble(identity.name(), reason(e));
            return false;
        }
    }

    private @Nullable DeviceEntry readOrNull(
            String name, @Nullable DeviceEntry old, String[] listing, Arrivals.Moment moment) {
        try {
            return read(name, old, listing, moment);
        } catch (IOException e) {
            trouble(name, reason(e));
            return null;
        }
    }

    private @Nullable DeviceEntry read(String name, @Nullable DeviceEntry old, String[] listing, Arrivals.Moment moment)
            throws IOException {
        Optional<PortPath> path = PortPath.tryParse(name);
        if (path.isEmpty()) {
            return null;
        }
        if (old != null && old.read(listing, progress(old.stay, moment))) {
            return old;
        }
        Stay stay = arrivals.take(name);
        for (int i = 0; i < TRIES; i++) {
            if (stay == null) {
                stay = readStay(name, path.get());
            }
            if (stay != null) {
                DeviceEntry entry = new DeviceEntry(tree, stay);
                if (entry.read(listing, progress(stay, moment))) {
                    return entry;
                }
                stay = null;
            }
        }
        // Gone, or a place where one comes after the other: its next uevent or look brings it back.
        return null;
    }

    /** What is known of the kernel's work on a device when it is read. */
    private Progress progress(Stay stay, Arrivals.Moment moment) {
        DeviceIdentity identity = stay.identity;
        if (moment.arriving().contains(identity.name())) {
            return Progress.ARRIVING;
        }
        Integer devnum = moment.configured().get(identity.name());
        if (devnum == null || devnum != identity.address().device()) {
            return Progress.UNTOLD;
        }
        arrivals.seenConfigured(identity.name(), devnum);
        return Progress.CONFIGURED;
    }

    private @Nullable Stay readStay(String name, PortPath path) throws IOException {
        DeviceIdentity identity = DeviceIdentity.read(tree, name, path, bootId());
        if (identity == null) {
            return null;
        }
        return new Stay(tree, identity, manners);
    }

    private synchronized String bootId() throws IOException {
        String id = bootId;
        if (id == null) {
            id = tree.bootId();
            bootId = id;
        }
        return id;
    }

    /** A hub that comes or goes also changes what the ports of others are the peers of. */
    private void readPorts(List<DeviceEntry> fresh, List<DeviceEntry> gone) {
        boolean changed = false;
        for (DeviceEntry entry : gone) {
            changed |= entry.isHub();
        }
        for (DeviceEntry entry : fresh) {
            changed |= readPorts(entry);
        }
        if (changed) {
            entries.values().forEach(this::readPorts);
        }
    }

    private boolean readPorts(DeviceEntry entry) {
        try {
            return entry.readPorts();
        } catch (IOException e) {
            trouble(entry.stay.identity.name(), reason(e));
            return false;
        }
    }

    private void trouble(String name, String cause) {
        dirty.mark(name);
        troubles.begin(name, cause);
    }

    private void tryAgain(Set<String> names) {
        names.forEach(dirty::mark);
        tell();
    }

    private void tell() {
        if (!closed) {
            news.run();
        }
    }

    /** The path is told by other means, or of no interest. */
    private static String reason(IOException e) {
        String reason = e instanceof FileSystemException it ? it.getReason() : e.getMessage();
        return reason == null ? e.toString() : reason;
    }

    /** Ends the workers. A snapshot after this fails with {@link BackendException#CLOSED}. Idempotent. */
    @Override
    public void close() {
        closed = true;
        workers.close();
    }
}
