package io.autousb.backend.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A {@link FakeMachine} behind a real socket, or several: one client at a time, the others queue, as at a monitor of
 * QEMU's. Can hang, end in mid-command and lose answers.
 */
final class FakeQemu implements AutoCloseable {

    private static final String GREETING = "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2,"
            + " \"major\": 7}, \"package\": \"Debian 1:7.2+dfsg-7+deb12u18+b3\"}, \"capabilities\": [\"oob\"]}}";

    private final FakeMachine machine;
    private final List<Door> doors = new ArrayList<>();
    private final List<String> commands = new ArrayList<>();
    private boolean hangs;
    private boolean hangsAtChanges;
    private String awaited = "";
    private Runnable meanwhile = () -> {};
    private boolean ended;
    private volatile String unfinished = "";
    private Lose lose = Lose.NOTHING;
    private @Nullable String cut;
    private final List<ObjectNode> late = new ArrayList<>();

    /** What becomes of the next change. */
    enum Lose {
        NOTHING,
        DONE,
        NOT_DONE,
        END
    }

    FakeQemu(Path socket, Set<String> closedNodes) throws IOException {
        this(socket, events -> new FakeMachine(events, closedNodes));
    }

    /** With a machine of its own kind, which is given where to put its events. */
    FakeQemu(Path socket, Function<Consumer<ObjectNode>, FakeMachine> making) throws IOException {
        this.machine = making.apply(late::add);
        listen(socket);
    }

    /** Opens a monitor, beside those that there are already. */
    synchronized void listen(Path socket) throws IOException {
        doors.add(new Door(socket));
    }

    /** Does something to the machine, as from outside; its events are told. */
    synchronized void with(Consumer<FakeMachine> action) {
        action.accept(machine);
        flush();
    }

    /** Executes a command as another client of another monitor would. */
    synchronized void byHand(String command, String arguments) {
        try {
            machine.execute(command, FakeMachine.parse(arguments));
        } catch (FakeMachine.Refusal e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
        flush();
    }

    synchronized void status(String status) {
        machine.status(status);
        event(status.equals("running") ? "RESUME" : "STOP");
    }

    synchronized void event(String name) {
        late.add(JsonNodeFactory.instance.objectNode().put("event", name));
        flush();
    }

    synchronized void hang(boolean value) {
        hangs = value;
        notifyAll();
    }

    /** Does something once, when a command has come and before it is executed. */
    synchronized void before(String command, Runnable action) {
        awaited = command;
        meanwhile = action;
    }

    /** Hangs at changes only. */
    synchronized void hangAtChanges(boolean value) {
        hangsAtChanges = value;
        notifyAll();
    }

    synchronized void loseNext(Lose value) {
        lose = value;
    }

    /** Cuts the connection once when a command has a text in it. */
    synchronized void cutAt(String text) {
        cut = text;
    }

    /** Whether a client is connected. */
    synchronized boolean hasClient() {
        return doors.stream().anyMatch(Door::hasClient);
    }

    /** What has come of a command whose end has not come yet. */
    String unfinished() {
        return unfinished;
    }

    /** All commands that came, in order, with their arguments. */
    synchronized List<String> commands() {
        return List.copyOf(commands);
    }

    /** Ends the process. The file stays under another name, so that its inode is not used again. */
    @Override
    public void close() {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            notifyAll();
        }
        try {
            for (Door door : doors) {
                door.move();
                door.close();
            }
            doors.forEach(Door::join);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Dies and leaves the sockets' files behind. */
    void crash() throws IOException {
        for (Door door : doors) {
            door.close();
        }
    }

    /** Cuts the connections; the process lives on. */
    synchronized void disconnect() throws IOException {
        for (Door door : doors) {
            door.disconnect();
        }
    }

    private synchronized void answer(Door door, JsonNode request, String line) throws IOException {
        commands.add(line);
        String command = request.path("execute").asText();
        boolean change = command.startsWith("device_");
        if (command.equals(awaited)) {
            awaited = "";
            meanwhile.run();
        }
        awaitLife(change);
        if (cut != null && line.contains("\"" + cut + "\"")) {
            cut = null;
            throw new IOException("cut");
        }
        Lose how = change ? lose : Lose.NOTHING;
        lose = change ? Lose.NOTHING : lose;
        if (how == Lose.NOT_DONE || how == Lose.END) {
            if (how == Lose.END) {
                close();
            }
            throw new IOException("cut");
        }
        ObjectNode reply = JsonNodeFactory.instance.objectNode();
        try {
            requireKnown(request);
            reply.set("return", machine.execute(command, request.path("arguments")));
        } catch (FakeMachine.Refusal e) {
            reply.putObject("error").put("class", e.errorClass()).put("desc", e.getMessage());
        }
        if (how == Lose.DONE) {
            throw new IOException("cut");
        }
        reply.set("id", request.path("id"));
        door.say(reply.toString());
        flush();
    }

    /** As {@code qmp_dispatch_check_obj}. */
    private static void requireKnown(JsonNode request) throws FakeMachine.Refusal {
        for (Iterator<String> names = request.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!List.of("execute", "arguments", "id").contains(name)) {
                throw new FakeMachine.Refusal("GenericError", "QMP input member '" + name + "' is unexpected");
            }
        }
    }

    private void awaitLife(boolean change) throws IOException {
        while ((hangs || hangsAtChanges && change) && !ended) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
        if (ended) {
            throw new IOException("ended");
        }
    }

    private void flush() {
        List<ObjectNode> events = List.copyOf(late);
        late.clear();
        for (ObjectNode event : events) {
            doors.forEach(door -> door.tell(event));
        }
    }

    /** A monitor. */
    private final class Door {
        private final Path socket;
        private final ServerSocketChannel server;
        private final Thread thread = new Thread(this::serve, "fake-qemu");
        private @Nullable SocketChannel client;

        private Door(Path socket) throws IOException {
            this.socket = socket;
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket), 1);
            thread.setDaemon(true);
            thread.start();
        }

