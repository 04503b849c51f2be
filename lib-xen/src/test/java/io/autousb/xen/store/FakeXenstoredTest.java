package io.autousb.xen.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.autousb.xen.store.FakeXenstored.Manners;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The fake's own manners, byte by byte: what the tests of the client rest on. */
@Timeout(60)
class FakeXenstoredTest {

    @TempDir
    private Path folder;

    private FakeXenstored fake;
    private SocketChannel channel;
    private DataInputStream in;

    private void open(Manners manners) throws IOException {
        fake = new FakeXenstored(folder, manners);
        channel = SocketChannel.open(UnixDomainSocketAddress.of(fake.socket()));
        in = new DataInputStream(Channels.newInputStream(channel));
    }

    @AfterEach
    void close() throws IOException {
        channel.close();
        fake.close();
    }

    /** Asks, in a transaction or (0) in none, and returns what comes next. */
    private String ask(String type, int transaction, String payload) throws IOException {
        channel.write(FakeClient.message(FakeRequest.code(type), 42, transaction, payload));
        return next();
    }

    /** The next message as type, ids and payload. */
    private String next() throws IOException {
        byte[] header = new byte[16];
        in.readFully(header);
        ByteBuffer words = ByteBuffer.wrap(header).order(ByteOrder.nativeOrder());
        String start = words.getInt() + " " + words.getInt() + " " + words.getInt() + " ";
        byte[] payload = new byte[words.getInt()];
        in.readFully(payload);
        return start + new String(payload, StandardCharsets.ISO_8859_1).replace('\0', '|');
    }

    @ParameterizedTest
    @EnumSource
    void request_always_isAnsweredInKind(Manners manners) throws Exception {
        open(manners);
        assertThat(ask("WRITE", 0, "/a/b\0x")).isEqualTo("11 42 0 OK|");
        assertThat(ask("READ", 0, "/a/b\0")).isEqualTo("2 42 0 x");
        assertThat(ask("DIRECTORY", 0, "/a\0")).isEqualTo("1 42 0 b|");
        assertThat(ask("DIRECTORY", 0, "/a/b\0")).isEqualTo("1 42 0 ");
        assertThat(ask("SET_PERMS", 0, "/a\0n0\0r5\0")).isEqualTo("14 42 0 OK|");
        assertThat(fake.permissions("/a")).containsExactly("n0", "r5");
        assertThat(ask("RM", 0, "/a\0")).isEqualTo("13 42 0 OK|");
        assertThat(ask("READ", 0, "/a/b\0")).isEqualTo("16 42 0 ENOENT|");
    }

    @ParameterizedTest
    @CsvSource({
        "READ, a, ENOENT",
        "READ, /a/, EINVAL",
        "READ, /a.b, EINVAL",
        "RM, /, EINVAL",
        "RM, /no/leaf, ENOENT",
        "INTRODUCE, 1, ENOSYS",
        "SET_PERMS, /, EINVAL"
    })
    void request_whenItCannotBeDone_isRefused(String type, String path, String errno) throws Exception {
        open(Manners.C);
        assertThat(ask(type, 0, path + "\0")).isEqualTo("16 42 0 " + errno + "|");
    }

    @Test
    void newNode_always_hasThePermissionsOfItsParent() throws Exception {
        open(Manners.C);
        fake.put("/a", "");
        ask("SET_PERMS", 0, "/a\0n3\0");
        ask("WRITE", 0, "/a/b/c\0");
        assertThat(fake.permissions("/a/b/c")).containsExactly("n3");
    }

    @ParameterizedTest
    @CsvSource({"C, ENOENT", "OCAML, EIO"})
    void transaction_whenDead_isRefusedInTheDaemonsWay(Manners manners, String errno) throws Exception {
        open(manners);
        assertThat(ask("READ", 9, "/\0")).isEqualTo("16 42 9 " + errno + "|");
        assertThat(ask("TRANSACTION_END", 9, "T\0")).isEqualTo("16 42 9 " + errno + "|");
    }

    @ParameterizedTest
    @CsvSource({"C, EAGAIN", "OCAML, OK"})
    void transactions_thatOnlyWriteTheSame_collideInTheCDaemonOnly(Manners manners, String second) throws Exception {
        open(manners);
        fake.put("/a", "");
        assertThat(ask("TRANSACTION_START", 0, "\0")).isEqualTo("6 42 0 1|");
        assertThat(ask("TRANSACTION_START", 0, "\0")).isEqualTo("6 42 0 2|");
        ask("WRITE", 1, "/a\0one");
        ask("WRITE", 2, "/a\0two");
        assertThat(ask("TRANSACTION_END", 1, "T\0")).endsWith("OK|");
        assertThat(ask("TRANSACTION_END", 2, "T\0")).endsWith(" " + second + "|");
    }

    /** The one shows what is there when it first looks, the other what was there when the transaction began. */
    @ParameterizedTest
    @CsvSource({"C, new", "OCAML, old"})
    void transaction_whenOthersChangeMeanwhile_seesItInTheDaemonsWay(Manners manners, String seen) throws Exception {
        open(manners);
        fake.put("/a", "old");
        ask("TRANSACTION_START", 0, "\0");
        fake.put("/a", "new");
        assertThat(ask("READ", 1, "/a\0")).isEqualTo("2 42 1 " + seen);
    }

