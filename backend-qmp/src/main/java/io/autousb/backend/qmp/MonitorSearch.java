package io.autousb.backend.qmp;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Finds out where a guest's monitors are now. Thread-safe; cheap enough to be asked a few times a second. */
interface MonitorSearch {

    /** What a search can find. */
    sealed interface Result {}

    /** No such guest now. */
    record Absent() implements Result {}

    /** Sockets to try, in order. */
    record Sockets(List<Path> paths) implements Result {}

    /** The guest runs, but cannot be talked to. */
    record Mute(int pid, String instance) implements Result {}

    /** Looks. */
    Result find();

    /** A socket that the configuration names. One that may not even be looked at is tried, so that one hears why. */
    static MonitorSearch fixed(Path socket) {
        return () -> Files.notExists(socket) ? new Absent() : new Sockets(List.of(socket));
    }
}
