package io.autousb.backend.file;

import io.autousb.contract.StateStoreFixture;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.StateStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A folder on a real disk that can be made faulty. */
final class FileStateStoreFixture implements StateStoreFixture {

    private final Path root;
    private final Path file;
    private final FaultyDisk disk = new FaultyDisk();

    FileStateStoreFixture() throws IOException {
        root = Files.createTempDirectory("state");
        file = root.resolve("lib").resolve("state");
    }

    @Override
    public StateStore open() {
        return new FileStateStore(file, new StateFile(file, disk, new OwnPlace()));
    }

    @Override
    public void spoil(String code) {
        try {
            switch (code) {
                case BackendException.TORN -> {
                    byte[] content = Files.readAllBytes(file);
                    Files.write(file, Arrays.copyOf(content, content.length - 7));
                }
                case BackendException.FOREIGN -> Files.writeString(file, "root:x:0:0:root:/root:/bin/bash\n");
                default -> Files.writeString(file, "auto-usb-attach state 2\n{\"pauses\": []}\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int putAside() {
        return (int) names(file.resolveSibling("")).stream()
                .filter(name -> name.startsWith("state.bad-"))
                .count();
    }

    @Override
    public void failSaves(boolean failing) {
        disk.fail(failing ? "write" : "");
    }

    @Override
    public void breakPlace() {
        disk.fail("read");
    }

    @Override
    public void hang(boolean hanging) {
        disk.hang(hanging);
    }

    /** In which a thread that waits for its turn has got it. */
    @Override
    public Duration shortTimeout() {
        return Duration.ofMillis(500);
    }

    /** A save that hung goes on now, and may still make a file or two. */
    @Override
    public void close() {
        disk.hang(false);
        Awaitility.await().ignoreExceptions().until(() -> {
            deleteTree(root);
            return true;
        });
    }

    static List<String> names(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void deleteTree(Path root) throws IOException {
        try (Stream<Path> left = Files.walk(root)) {
            for (Path path : left.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
