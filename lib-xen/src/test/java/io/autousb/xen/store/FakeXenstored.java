package io.autousb.xen.store;

import io.autousb.xen.store.FakeClient.FakeWatch;
import io.autousb.xen.store.FakeFaults.Fault;
import io.autousb.xen.store.FakeNodes.Node;
import io.autousb.xen.store.FakeOperations.Change;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A xenstored for tests, that speaks the wire protocol over a real socket, in the manners of either daemon. Has a tree,
 * transactions and watches that work, and faults where a test wants them.
 *
 * <p>Thread-safe. What a test does to the tree fires watches, as if another program had done it. Requests are named as
 * the specification names them ({@code READ}, {@code TRANSACTION_END}).
 *
 * <pre>{@code
 * try (FakeXenstored fake = new FakeXenstored(folder, FakeXenstored.Manners.C);
 *         Xenstore store = XenstoreClient.open(fake.address())) {
 *     fake.put("/local/domain/3/name", "windows");
 *     fake.faults().next("TRANSACTION_END", FakeFaults.Fault.CUT_AFTER);
 * }
 * }</pre>
 */
public final class FakeXenstored implements AutoCloseable {

    /** Which daemon it behaves like. Where they differ, the code says so and names the source. */
    public enum Manners {
        /** {@code tools/xenstored}. */
        C,
        /** {@code tools/ocaml/xenstored}, Debian's default. */
        OCAML
    }

    private final Path root;
    private final Manners manners;
    private final FakeOperations operations;
    private final FakeFaults faults = new FakeFaults();
    private final FakeNodes.Tree tree = new FakeNodes.Tree();
    private final List<FakeClient> clients = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private @Nullable ServerSocketChannel server;
    private int accepted;
    private int lastTransaction;

    /**
     * Starts.
     *
     * @param root the folder to be below, empty so far; the socket is where a client with this root looks first
     * @param manners which daemon to behave like
     */
    public FakeXenstored(Path root, Manners manners) {
        this.root = root;
        this.manners = manners;
        this.operations = new FakeOperations(manners);
        start();
    }

    /** The folder that it is below. */
    public Path root() {
        return root;
    }

    /** Where it listens. */
    public Path socket() {
        return root.resolve("var/run/xenstored/socket");
    }

    /** Where a client finds it. */
    public XenstoreAddress address() {
        return XenstoreAddress.find(root, Map.of());
    }

    // ---- the tree

    /** Writes a node, and those on the way to it. */
    public void put(String path, String value) {
        String raw = new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        putRaw(path, raw);
    }

    /** Writes a node whose value has a character for each byte. */
    public synchronized void putRaw(String path, String value) {
        change("WRITE", path + '\0' + value);
    }

    /** Removes a node and all below it, which has to be there. */
    public synchronized void delete(String path) {
        if (tree.get(path) == null) {
            throw new IllegalArgumentException("no such node: " + path);
        }
        change("RM", path + '\0');
    }

    private void change(String type, String payload) {
        List<Change> changes = new ArrayList<>();
        try {
            String ignored = operations.apply(new FakeRequest(FakeRequest.code(type), 0, 0, payload), tree, changes);
        } catch (FakeRefusal e) {
            throw new IllegalArgumentException(payload.replace('\0', ' ') + ": " + e.getMessage(), e);
        }
        fire(changes);
    }

    /** A node's value. */
    public synchronized Optional<String> get(String path) {
        return Optional.ofNullable(tree.get(path)).map(FakeXenstored::value);
    }

