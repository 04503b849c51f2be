package io.autousb.xen.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.xen.store.FakeXenstored.Manners;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The fake says what the daemons of Xen 4.17.7 said, message by message. What they say in no order is compared in none, and
 * numbers that they choose are translated.
 */
@Timeout(60)
class RecordedConversationTest {

    private static final int TRANSACTION_START = FakeRequest.code("TRANSACTION_START");

    @TempDir
    private Path folder;

    private FakeXenstored fake;
    private SocketChannel channel;
    private DataInputStream in;
    private final Map<Integer, Integer> ourTransactions = new HashMap<>();

    @AfterEach
    void close() throws IOException {
        channel.close();
        fake.close();
    }

    @ParameterizedTest
    @CsvSource({
        "C, xenstored-c/read",
        "C, xenstored-c/write",
        "C, xenstored-c/value-sizes",
        "C, xenstored-c/long-paths",
        "C, xenstored-c/many-children",
        "C, xenstored-c/big-value",
        "C, xenstored-c/transaction",
        "C, xenstored-c/transaction-conflict",
        "C, xenstored-c/watch",
        "C, xenstored-c/event-between",
        "C, xenstored-c/unknown-type",
        "OCAML, oxenstored/read",
        "OCAML, oxenstored/write",
        "OCAML, oxenstored/value-sizes",
        "OCAML, oxenstored/long-paths",
        "OCAML, oxenstored/many-children",
        "OCAML, oxenstored/big-value",
        "OCAML, oxenstored/transaction",
        "OCAML, oxenstored/transaction-conflict",
        "OCAML, oxenstored/watch",
        "OCAML, oxenstored/event-between",
        "OCAML, oxenstored/unknown-type"
    })
    void fake_whenAskedTheSame_saysTheSame(Manners manners, String conversation) throws Exception {
        fake = new FakeXenstored(folder, manners);
        fake.put("/local/domain/0/name", "Domain-0");
        fake.put("/local/pool/0/name", "Pool-0");
        fake.put("/tool", "");
        if (conversation.endsWith("many-children")) {
            for (int i = 0; i < 300; i++) {
                fake.put(String.format("/tool/lab/many/child-number-%05d", i), "");
            }
        }
        channel = SocketChannel.open(UnixDomainSocketAddress.of(fake.socket()));
        in = new DataInputStream(Channels.newInputStream(channel));
        int compared = 0;
        for (String line : lines(conversation)) {
            if (line.equals("S EOF")) {
                assertThat(isAtEnd()).isTrue();
                return;
            } else if (line.startsWith("C ")) {
                send(bytes(line));
            } else if (line.startsWith("S ")) {
                assertThat(next(bytes(line))).as("answer %s", compared).isEqualTo(text(bytes(line)));
                compared++;
            } else {
                act(line);
            }
        }
        assertThat(compared).isGreaterThan(3);
    }

    /** What somebody else did while this was recorded. */
    private void act(String comment) {
        if (comment.startsWith("# -- the node was")) {
            fake.put("/tool/lab/x", "before");
        } else if (comment.endsWith("got a child meanwhile")) {
            fake.faults().before("TRANSACTION_END", () -> fake.put("/tool/lab/z", "theirs"));
        } else if (comment.startsWith("# -- meanwhile")) {
            fake.put(comment.substring(comment.lastIndexOf(' ') + 1), "theirs");
        }
    }

    private static List<String> lines(String conversation) throws IOException {
        try (InputStream file =
                RecordedConversationTest.class.getResourceAsStream("/recorded/xen-4.17.7/" + conversation + ".hex")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    /** In the byte order of the machine, which the recording's was little-endian. */
    private static ByteBuffer bytes(String line) {
        byte[] recorded = HexFormat.of().parseHex(line.substring(2).replace(" ", ""));
        ByteBuffer from = ByteBuffer.wrap(recorded).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer to = ByteBuffer.allocate(recorded.length).order(ByteOrder.nativeOrder());
        for (int i = 0; i < 4; i++) {
            to.putInt(from.getInt());
        }
        return to.put(from).flip();
    }

    private void send(ByteBuffer message) throws IOException {
        int theirs = message.getInt(8);
        message.putInt(8, ourTransactions.getOrDefault(theirs, theirs));
        try {
            while (message.hasRemaining()) {
                int ignored = channel.write(message);
            }
        } catch (IOException e) {
            // Cut off in the middle of what is too long.
            assertThat(isAtEnd()).isTrue();
        }
    }

    private boolean isAtEnd() {
        try {
            return in.read() < 0;
        } catch (IOException e) {
            return true;
        }
    }

    /** The fake's next message, with the recording's numbers. */
    private String next(ByteBuffer recorded) throws IOException {
        byte[] header = new byte[16];
        try {
            in.readFully(header);
        } catch (EOFException e) {
            return "nothing more";
        }
        ByteBuffer words = ByteBuffer.wrap(header).order(ByteOrder.nativeOrder());
        byte[] payload = new byte[words.getInt(12)];
        in.readFully(payload);
        String ours = new String(payload, StandardCharsets.ISO_8859_1);
        if (words.getInt(0) == TRANSACTION_START && recorded.getInt(0) == TRANSACTION_START) {
            String theirs = payload(recorded);
            ourTransactions.put(number(theirs), number(ours));
            ours = theirs;
        }
        int transaction = ourTransactions.entrySet().stream()
                .filter(each -> each.getValue() == words.getInt(8))
                .map(Map.Entry::getKey)
                .reduce((first, last) -> last)
                .orElse(words.getInt(8));
        return text(words.getInt(0), words.getInt(4), transaction, ours);
    }

    private static int number(String payload) {
        return Integer.parseInt(payload.replace("\0", ""));
    }

    private static String text(ByteBuffer message) {
        return text(message.getInt(0), message.getInt(4), message.getInt(8), payload(message));
    }

    private static String payload(ByteBuffer message) {
        return new String(message.array(), 16, message.limit() - 16, StandardCharsets.ISO_8859_1);
    }

    private static String text(int type, int id, int transaction, String payload) {
        String shown = payload;
        if (type == FakeRequest.code("DIRECTORY")) {
            String[] names = payload.split("\0");
            Arrays.sort(names);
            shown = String.join("|", names);
        } else if (type == FakeRequest.code("DIRECTORY_PART")) {
            shown = payload.substring(payload.indexOf('\0'));
        }
        return type + " " + id + " " + transaction + " " + shown;
    }
}
