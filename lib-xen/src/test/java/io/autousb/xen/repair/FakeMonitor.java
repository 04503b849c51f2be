package io.autousb.xen.repair;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.autousb.xen.Recorded;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A monitor that answers from a recording, or as a test says. One client at a time. */
final class FakeMonitor implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What was asked for, without ids. */
    final List<String> log = new CopyOnWriteArrayList<>();

    private final Map<String, Function<JsonNode, String>> answers = new HashMap<>();
    private final ServerSocketChannel server;
    private final String greeting;
    private final Thread thread = new Thread(this::serve, "fake-monitor");
    private volatile @Nullable SocketChannel present;
    private volatile boolean closed;

    /** Answers what the recording answers, where it was asked the same. */
    FakeMonitor(Path socket, String recording) throws IOException {
        String first = "";
        Map<String, String> asked = new HashMap<>();
        for (String text : Recorded.lines("qmp/" + recording + ".jsonl")) {
            JsonNode entry = JSON.readTree(text);
            JsonNode line = JSON.readTree(entry.path("line").asText("null"));
            String id = line.path("id").asText();
            if (entry.path("dir").asText().equals("C")) {
                asked.put(id, key(line));
            } else if (line.has("QMP")) {
                first = line.toString();
            } else if (asked.containsKey(id)) {
                answers.put(asked.get(id), command -> answer(line, command));
            }
        }
        greeting = first;
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket), 1);
        thread.setDaemon(true);
        thread.start();
    }

    /** Answers a command with a value, from now on. */
    void answer(String command, String value) throws IOException {
        JsonNode line = JSON.readTree("{\"return\": " + value + "}");
        answers.put(key(JSON.readTree(command)), asked -> answer(line, asked));
    }

    /** Refuses a command, from now on. */
    void refuse(String command, String errorClass, String description) throws IOException {
        JsonNode line =
                JSON.readTree("{\"error\": {\"class\": \"" + errorClass + "\", \"desc\": \"" + description + "\"}}");
        answers.put(key(JSON.readTree(command)), asked -> answer(line, asked));
    }

    private static String key(JsonNode command) {
        return command.path("execute").asText() + " " + command.path("arguments");
    }

    private static String answer(JsonNode recorded, JsonNode command) {
        ObjectNode line = recorded.deepCopy();
        line.set("id", command.path("id"));
        return line.toString();
    }

    private void serve() {
        while (!closed) {
            try (SocketChannel client = server.accept()) {
                present = client;
                if (!closed) {
                    serve(client);
                }
            } catch (IOException e) {
                // Gone, or closed: the next one may come.
            }
        }
    }

    private void serve(SocketChannel client) throws IOException {
        say(client, greeting);
        BufferedReader in =
                new BufferedReader(new InputStreamReader(Channels.newInputStream(client), StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            JsonNode command = JSON.readTree(line);
            log.add(key(command));
            Function<JsonNode, String> known = answers.get(key(command));
            say(client, known == null ? notKnown(command) : known.apply(command));
        }
    }

    private static String notKnown(JsonNode command) {
        return answer(
                JSON.createObjectNode()
                        .set(
                                "error",
                                JSON.createObjectNode()
                                        .put("class", "GenericError")
                                        .put("desc", "not recorded: " + key(command))),
                command);
    }

    private static void say(SocketChannel client, String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            if (client.write(bytes) < 0) {
                return;
            }
        }
    }

    /** Nobody can connect when this has returned: a thread that accepts would still let one in. */
    @Override
    public void close() {
        closed = true;
        try {
            server.close();
            SocketChannel client = present;
            if (client != null) {
                client.close();
            }
            thread.join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