    private static String value(Node node) {
        return new String(node.value().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** A node's permissions, such as {@code n0}. */
    public synchronized List<String> permissions(String path) {
        return Optional.ofNullable(tree.get(path)).map(Node::permissions).orElse(List.of());
    }

    /** All nodes with a value other than "", by path. */
    public SortedMap<String, String> dump() {
        return dump("/");
    }

    /** A node and those below it that have a value other than "", by path. */
    public synchronized SortedMap<String, String> dump(String below) {
        SortedMap<String, String> values = new TreeMap<>();
        FakeWatch all = new FakeWatch(below, "");
        tree.nodes().forEach((path, node) -> {
            if (all.covers(path) && !node.value().isEmpty()) {
                values.put(path, value(node));
            }
        });
        return values;
    }

    /** Fires the watches for a domain's coming or going. */
    public synchronized void fire(DomainEvent event) {
        forEachWatch((client, watch) -> {
            if (watch.path().equals(event.text())) {
                client.fire(watch.path(), watch.token());
            }
        });
    }

    /** Fires watches as if a node had been written so many times, each time with another event for each watch. */
    public synchronized void storm(String path, int events) {
        for (int i = 0; i < events; i++) {
            String place = path + "/" + i;
            forEachWatch((client, watch) -> {
                if (watch.covers(place)) {
                    client.fire(place, watch.token());
                }
            });
        }
    }

    // ---- what was asked

    /** The requests so far, such as {@code READ /a}. */
    public synchronized List<String> log() {
        return List.copyOf(log);
    }

    /** How many requests of a type came so far. */
    public long requests(String type) {
        return log().stream()
                .filter(line -> line.equals(type) || line.startsWith(type + " "))
                .count();
    }

    /** How many requests came so far. */
    public synchronized int requests() {
        return log.size();
    }

    /** How many clients are connected. */
    public synchronized int clients() {
        return clients.size();
    }

    /** How many clients ever connected. */
    public synchronized int accepted() {
        return accepted;
    }

    /** How many watches there are, over all clients. */
    public synchronized int watches() {
        return clients.stream().mapToInt(client -> client.watches.size()).sum();
    }

    /** How many transactions are under way, over all clients. */
    public synchronized int transactions() {
        return clients.stream().mapToInt(client -> client.transactions.size()).sum();
    }

    // ---- trouble

    /** What is to go wrong. */
    public FakeFaults faults() {
        return faults;
    }

    /** Sends bytes to all clients, whatever they mean. */
    public synchronized void say(byte[] bytes) {
        clients.forEach(client -> client.send(ByteBuffer.wrap(bytes)));
    }

    /** Sends an event that belongs to no change, such as a late one. */
    public synchronized void sayEvent(String path, String token) {
        clients.forEach(client -> client.fire(path, token));
    }

    /** The tokens of all watches on a path. */
    public synchronized List<String> tokens(String path) {
        List<String> tokens = new ArrayList<>();
        forEachWatch((client, watch) -> {
            if (watch.path().equals(path)) {
                tokens.add(watch.token());
            }
        });
        return tokens;
    }

    /** Cuts all connections. New ones are accepted. */
    public void cut() {
        List<FakeClient> all;
        synchronized (this) {
            all = List.copyOf(clients);
        }
        all.forEach(FakeClient::cut);
    }

    /** Is gone, with its socket, until {@link #start}. The tree stays. */
    public void stop() {
        List<FakeClient> all;
        try {
            synchronized (this) {
                if (server != null) {
                    server.close();
                    server = null;
                }
                Files.deleteIfExists(socket());
                all = List.copyOf(clients);
            }
            for (FakeClient client : all) {
                client.cut();
            }
            faults.wakeAll();
            for (FakeClient client : all) {
                client.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Comes back after {@link #stop}. */
    public synchronized void start() {
        try {
            Files.createDirectories(socket().getParent());
            ServerSocketChannel own = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            own.bind(UnixDomainSocketAddress.of(socket()));
            server = own;
            Thread thread = new Thread(() -> acceptAll(own), "fake-xenstored");
            thread.setDaemon(true);
            thread.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void acceptAll(ServerSocketChannel own) {
        try {
            while (true) {
                FakeClient client = new FakeClient(own.accept(), this);
                synchronized (this) {
                    if (server != own) {
                        client.cut();
                        return;
                    }
                    accepted++;
                    clients.add(client);
                }
                client.start();
            }
        } catch (ClosedChannelException e) {
            // stopped
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stop();
    }

    // ---- for the clients

    /** The C daemon drops who sends too much; oxenstored cuts it down, and reads on in the middle of it. */
    boolean takes(int length) {
        return length >= 0 && length <= (manners == Manners.C ? 4096 : 1 << 20);
    }

    /** xen {@code tools/xenstored/core.c}, {@code send_event}. */
    boolean dropsDuplicates() {
        return manners == Manners.C;
    }

    synchronized void leave(FakeClient client) {
        clients.remove(client);
        client.cut();
    }

    void take(FakeClient client, FakeRequest request) {
        faults.awaitTurn(client::isOpen);
        faults.nextAction(request.type()).ifPresent(Runnable::run);
        synchronized (this) {
            if (clients.contains(client)) {
                log.add(request.line());
                answer(client, request);
            }
        }
    }

    private void answer(FakeClient client, FakeRequest request) {
        Fault fault = faults.nextFault(request.type()).orElse(null);
        if (fault == Fault.CUT_BEFORE) {
            client.cut();
            return;
        }
        if (fault == Fault.SILENT_BEFORE) {
            return;
        }
        List<Change> changes = new ArrayList<>();
        int code = request.code();
        String payload;
        try {
            payload = perform(client, request, changes);
        } catch (FakeRefusal e) {
            code = FakeRequest.code("ERROR");
            payload = e.getMessage() + '\0';
        }
        boolean early = manners == Manners.C || request.type().equals("TRANSACTION_END");
        if (early) {
            fire(changes);
        }
        boolean fresh = request.type().equals("WATCH") && code == request.code();
        if (fresh && faults.hasEventsFirst()) {
            fireFirst(client, request);
        }
        send(client, request, fault, FakeClient.message(code, request.id(), request.transaction(), payload));
        if (fresh && !faults.hasEventsFirst()) {
            fireFirst(client, request);
        }
        if (!early) {
            fire(changes);
        }
    }

    private static void fireFirst(FakeClient client, FakeRequest request) {
        client.fire(request.strings().get(0), request.strings().get(1));
    }

    private static void send(FakeClient client, FakeRequest request, @Nullable Fault fault, ByteBuffer answer) {
        if (fault == null) {
            client.send(answer);
            return;
        }
        switch (fault) {
            case CUT_AFTER -> client.cut();
            case WRONG_TYPE -> {
                String other = request.type().equals("READ") ? "DIRECTORY" : "READ";
                client.send(FakeClient.message(FakeRequest.code(other), request.id(), 0, ""));
            }
            case WRONG_ID -> client.send(FakeClient.message(request.code(), request.id() + 1000, 0, "OK\0"));
            case GARBAGE ->
                client.send(ByteBuffer.wrap("HTTP/1.1 400 Bad Request\r\n".getBytes(StandardCharsets.US_ASCII)));
            default -> {}
        }
    }

    private String perform(FakeClient client, FakeRequest request, List<Change> changes) throws FakeRefusal {
        faults.check(request);
        if (request.payload().length() > 4096) {
            throw new FakeRefusal("E2BIG");
        }
        return switch (request.type()) {
            case "WATCH" -> watch(client, request);
            case "UNWATCH" -> unwatch(client, request);
            case "RESET_WATCHES" -> reset(client);
            case "TRANSACTION_START" -> begin(client, request);
            case "TRANSACTION_END" -> end(client, request, changes);
            default ->
                request.transaction() == 0
                        ? operations.apply(request, tree, changes)
                        : transaction(client, request).apply(request);
        };
    }

    private String watch(FakeClient client, FakeRequest request) throws FakeRefusal {
        FakeWatch watch = watchOf(request);
        if (client.watches.contains(watch)) {
            throw new FakeRefusal("EEXIST");
        }
        client.watches.add(watch);
        return "OK\0";
    }

    private String unwatch(FakeClient client, FakeRequest request) throws FakeRefusal {
        if (!client.watches.remove(watchOf(request))) {
            throw new FakeRefusal("ENOENT");
        }
        return "OK\0";
    }

    private static String reset(FakeClient client) {
        client.watches.clear();
        client.transactions.clear();
        return "OK\0";
    }

    private FakeWatch watchOf(FakeRequest request) throws FakeRefusal {
        List<String> texts = request.strings();
        if (texts.size() != 2 || !request.payload().endsWith("\0")) {
            throw new FakeRefusal("EINVAL");
        }
        String target = texts.get(0);
        return new FakeWatch(target.startsWith("@") ? target : operations.path(target), texts.get(1));
    }

    private String begin(FakeClient client, FakeRequest request) throws FakeRefusal {
        if (request.transaction() != 0) {
            throw new FakeRefusal("EBUSY");
        }
        lastTransaction++;
        client.transactions.put(
                lastTransaction,
                manners == Manners.C
                        ? new FakeTransaction.C(tree, operations)
                        : new FakeTransaction.Ocaml(tree, operations));
        return lastTransaction + "\0";
    }

    private FakeTransaction transaction(FakeClient client, FakeRequest request) throws FakeRefusal {
        FakeTransaction transaction = client.transactions.get(request.transaction());
        if (transaction == null) {
            throw new FakeRefusal(manners == Manners.C || request.transaction() == 0 ? "ENOENT" : "EIO");
        }
        return transaction;
    }

    private String end(FakeClient client, FakeRequest request, List<Change> changes) throws FakeRefusal {
        if (!request.only().matches("[TF]")) {
            throw new FakeRefusal("EINVAL");
        }
        FakeTransaction transaction = transaction(client, request);
        client.transactions.remove(request.transaction());
        if (request.only().equals("T")) {
            Optional<List<Change>> done = faults.takeConflict() ? Optional.empty() : transaction.commit();
            changes.addAll(done.orElseThrow(() -> new FakeRefusal("EAGAIN")));
        }
        return "OK\0";
    }

    private void fire(List<Change> changes) {
        for (Change change : changes) {
            forEachWatch((client, watch) -> {
                if (watch.covers(change.path())) {
                    client.fire(change.path(), watch.token());
                } else if (change.below() && watch.isBelow(change.path())) {
                    client.fire(watch.path(), watch.token());
                }
            });
        }
    }

    private interface WatchAction {
        void accept(FakeClient client, FakeWatch watch);
    }

    private void forEachWatch(WatchAction action) {
        for (FakeClient client : List.copyOf(clients)) {
            List<FakeWatch> watches = new ArrayList<>(client.watches);
            if (manners == Manners.OCAML) {
                // newest first: tools/ocaml/xenstored/connection.ml, add_watch
                Collections.reverse(watches);
            }
            for (FakeWatch watch : watches) {
                action.accept(client, watch);
            }
        }
    }
}
