package io.autousb.xen.store;

import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The nodes, over one connection, in one transaction or in none. */
final class RemoteNodes implements NodeWriter {

    /** Names of 32,000 domains take a twentieth of this. */
    static final int MAX_LIST_BYTES = 4 << 20;

    static final int MAX_LIST_ATTEMPTS = 10;

    private final Connection connection;
    private final int transactionId;
    private final Deadline deadline;

    RemoteNodes(Connection connection, int transactionId, Deadline deadline) {
        this.connection = connection;
        this.transactionId = transactionId;
        this.deadline = deadline;
    }

    @Override
    public Optional<String> read(XenstorePath path) {
        Request request = Request.read(path, transactionId);
        try {
            return Optional.of(connection.call(request, deadline).text());
        } catch (RefusedException e) {
            if (e.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw Failures.refused(connection, request, e);
        }
    }

    @Override
    public Optional<List<String>> list(XenstorePath path) {
        Request request = Request.directory(path, transactionId);
        try {
            return Optional.of(Answers.names(connection.call(request, deadline)));
        } catch (RefusedException e) {
            if (e.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            if (e.is(Errno.E2BIG)) {
                return listInParts(path);
            }
            throw Failures.refused(connection, request, e);
        } catch (XenstoreProtocolException e) {
            throw connection.broken(e);
        }
    }

    /** Only when the whole does not fit: oxenstored has no parts. */
    private Optional<List<String>> listInParts(XenstorePath path) {
        Request first = Request.directoryPart(path, 0, transactionId);
        try {
            for (int i = 0; i < MAX_LIST_ATTEMPTS; i++) {
                Optional<List<String>> names = attemptInParts(path);
                if (names.isPresent()) {
                    return names;
                }
            }
        } catch (RefusedException e) {
            if (e.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw Failures.refused(connection, first, e);
        } catch (XenstoreProtocolException e) {
            throw connection.broken(e);
        }
        throw Failures.conflict("the list kept changing while it was read")
                .where(path)
                .build();
    }

    /** All names; empty if the list has changed meanwhile. */
    private Optional<List<String>> attemptInParts(XenstorePath path)
            throws RefusedException, XenstoreProtocolException {
        List<String> names = new ArrayList<>();
        String generation = "";
        int offset = 0;
        while (true) {
            Request request = Request.directoryPart(path, offset, transactionId);
            Answers.Part part = Answers.part(connection.call(request, deadline));
            if (offset > 0 && !part.generation().equals(generation)) {
                return Optional.empty();
            }
            generation = part.generation();
            names.addAll(part.names());
            offset += part.bytes();
            if (part.isLast()) {
                return Optional.of(names);
            }
            if (offset > MAX_LIST_BYTES) {
                throw new XenstoreProtocolException("a list of more than " + MAX_LIST_BYTES + " bytes");
            }
        }
    }

    @Override
    public void write(XenstorePath path, String value) {
        if (value.indexOf(0) >= 0 || !isEncodable(value)) {
            throw BackendException.of(BackendException.INVALID, "a value that cannot be written to xenstore")
                    .where(path)
                    .retry(BackendException.Retry.NEVER)
                    .build();
        }
        change(Request.write(path, value, transactionId));
    }

    private static boolean isEncodable(String value) {
        try {
            return StandardCharsets.UTF_8
                    .newEncoder()
                    .encode(CharBuffer.wrap(value))
                    .hasArray();
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    @Override
    public void remove(XenstorePath path) {
        if (path.equals(XenstorePath.ROOT)) {
            throw new IllegalArgumentException("the root cannot be removed");
        }
        Request request = Request.remove(path, transactionId);
        try {
            Payload ignored = connection.call(request, deadline);
        } catch (RefusedException e) {
            if (!e.is(Errno.ENOENT)) {
                throw Failures.refused(connection, request, e);
            }
        }
    }

    void setPermissions(XenstorePath path, XenstorePermissions permissions) {
        change(Request.setPermissions(path, permissions, transactionId));
    }

    private void change(Request request) {
        try {
            Payload ignored = connection.call(request, deadline);
        } catch (RefusedException e) {
            throw Failures.refused(connection, request, e);
        }
    }
}
