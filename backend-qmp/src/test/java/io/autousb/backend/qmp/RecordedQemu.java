package io.autousb.backend.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** Answers each command with what a real QEMU answered to the same one, the last time it was asked. */
final class RecordedQemu implements AutoCloseable {

    private final Map<JsonNode, JsonNode> answers = new HashMap<>();
    private final ServerSocketChannel server;
    private String greeting = "";

    RecordedQemu(Path socket, String recording) throws IOException {
        load(recording);
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket), 1);
        Thread thread = new Thread(this::serve, "recorded-qemu");
        thread.setDaemon(true);
        thread.start();
    }

    private void load(String recording) throws IOException {
        Map<JsonNode, JsonNode> asked = new HashMap<>();
        InputStream file = Objects.requireNonNull(getClass().getResourceAsStream("/qemu-7.2.22/" + recording));
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode entry = FakeMachine.parse(line);
                if (entry.has("line")) {
                    JsonNode message = FakeMachine.parse(entry.path("line").asText());
                    learn(asked, entry.path("dir").asText().equals("C"), message);
                }
            }
        }
    }

    private void learn(Map<JsonNode, JsonNode> asked, boolean command, JsonNode message) {
        if (message.has("QMP")) {
            greeting = message.toString();
        } else if (command && message.has("execute")) {
            asked.put(message.path("id"), key(message));
        } else if (asked.containsKey(message.path("id"))) {
            answers.put(asked.get(message.path("id")), message);
        }
    }

    private static JsonNode key(JsonNode command) {
        ObjectNode key = command.deepCopy();
        key.remove("id");
        return key;
    }

    private void serve() {
        try (SocketChannel client = server.accept();
                BufferedReader in = new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8))) {
            say(client, greeting);
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                JsonNode command = FakeMachine.parse(line);
                say(client, answer(command));
            }
        } catch (IOException e) {
            return; // the test has ended
        }
    }

    private String answer(JsonNode command) {
        JsonNode known = answers.get(key(command));
        ObjectNode answer = known == null ? unknown() : known.deepCopy();
        answer.set("id", command.path("id"));
        return answer.toString();
    }

    private static ObjectNode unknown() {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.putObject("error").put("class", "GenericError").put("desc", "never asked");
        return answer;
    }

    private static void say(SocketChannel client, String line) throws IOException {
        client.write(StandardCharsets.UTF_8.encode(line + "\r\n"));
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