    @ParameterizedTest
    @CsvSource({"C, EAGAIN", "OCAML, OK"})
    void transaction_thatOnlyRead_conflictsWithTheCDaemonOnly(Manners manners, String end) throws Exception {
        open(manners);
        fake.put("/a", "old");
        ask("TRANSACTION_START", 0, "\0");
        ask("READ", 1, "/a\0");
        fake.put("/a", "new");
        assertThat(ask("TRANSACTION_END", 1, "T\0")).endsWith(" " + end + "|");
    }

    /** Back at the old value: the C daemon counts changes, oxenstored compares answers. */
    @ParameterizedTest
    @CsvSource({"C, EAGAIN", "OCAML, OK"})
    void transaction_whenItsAnswersWouldBeTheSame_conflictsWithTheCDaemonOnly(Manners manners, String end)
            throws Exception {
        open(manners);
        fake.put("/a", "old");
        ask("TRANSACTION_START", 0, "\0");
        ask("READ", 1, "/a\0");
        ask("WRITE", 1, "/b\0x");
        fake.put("/a", "new");
        fake.put("/a", "old");
        assertThat(ask("TRANSACTION_END", 1, "T\0")).endsWith(" " + end + "|");
    }

    @ParameterizedTest
    @EnumSource
    void watch_always_isAnsweredAndThenFires(Manners manners) throws Exception {
        open(manners);
        assertThat(ask("WATCH", 0, "/a\0token\0")).isEqualTo("4 42 0 OK|");
        assertThat(next()).isEqualTo("15 0 0 /a|token|");
        assertThat(ask("WATCH", 0, "/a\0token\0")).isEqualTo("16 42 0 EEXIST|");
        assertThat(ask("UNWATCH", 0, "/a\0token\0")).isEqualTo("5 42 0 OK|");
        assertThat(ask("UNWATCH", 0, "/a\0token\0")).isEqualTo("16 42 0 ENOENT|");
    }

    /** Of an own change, the C daemon tells before it answers, oxenstored after. */
    @ParameterizedTest
    @EnumSource
    void watch_whenItsOwnClientWrites_firesInTheDaemonsOrder(Manners manners) throws Exception {
        open(manners);
        ask("WATCH", 0, "/a\0token\0");
        next();
        String event = "15 0 0 /a/b|token|";
        String answer = "11 42 0 OK|";
        assertThat(ask("WRITE", 0, "/a/b\0x")).isEqualTo(manners == Manners.C ? event : answer);
        assertThat(next()).isEqualTo(manners == Manners.C ? answer : event);
    }

    @Test
    void watch_whenATransactionChangesSomething_firesOnCommit() throws Exception {
        open(Manners.C);
        ask("WATCH", 0, "/a\0token\0");
        next();
        ask("TRANSACTION_START", 0, "\0");
        assertThat(ask("WRITE", 1, "/a\0x")).isEqualTo("11 42 1 OK|");
        assertThat(ask("TRANSACTION_END", 1, "T\0")).isEqualTo("15 0 0 /a|token|");
        assertThat(next()).isEqualTo("7 42 1 OK|");
    }

    @Test
    void longList_fromTheCDaemon_comesInParts() throws Exception {
        open(Manners.C);
        for (int i = 0; i < 500; i++) {
            fake.put("/a/name-" + i, "");
        }
        assertThat(ask("DIRECTORY", 0, "/a\0")).isEqualTo("16 42 0 E2BIG|");
        String part = ask("DIRECTORY_PART", 0, "/a\0" + "0\0");
        assertThat(part).startsWith("22 42 0 ").contains("|name-0|").doesNotContain("name-499");
        assertThat(part.substring("22 42 0 ".length()).length()).isBetween(4080, 4096);
        assertThat(ask("DIRECTORY_PART", 0, "/a\0" + "99999\0")).endsWith("||");
    }

    @Test
    void longList_fromOxenstored_comesWhole() throws Exception {
        open(Manners.OCAML);
        for (int i = 0; i < 500; i++) {
            fake.put("/a/name-" + i, "");
        }
        assertThat(ask("DIRECTORY", 0, "/a\0"))
                .startsWith("1 42 0 name-0|name-1|")
                .endsWith("|name-499|");
        assertThat(ask("DIRECTORY_PART", 0, "/a\0" + "0\0")).isEqualTo("16 42 0 ENOSYS|");
    }

    @Test
    void longRequest_toTheCDaemon_costsTheConnection() throws Exception {
        open(Manners.C);
        assertThatThrownBy(() -> ask("WRITE", 0, "/a\0" + "x".repeat(4094)))
                .isInstanceOfAny(EOFException.class, IOException.class);
        assertThat(fake.get("/a")).isEmpty();
    }

    @Test
    void longRequest_toOxenstored_isRefused() throws Exception {
        open(Manners.OCAML);
        assertThat(ask("WRITE", 0, "/a\0" + "x".repeat(4094))).isEqualTo("16 42 0 E2BIG|");
        assertThat(ask("WRITE", 0, "/a\0" + "x".repeat(2049))).isEqualTo("16 42 0 E2BIG|");
        assertThat(ask("WRITE", 0, "/a\0" + "x".repeat(2048))).isEqualTo("11 42 0 OK|");
    }
}
