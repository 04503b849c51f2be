package io.autousb.backend.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.autousb.backend.file.Disk.NewFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostDiskTest {

    @TempDir
    private Path folder;

    private final Disk disk = new HostDisk();

    @Test
    void create_always_makesAFileForItsOwnerOnly() throws IOException {
        Path file = folder.resolve("file");
        try (NewFile made = disk.create(file)) {
            made.write(bytes("one"));
            made.write(bytes("two"));
            made.force();
        }
        assertThat(file).hasContent("onetwo");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void create_whereThereIsAFile_fails() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "mine");
        assertThatThrownBy(() -> disk.create(file)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(file).hasContent("mine");
    }

    @Test
    void create_whereThereIsASymbolicLink_doesNotFollowIt() throws IOException {
        Path target = folder.resolve("target");
        Path link = Files.createSymbolicLink(folder.resolve("link"), target);
        assertThatThrownBy(() -> disk.create(link)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(target).doesNotExist();
    }

    @Test
    void read_ofALongFile_readsNoMoreThanItMay() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "0123456789");
        assertThat(disk.read(file, 4)).isEqualTo(bytes("0123"));
        assertThat(disk.read(file, 100)).isEqualTo(bytes("0123456789"));
    }

    @Test
    void read_ofASymbolicLink_doesNotFollowIt() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "secret");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        assertThatThrownBy(() -> disk.read(link, 100)).isInstanceOf(IOException.class);
    }

    @Test
    void move_ontoAFile_replacesIt() throws IOException {
        Path from = Files.writeString(folder.resolve("from"), "new");
        Path to = Files.writeString(folder.resolve("to"), "old");
        disk.move(from, to);
        assertThat(to).hasContent("new");
        assertThat(from).doesNotExist();
    }

    @Test
    void delete_ofNothing_succeeds() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        disk.delete(file);
        disk.delete(file);
        assertThat(file).doesNotExist();
    }

    @Test
    void force_ofAFolderThatIsNotThere_fails() throws IOException {
        disk.force(folder);
        assertThatThrownBy(() -> disk.force(folder.resolve("none"))).isInstanceOf(NoSuchFileException.class);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
