package io.autousb.linux;

import static io.autousb.linux.OwnProcess.awaitIn;
import static io.autousb.linux.OwnProcess.descriptors;
import static io.autousb.linux.OwnProcess.inThread;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class UnixSocketConnectionTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(30);

    @TempDir
    private Path folder;

    private Path socket;
    private ServerSocketChannel server;
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void listen() throws IOException {
        socket = folder.resolve("socket");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket), 1);
        open.add(server);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    @Test
    void read_whenDataComesLater_returnsIt() throws Exception {
        UnixSocketConnection connection = connect();
        SocketChannel other = accept();
        ByteBuffer buffer = ByteBuffer.allocate(100);
        CompletableFuture<Integer> count = inThread("reader", () -> connection.read(buffer, LONG));
        awaitIn("reader", "poll");
        other.write(bytes("hello"));
        assertThat(count.get(30, TimeUnit.SECONDS)).isEqualTo(5);
        assertThat(text(buffer)).isEqualTo("hello");
    }

    @Test
    void read_whenNothingComes_timesOutAndStaysUsable() throws Exception {
        UnixSocketConnection connection = connect();
        SocketChannel other = accept();
        ByteBuffer buffer = ByteBuffer.allocate(100);
        assertThatThrownBy(() -> connection.read(buffer, SHORT)).isInstanceOf(SocketTimeoutException.class);
        other.write(bytes("late"));
        assertThat(connection.read(buffer, LONG)).isEqualTo(4);
        assertThat(text(buffer)).isEqualTo("late");
    }

    @Test
    void read_withZeroTimeout_takesWhatIsThere() throws Exception {
        UnixSocketConnection connection = connect();
        SocketChannel other = accept();
        ByteBuffer buffer = ByteBuffer.allocate(100);
        assertThatThrownBy(() -> connection.read(buffer, Duration.ZERO)).isInstanceOf(SocketTimeoutException.class);
        other.write(bytes("x"));
        assertThat(connection.read(buffer, Duration.ZERO)).isEqualTo(1);
    }

    @Test
    void read_whenBufferIsSmall_keepsTheRest() throws Exception {
        UnixSocketConnection connection = connect();
        accept().write(bytes("abcdef"));
        ByteBuffer buffer = ByteBuffer.allocate(4);
        assertThat(connection.read(buffer, LONG)).isEqualTo(4);
        assertThat(connection.read(buffer, LONG)).isZero();
        assertThat(text(buffer)).isEqualTo("abcd");
        buffer.clear();
        assertThat(connection.read(buffer, LONG)).isEqualTo(2);
        assertThat(text(buffer)).isEqualTo("ef");
    }

    @Test
    void read_whenOtherEndCloses_returnsEnd() throws Exception {
        UnixSocketConnection connection = connect();
        accept().close();
        assertThat(connection.read(ByteBuffer.allocate(1), LONG)).isEqualTo(-1);
    }

    @Test
    void read_whenInterruptedWhileWaiting_saysSoAndStaysUsable() throws Exception {
        UnixSocketConnection connection = connect();
        SocketChannel other = accept();
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        CompletableFuture<Boolean> interrupted = inThread("reader", () -> {
            thread.complete(Thread.currentThread());
            assertThatThrownBy(() -> connection.read(ByteBuffer.allocate(1), LONG))
                    .isInstanceOf(InterruptedIOException.class)
                    .isNotInstanceOf(SocketTimeoutException.class);
            return Thread.currentThread().isInterrupted();
        });
        awaitIn("reader", "poll");
        thread.get().interrupt();
        assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> connection.read(ByteBuffer.allocate(1), SHORT))
                .isInstanceOf(SocketTimeoutException.class);
        other.write(bytes("x"));
        assertThat(connection.read(ByteBuffer.allocate(1), LONG)).isEqualTo(1);
    }

    @Test
    void read_intoBuffersOfAnyKind_movesTheirPositions() throws Exception {
        UnixSocketConnection connection = connect();
        accept().write(bytes("abcdef"));
        ByteBuffer direct = ByteBuffer.allocateDirect(5).position(2).limit(4);
        assertThat(connection.read(direct, LONG)).isEqualTo(2);
        assertThat(direct.remaining()).isZero();
        assertThat(StandardCharsets.UTF_8.decode(direct.flip().position(2)).toString())
                .isEqualTo("ab");
        ByteBuffer part = ByteBuffer.wrap(new byte[9], 3, 6).slice();
        assertThat(connection.read(part, LONG)).isEqualTo(4);
        assertThat(StandardCharsets.UTF_8.decode(part.flip()).toString()).isEqualTo("cdef");
    }

    @Test
    void close_whenAnotherThreadReads_wakesIt() throws Exception {
        UnixSocketConnection connection = connect();
        CompletableFuture<Integer> count = inThread("reader", () -> connection.read(ByteBuffer.allocate(1)));
        awaitIn("reader", "poll");
        connection.close();
        assertThatThrownBy(() -> count.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(AsynchronousCloseException.class);
    }

    @Test
    void close_whenAnotherThreadWrites_wakesIt() throws Exception {
        UnixSocketConnection connection = connect();
        CompletableFuture<Integer> done = inThread("writer", () -> {
            connection.write(ByteBuffer.allocate(10_000_000), LONG);
            return 0;
        });
        awaitIn("writer", "poll");
        connection.close();
        assertThatThrownBy(() -> done.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(AsynchronousCloseException.class);
    }

    @Test
    void close_whenClosedBefore_doesNothing() throws Exception {
        UnixSocketConnection connection = connect();
        connection.close();
        connection.close();
        assertThatThrownBy(() -> connection.read(ByteBuffer.allocate(1), LONG))
                .isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> connection.write(bytes("x"), LONG)).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void close_always_freesTheDescriptors() throws Exception {
        UnixSocketConnection.connect(socket, LONG).close();
        accept();
        int before = descriptors();
        for (int i = 0; i < 50; i++) {
            UnixSocketConnection.connect(socket, LONG).close();
            server.accept().close();
        }
        assertThat(descriptors()).isLessThan(before + 50);
    }

    @Test
    void connect_whenItFails_freesTheDescriptor() throws Exception {
        server.close();
        assertThatThrownBy(() -> UnixSocketConnection.connect(socket, LONG)).isInstanceOf(ConnectException.class);
        int before = descriptors();
        for (int i = 0; i < 50; i++) {
            assertThatThrownBy(() -> UnixSocketConnection.connect(socket, LONG)).isInstanceOf(ConnectException.class);
        }
        assertThat(descriptors()).isLessThan(before + 50);
    }

    @Test
    void write_fromReadOnlyBuffer_sendsWhatIsBetweenPositionAndLimit() throws Exception {
        UnixSocketConnection connection = connect();
        ByteBuffer bytes = bytes("0123456").position(2).limit(5).asReadOnlyBuffer();
        connection.write(bytes, LONG);
        connection.close();
        assertThat(bytes.remaining()).isZero();
        assertThat(Channels.newInputStream(accept()).readAllBytes()).isEqualTo("234".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void write_whenOtherEndReadsSlowly_sendsAll() throws Exception {
        UnixSocketConnection connection = connect();
        SocketChannel other = accept();
        byte[] much = new byte[3_000_000];
        for (int i = 0; i < much.length; i++) {
            much[i] = (byte) (i * 31);
        }
        CompletableFuture<Integer> done = inThread("writer", () -> {
            connection.write(ByteBuffer.wrap(much), LONG);
            connection.close();
            return 0;
        });
        awaitIn("writer", "poll");
        assertThat(Channels.newInputStream(other).readAllBytes()).isEqualTo(much);
        done.get(30, TimeUnit.SECONDS);
    }

    @Test
    void write_whenOtherEndDoesNotRead_timesOutAndTellsHowMuchWent() throws Exception {
        UnixSocketConnection connection = connect();
        ByteBuffer bytes = ByteBuffer.allocate(10_000_000);
        assertThatThrownBy(() -> connection.write(bytes, SHORT)).isInstanceOf(SocketTimeoutException.class);
        assertThat(bytes.position()).isPositive().isLessThan(bytes.limit());
    }

    @Test
    void write_whenOtherEndHasClosed_fails() throws Exception {
        UnixSocketConnection connection = connect();
        accept().close();
        assertThatThrownBy(() -> connection.write(bytes("x"), LONG)).isInstanceOf(IOException.class);
    }

    @Test
    void connect_whenThereIsNoFile_saysSo() {
        assertThatThrownBy(() -> UnixSocketConnection.connect(folder.resolve("none"), LONG))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("none");
    }

    @Test
    void connect_whenNobodyListens_isRefused() throws Exception {
        server.close();
        assertThatThrownBy(() -> UnixSocketConnection.connect(socket, LONG)).isInstanceOf(ConnectException.class);
    }

    @Test
    void connect_whenTheFileIsNoSocket_isRefused() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> UnixSocketConnection.connect(file, LONG)).isInstanceOf(ConnectException.class);
    }

    @Test
    void connect_whenPathIsAsLongAsItMayBe_connects() throws Exception {
        Path longest = folder.resolve("x".repeat(107 - folder.toString().length() - 1));
        Files.move(socket, longest);
        assertThat(longest.toString()).hasSize(107);
        open.add(UnixSocketConnection.connect(longest, LONG));
    }

    @Test
    void connect_whenPathIsTooLong_fails() {
        assertThatThrownBy(() -> UnixSocketConnection.connect(folder.resolve("x".repeat(108)), LONG))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("107");
    }

    @Test
    void connect_whenQueueIsFull_timesOut() throws Exception {
        fillQueue();
        assertThatThrownBy(() -> UnixSocketConnection.connect(socket, SHORT))
                .isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void connect_whenQueueGetsRoom_connects() throws Exception {
        fillQueue();
        CompletableFuture<UnixSocketConnection> connection =
                inThread("connector", () -> UnixSocketConnection.connect(socket, LONG));
        accept();
        open.add(connection.get(30, TimeUnit.SECONDS));
    }

    @Test
    void peer_whenConnected_isTheListener() throws Exception {
        assertThat(connect().peer().pid())
                .isEqualTo((int) ProcessHandle.current().pid());
    }

    private void fillQueue() throws IOException {
        while (true) {
            try {
                open.add(UnixSocketConnection.connect(socket, SHORT));
            } catch (SocketTimeoutException e) {
                return;
            }
        }
    }

    private UnixSocketConnection connect() throws IOException {
        UnixSocketConnection connection = UnixSocketConnection.connect(socket, LONG);
        open.add(connection);
        return connection;
    }

    private SocketChannel accept() throws IOException {
        SocketChannel other = server.accept();
        open.add(other);
        return other;
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(ByteBuffer buffer) {
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    }
}
