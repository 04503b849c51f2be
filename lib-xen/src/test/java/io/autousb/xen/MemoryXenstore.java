package io.autousb.xen;

import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.xen.store.NodeReader;
import io.autousb.xen.store.NodeWriter;
import io.autousb.xen.store.Watch;
import io.autousb.xen.store.WatchListener;
import io.autousb.xen.store.WatchTarget;
import io.autousb.xen.store.Xenstore;
import io.autousb.xen.store.XenstorePath;
import io.autousb.xen.store.XenstorePermissions;
import io.autousb.xen.store.XenstoreTransaction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Stream;

/** A xenstore in memory, where anything can be made to fail, or to change, at any moment. Thread-safe. */
public final class MemoryXenstore implements Xenstore {

    private static final int MAX_RUNS = 10;

    private final Object lock = new Object();
    private final TreeMap<String, String> nodes = new TreeMap<>();
    private final Map<String, XenstorePermissions> permissions = new HashMap<>();
    private final List<Entry> watches = new CopyOnWriteArrayList<>();
    private final ExecutorService callbacks = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "memory-xenstore");
        thread.setDaemon(true);
        return thread;
    });
    private volatile Interference interference = (operation, where) -> {};
    private volatile boolean closed;
    private int changes;

    /** What is done with a xenstore. */
    public enum Operation {
        /** A node is read. */
        READ,
        /** A node's children are listed. */
        LIST,
        /** A node is about to be written. */
        WRITE,
        /** A node is about to be removed. */
        REMOVE,
        /** Permissions are about to be set. */
        SET_PERMISSIONS,
        /** A transaction is about to take effect. */
        COMMIT,
        /** It has, and nobody knows yet. */
        COMMITTED
    }

    /** Comes before an operation: may throw what that fails with, or change what it will find. */
    @FunctionalInterface
    public interface Interference {
        /** Something is about to be done at a place, which is empty for a commit. */
        void before(Operation operation, String where);
    }

    private record Entry(WatchTarget target, WatchListener listener) {}

    private record Change(String path, boolean removal) {}

    /** Interferes from now on. */
    public void interfere(Interference value) {
        interference = value;
    }

    /** Sets a node, as another program does. */
    public MemoryXenstore put(String path, String value) {
        List<Change> changed;
        synchronized (lock) {
            changed = apply(Map.of(path, Optional.of(value)));
        }
        tell(changed);
        return this;
    }

    /** Removes a node with all below it, as another program does. */
    public MemoryXenstore drop(String path) {
        List<Change> changed;
        synchronized (lock) {
            changed = apply(Map.of(path, Optional.empty()));
        }
        tell(changed);
        return this;
    }

    /** Says that something happened to some domain. */
    public void fire(WatchTarget event) {
        watches.stream().filter(entry -> entry.target().equals(event)).forEach(entry -> call(entry, event));
    }

    /** A node's value. */
    public Optional<String> get(String path) {
        synchronized (lock) {
            return Optional.ofNullable(nodes.get(path));
        }
    }

    /** All nodes at or below a path, with their values. */
    public SortedMap<String, String> tree(String path) {
        synchronized (lock) {
            TreeMap<String, String> found = new TreeMap<>(nodes);
            found.keySet().removeIf(each -> !each.equals(path) && !each.startsWith(path + "/"));
            return found;
        }
    }

    /** Who may use a node, if that was ever set. */
    public Optional<XenstorePermissions> permissions(String path) {
        synchronized (lock) {
            return Optional.ofNullable(permissions.get(path));
        }
    }

    /** How often anything was changed. */
    public int changes() {
        synchronized (lock) {
            return changes;
        }
    }

    /** What is watched now. */
    public List<String> watched() {
        return watches.stream().map(entry -> entry.target().text()).sorted().toList();
    }

    @Override
    public NodeWriter by(Deadline deadline) {
        return new Direct();
    }

    @Override
    public <T> T transaction(Deadline deadline, Function<? super XenstoreTransaction, ? extends T> body) {
        for (int run = 0; run < MAX_RUNS; run++) {
            Attempt attempt;
            synchronized (lock) {
                attempt = new Attempt(new TreeMap<>(nodes));
            }
            T found = body.apply(attempt);
            attempt.ended = true;
            meddle(Operation.COMMIT, "");
            List<Change> changed;
            synchronized (lock) {
                if (attempt.conflicts()) {
                    continue;
                }
                changed = apply(attempt.written);
                permissions.putAll(attempt.granted);
            }
            tell(changed);
            meddle(Operation.COMMITTED, "");
            return found;
        }
        throw BackendException.of(CONFLICT, "others keep changing it").build();
    }

    @Override
    public Watch watch(WatchTarget target, WatchListener listener) {
        requireOpen();
        Entry entry = new Entry(target, listener);
        watches.add(entry);
        call(entry, target);
        return () -> watches.remove(entry);
    }

    @Override
    public void close() {
        closed = true;
        callbacks.shutdownNow();
    }

    private void requireOpen() {
        if (closed) {
            throw BackendException.of(BackendException.CLOSED, "xenstore is closed")
                    .retry(BackendException.Retry.NEVER)
                    .build();
        }
    }

    private void meddle(Operation operation, String where) {
        requireOpen();
        interference.before(operation, where);
    }

    /** To be called with the lock held. An empty value removes. */
    private List<Change> apply(Map<String, Optional<String>> written) {
        List<Change> changed = new ArrayList<>();
        written.forEach((path, value) -> {
            if (value.isPresent()) {
                for (String above = path; above.lastIndexOf('/') > 0; ) {
                    above = above.substring(0, above.lastIndexOf('/'));
                    nodes.putIfAbsent(above, "");
                }
                nodes.put(path, value.get());
            } else {
                nodes.keySet().removeIf(each -> each.equals(path) || each.startsWith(path + "/"));
            }
            changed.add(new Change(path, value.isEmpty()));
            changes++;
        });
        return changed;
    }

    private void tell(List<Change> changed) {
        for (Change change : changed) {
            XenstorePath path = XenstorePath.of(change.path());
            for (Entry entry : watches) {
                if (entry.target() instanceof XenstorePath target) {
                    if (path.startsWith(target)) {
                        call(entry, path);
                    } else if (change.removal() && target.startsWith(path)) {
                        call(entry, target);
                    }
                }
            }
        }
    }

    private void call(Entry entry, WatchTarget where) {
        if (!closed) {
            callbacks.execute(() -> {
                if (watches.contains(entry)) {
                    entry.listener().changed(where);
                }
            });
        }
    }

    private static Optional<List<String>> children(Map<String, String> tree, String path) {
        if (!tree.containsKey(path)) {
            return Optional.empty();
        }
        String prefix = path + "/";
        return Optional.of(tree.keySet().stream()
                .filter(each -> each.startsWith(prefix) && each.indexOf('/', prefix.length()) < 0)
                .map(each -> each.substring(prefix.length()))
                .toList());
    }

    /** Nodes as they were when they were looked at. */
    private record Looked(
            Map<XenstorePath, Optional<String>> values,
            Map<XenstorePath, Optional<List<String>>> lists,
            NodeReader rest)
            implements NodeReader {

        static Looked at(NodeReader nodes, Collection<XenstorePath> values, Collection<XenstorePath> lists) {
            Looked looked = new Looked(new HashMap<>(), new HashMap<>(), nodes);
            values.forEach(path -> looked.values.put(path, nodes.read(path)));
            lists.forEach(path -> looked.lists.put(path, nodes.list(path)));
            return looked;
        }

        @Override
        public Optional<String> read(XenstorePath path) {
            Optional<String> known = values.get(path);
            return known == null ? rest.read(path) : known;
        }

        @Override
        public Optional<List<String>> list(XenstorePath path) {
            Optional<List<String>> known = lists.get(path);
            return known == null ? rest.list(path) : known;
        }

        @Override
        public NodeReader ahead(Collection<XenstorePath> moreValues, Collection<XenstorePath> moreLists) {
            return at(this, moreValues, moreLists);
        }
    }

    /** Each operation by itself. */
    private final class Direct implements NodeWriter {
        @Override
        public NodeReader ahead(Collection<XenstorePath> values, Collection<XenstorePath> lists) {
            return Looked.at(this, values, lists);
        }

        @Override
        public Optional<String> read(XenstorePath path) {
            meddle(Operation.READ, path.text());
            return get(path.text());
        }

        @Override
        public Optional<List<String>> list(XenstorePath path) {
            meddle(Operation.LIST, path.text());
            synchronized (lock) {
                return children(nodes, path.text());
            }
        }

        @Override
        public void write(XenstorePath path, String value) {
            meddle(Operation.WRITE, path.text());
            put(path.text(), value);
        }

        @Override
        public void remove(XenstorePath path) {
            meddle(Operation.REMOVE, path.text());
            drop(path.text());
        }
    }

    /** One run of a transaction. */
    private final class Attempt implements XenstoreTransaction {
        private final TreeMap<String, String> before;
        private final TreeMap<String, String> after;
        private final Map<String, Optional<String>> written = new java.util.LinkedHashMap<>();
        private final Map<String, XenstorePermissions> granted = new HashMap<>();
        private final List<String> read = new ArrayList<>();
        private final List<String> listed = new ArrayList<>();
        private boolean ended;

        private Attempt(TreeMap<String, String> before) {
            this.before = before;
            this.after = new TreeMap<>(before);
        }

        private boolean conflicts() {
            return Stream.concat(read.stream(), written.keySet().stream())
                            .anyMatch(path ->
                                    !Optional.ofNullable(before.get(path)).equals(Optional.ofNullable(nodes.get(path))))
                    || listed.stream().anyMatch(path -> !children(before, path).equals(children(nodes, path)));
        }

        private void begin(Operation operation, XenstorePath path) {
            if (ended) {
                throw new IllegalStateException("the transaction has ended");
            }
            meddle(operation, path.text());
        }

        @Override
        public NodeReader ahead(Collection<XenstorePath> values, Collection<XenstorePath> lists) {
            return Looked.at(this, values, lists);
        }

        @Override
        public Optional<String> read(XenstorePath path) {
            begin(Operation.READ, path);
            read.add(path.text());
            return Optional.ofNullable(after.get(path.text()));
        }

        @Override
        public Optional<List<String>> list(XenstorePath path) {
            begin(Operation.LIST, path);
            listed.add(path.text());
            return children(after, path.text());
        }

        @Override
        public void write(XenstorePath path, String value) {
            begin(Operation.WRITE, path);
            written.put(path.text(), Optional.of(value));
            after.put(path.text(), value);
            for (XenstorePath above = path.parent(); !above.equals(XenstorePath.ROOT); above = above.parent()) {
                after.putIfAbsent(above.text(), "");
            }
        }

        @Override
        public void remove(XenstorePath path) {
            begin(Operation.REMOVE, path);
            written.put(path.text(), Optional.empty());
            after.keySet().removeIf(each -> XenstorePath.of(each).startsWith(path));
        }

        @Override
        public void setPermissions(XenstorePath path, XenstorePermissions value) {
            begin(Operation.SET_PERMISSIONS, path);
            if (!after.containsKey(path.text())) {
                throw BackendException.of(BackendException.REFUSED, "no such node")
                        .build();
            }
            granted.put(path.text(), value);
        }
    }
}
