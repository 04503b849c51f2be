package io.autousb.backend.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** What is asked of the disk, step by step: a seam, so that tests can fail, hang or end at each step. */
interface Disk {

    /** At most so many bytes of a file. Follows no symbolic link. */
    byte[] read(Path file, int atMost) throws IOException;

    /** Makes a file that only its owner can read and write. Fails if there is anything of that name. */
    NewFile create(Path file) throws IOException;

    /** Gives a file another name, at once, and in place of what has that name. */
    void move(Path from, Path to) throws IOException;

    /** Removes a file, if it is there. */
    void delete(Path file) throws IOException;

    /** Returns when the names in a folder are safe. */
    void force(Path folder) throws IOException;

    /** A file that was just made. */
    interface NewFile extends Closeable {

        /** Adds to its content. */
        void write(byte[] content) throws IOException;

        /** Returns when the content is safe. */
        void force() throws IOException;
    }
}