        private void serve() {
            while (server.isOpen()) {
                try (SocketChannel each = server.accept()) {
                    greet(each);
                    converse(each);
                } catch (IOException e) {
                    continue; // the client, or the test, has ended it
                }
            }
        }

        private void greet(SocketChannel each) throws IOException {
            synchronized (FakeQemu.this) {
                client = each;
                awaitLife(false);
                late.clear();
                say(GREETING);
            }
        }

        private void converse(SocketChannel each) throws IOException {
            Reader in = new BufferedReader(Channels.newReader(each, StandardCharsets.UTF_8));
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c >= 0; c = in.read()) {
                if (c == '\n') {
                    unfinished = "";
                    answer(this, FakeMachine.parse(line.toString()), line.toString());
                    line.setLength(0);
                } else {
                    unfinished = line.append((char) c).toString();
                }
            }
        }

        private void tell(ObjectNode event) {
            try {
                say(event.toString());
            } catch (IOException e) {
                return; // nobody hears it
            }
        }

        private void say(String line) throws IOException {
            SocketChannel to = client;
            if (to != null) {
                ByteBuffer bytes = ByteBuffer.wrap((line + "\r\n").getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    to.write(bytes);
                }
            }
        }

        private boolean hasClient() {
            return client != null && client.isOpen();
        }

        private void move() throws IOException {
            if (Files.exists(socket)) {
                Files.move(socket, socket.resolveSibling(socket.getFileName() + "." + System.nanoTime()));
            }
        }

        private void close() throws IOException {
            server.close();
            synchronized (FakeQemu.this) {
                disconnect();
            }
        }

        private void disconnect() throws IOException {
            if (client != null) {
                client.close();
            }
        }

        private void join() {
            if (Thread.currentThread() == thread) {
                return;
            }
            try {
                thread.join(5000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
