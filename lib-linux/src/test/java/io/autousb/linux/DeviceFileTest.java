package io.autousb.linux;

import static io.autousb.linux.OwnProcess.descriptors;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On a named pipe, which gives out what was written to it. */
@Timeout(60)
class DeviceFileTest {

    @TempDir
    private Path folder;

    private Path pipe;
    private DeviceFile device;

    @BeforeEach
    void makePipe() throws Exception {
        pipe = folder.resolve("device");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        device = DeviceFile.open(pipe);
    }

    @AfterEach
    void close() {
        device.close();
    }

    @Test
    void write_always_takesTheWholeMessage() throws Exception {
        ByteBuffer message = bytes("0123456").position(1).limit(5).asReadOnlyBuffer();
        device.write(message);
        assertThat(message.remaining()).isZero();
        assertThat(read(100)).isEqualTo("1234");
    }

    @Test
    void write_whenTheDeviceTakesNoMore_fails() {
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 1000; i++) {
                        device.write(ByteBuffer.allocate(4096));
                    }
                })
                .isInstanceOf(IOException.class)
                .hasMessageContaining("whole");
    }

    @Test
    void read_whenBufferIsSmall_keepsTheRest() throws Exception {
        device.write(bytes("abcdef"));
        assertThat(read(4)).isEqualTo("abcd");
        assertThat(read(4)).isEqualTo("ef");
        assertThat(device.read(ByteBuffer.allocate(0))).isZero();
    }

    @Test
    void read_whenDataComesLater_returnsIt() throws Exception {
        CompletableFuture<String> text = reader();
        device.write(bytes("late"));
        assertThat(text.get(30, TimeUnit.SECONDS)).isEqualTo("late");
    }

    @Test
    void close_whenAnotherThreadReads_wakesIt() throws Exception {
        CompletableFuture<String> text = reader();
        device.close();
        assertThatThrownBy(() -> text.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(AsynchronousCloseException.class);
    }

    @Test
    void close_whenClosedBefore_doesNothing() {
        device.close();
        device.close();
        assertThatThrownBy(() -> device.write(bytes("x"))).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> read(1)).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void close_always_freesTheDescriptors() throws Exception {
        int before = descriptors();
        for (int i = 0; i < 50; i++) {
            DeviceFile.open(pipe).close();
        }
        assertThat(descriptors()).isLessThan(before + 50);
    }

    @Test
    void open_whenThereIsNoFile_saysSo() {
        assertThatThrownBy(() -> DeviceFile.open(folder.resolve("none")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("none");
    }

    @Test
    void open_whenItCannotBeWritten_fails() throws Exception {
        Path directory = Files.createDirectory(folder.resolve("directory"));
        assertThatThrownBy(() -> DeviceFile.open(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("directory");
    }

    private String read(int size) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(size);
        int count = device.read(buffer);
        return new String(buffer.array(), 0, count, StandardCharsets.UTF_8);
    }

    /** Reads in another thread, which waits already. */
    private CompletableFuture<String> reader() {
        CompletableFuture<String> text = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                text.complete(read(100));
            } catch (IOException | RuntimeException e) {
                text.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        Awaitility.await().until(() -> isPolling(thread));
        return text;
    }

    private static boolean isPolling(Thread thread) {
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (frame.getMethodName().equals("poll")) {
                return true;
            }
        }
        return false;
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
