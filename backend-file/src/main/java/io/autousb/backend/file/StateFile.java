package io.autousb.backend.file;

import io.autousb.backend.file.Disk.NewFile;
import io.autousb.backend.file.OwnPlace.Kind;
import io.autousb.backend.file.StateFormat.Content;
import io.autousb.backend.file.StateFormat.Sound;
import io.autousb.backend.file.StateFormat.Spoilt;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.LoadedState;
import io.autousb.domain.port.StoredState;
import io.autousb.linux.Deadline;
import io.autousb.linux.Flock;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of a state. It is only ever replaced as a whole, by a new one that is safe on the disk already;
 * whoever replaces it, or puts it aside, holds the lock beside it. Beside it there may also be a new one
 * that was not finished, which the next save removes. Thread-safe.
 */
final class StateFile {

    private static final Logger LOG = LoggerFactory.getLogger(StateFile.class);

    private final Path file;
    private final Path folder;
    private final Path next;
    private final Path lock;
    private final Disk disk;
    private final OwnPlace place;
    private final Asides asides;

    /** A file that has a name and is in a folder. */
    StateFile(Path file, Disk disk, OwnPlace place) {
        this.file = file;
        this.folder = Objects.requireNonNull(file.getParent());
        this.next = folder.resolve(file.getFileName() + ".new");
        this.lock = folder.resolve(file.getFileName() + ".lock");
        this.disk = disk;
        this.place = place;
        this.asides = new Asides(file, disk);
    }

    /** Needs the lock, and changes anything, only if there is something that cannot be used. */
    LoadedState load(Deadline deadline) throws IOException {
        Content found = folderIsThere() ? read() : new Sound(StoredState.EMPTY);
        return found instanceof Spoilt spoilt ? putAside(spoilt, deadline) : LoadedState.of(found.state());
    }

    private LoadedState putAside(Spoilt spoilt, Deadline deadline) {
        try {
            Flock held = lock(deadline);
            try {
                return takeSpoilt();
            } finally {
                held.close();
            }
        } catch (IOException | BackendException e) {
            return LoadedState.without(asides.left(spoilt, e));
        }
    }

    /** Looks again, as another program may have been here first. */
    private LoadedState takeSpoilt() throws IOException {
        Content found = read();
        return found instanceof Spoilt spoilt
                ? LoadedState.without(asides.take(spoilt))
                : LoadedState.of(found.state());
    }

    /** Whatever happens in the midst of it, there is the former state or the new one. */
    void save(StoredState state, Deadline deadline) throws IOException {
        if (!folderIsThere()) {
            makeFolder();
        }
        Flock held = lock(deadline);
        try {
            takeSpoilt().unusable().ifPresent(unusable -> LOG.warn("{}", unusable.getMessage()));
            disk.delete(next);
            write(StateFormat.encode(state));
            disk.move(next, file);
            forceFolder();
        } finally {
            held.close();
        }
    }

    private void write(byte[] content) throws IOException {
        try (NewFile made = disk.create(next)) {
            made.write(content);
            made.force();
        } catch (IOException e) {
            discard(e);
            throw e;
        }
    }

    private void discard(IOException why) {
        try {
            disk.delete(next);
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    private void forceFolder() {
        try {
            disk.force(folder);
        } catch (IOException e) {
            throw Failures.of("the state may not be safe yet", file, e)
                    .outcomeUnknown()
                    .build();
        }
    }

    /** What is in the place of the state, of which nothing counts as an empty one. */
    private Content read() throws IOException {
        return switch (place.look(file)) {
            case NOTHING -> new Sound(StoredState.EMPTY);
            case FILE -> decode();
            case LINK -> new Spoilt(BackendException.FOREIGN, "in place of the state there is a symbolic link");
            case FOLDER, OTHER -> StateFormat.SOMETHING_ELSE;
        };
    }

    private Content decode() throws IOException {
        try {
            return StateFormat.decode(disk.read(file, StateFormat.MAX_BYTES + 1));
        } catch (NoSuchFileException e) {
            // Another program has just put it aside.
            return new Sound(StoredState.EMPTY);
        }
    }

    private Flock lock(Deadline deadline) throws IOException {
        return Flock.tryLock(lock, deadline.remaining()).orElseThrow(() -> Failures.locked(lock));
    }

    private boolean folderIsThere() throws IOException {
        Kind kind = place.look(folder);
        if (kind != Kind.NOTHING && kind != Kind.FOLDER) {
            throw BackendException.of(BackendException.IO, "the folder of the state is none")
                    .where(Failures.safe(folder))
                    .remedy("remove what is there; in place of a symbolic link name the folder itself (option path)")
                    .retry(BackendException.Retry.NEVER)
                    .build();
        }
        return kind == Kind.FOLDER;
    }

    private void makeFolder() throws IOException {
        try {
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            // Another program was faster.
            boolean ignored = folderIsThere();
        }
        disk.force(Objects.requireNonNullElse(folder.getParent(), folder));
    }
}
