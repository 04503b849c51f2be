package io.autousb.backend.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
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
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A {@link FakeMachine} behind a real socket: one client at a time, the others queue, as at a monitor of
 * QEMU's. Can hang, end in mid-command and lose answers.
 */
final class FakeQemu implements AutoCloseable {

    private static final String GREETING = "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2,"
            + " \"major\": 7}, \"package\": \"Debian 1:7.2+dfsg-7+deb12u18+b3\"}, \"capabilities\": [\"oob\"]}}";

    private final Path socket;
    private final ServerSocketChannel server;
    private final Thread thread;
    private final FakeMachine machine;
    private final List<String> commands = new ArrayList<>();
    private @Nullable SocketChannel client;
    private boolean hangs;
    private boolean hangsAtChanges;
    private String awaited = "";
    private Runnable meanwhile = () -> {};
    private boolean ended;
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
        this.socket = socket;
        this.machine = making.apply(late::add);
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket), 1);
        thread = new Thread(this::serve, "fake-qemu");
        thread.setDaemon(true);
        thread.start();
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
        return client != null && client.isOpen();
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
            if (Files.exists(socket)) {
                Files.move(socket, socket.resolveSibling(socket.getFileName() + "." + System.nanoTime()));
            }
            server.close();
            disconnect();
            join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void join() {
        if (Thread.currentThread() != thread) {
            try {
                thread.join(5000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Dies and leaves the socket's file behind. */
    void crash() throws IOException {
        server.close();
        disconnect();
    }

    /** Cuts the connection; the process lives on. */
    synchronized void disconnect() throws IOException {
        if (client != null) {
            client.close();
        }
    }

    private void serve() {
        while (server.isOpen()) {
            try (SocketChannel each = server.accept()) {
                synchronized (this) {
                    client = each;
                    awaitLife(false);
                    late.clear();
                    say(GREETING);
                }
                converse(each);
            } catch (IOException e) {
                continue; // the client, or the test, has ended it
            }
        }
    }

    private void converse(SocketChannel each) throws IOException {
        BufferedReader in = new BufferedReader(Channels.newReader(each, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            answer(FakeMachine.parse(line), line);
        }
    }

    private synchronized void answer(JsonNode request, String line) throws IOException {
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
            reply.set("return", machine.execute(command, request.path("arguments")));
        } catch (FakeMachine.Refusal e) {
            reply.putObject("error").put("class", e.errorClass()).put("desc", e.getMessage());
        }
        if (how == Lose.DONE) {
            throw new IOException("cut");
        }
        reply.set("id", request.path("id"));
        say(reply.toString());
        flush();
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
            try {
                say(event.toString());
            } catch (IOException e) {
                return; // nobody hears it
            }
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
}
