package io.autousb.xen.store;

import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The nodes, over one connection, in one transaction or in none. In one, changes go out together, with the next look or
 * by {@link #flush}, and what is wrong with them is told then. For one thread.
 */
final class RemoteNodes implements NodeWriter {

    /** Names of 32,000 domains take a twentieth of this. */
    static final int MAX_LIST_BYTES = 4 << 20;

    static final int MAX_LIST_ATTEMPTS = 10;

    private final Connection connection;
    private final int transactionId;
    private final Deadline deadline;
    private final List<Ahead> queue = new ArrayList<>();

    RemoteNodes(Connection connection, int transactionId, Deadline deadline) {
        this.connection = connection;
        this.transactionId = transactionId;
        this.deadline = deadline;
    }

    @Override
    public Optional<String> read(XenstorePath path) {
        return value(ask(Request.read(path, transactionId)));
    }

    /** What a READ has found. */
    Optional<String> value(Ahead asked) {
        flush();
        try {
            return Optional.of(asked.answer().result().text());
        } catch (RefusedException e) {
            return nothing(asked.request(), e);
        }
    }

    @Override
    public Optional<List<String>> list(XenstorePath path) {
        return names(path, ask(Request.directory(path, transactionId)));
    }

    /** What a DIRECTORY has found. */
    Optional<List<String>> names(XenstorePath path, Ahead asked) {
        flush();
        try {
            return Optional.of(Answers.names(asked.answer().result()));
        } catch (RefusedException e) {
            return e.is(Errno.E2BIG) ? listInParts(path) : nothing(asked.request(), e);
        } catch (XenstoreProtocolException e) {
            throw connection.broken(e);
        }
    }

    private <T> Optional<T> nothing(Request request, RefusedException e) {
        if (e.is(Errno.ENOENT)) {
            return Optional.empty();
        }
        throw Failures.refused(connection, request, e);
    }

    @Override
    public ReadAhead ahead(Collection<XenstorePath> values, Collection<XenstorePath> lists) {
        Map<XenstorePath, Ahead> askedValues = new HashMap<>();
        values.forEach(path -> askedValues.put(path, ask(Request.read(path, transactionId))));
        Map<XenstorePath, Ahead> askedLists = new HashMap<>();
        lists.forEach(path -> askedLists.put(path, ask(Request.directory(path, transactionId))));
        return new ReadAhead(askedValues, askedLists, this);
    }

    /** It goes out with the next {@link #flush}. */
    private Ahead ask(Request request) {
        Connection.requireFits(request);
        Ahead asked = new Ahead(request);
        queue.add(asked);
        return asked;
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
            return nothing(first, e);
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
        change(Request.remove(path, transactionId));
    }

    void setPermissions(XenstorePath path, XenstorePermissions permissions) {
        change(Request.setPermissions(path, permissions, transactionId));
    }

    private void change(Request request) {
        Ahead ignored = ask(request);
        if (transactionId == 0) {
            flush();
        }
    }

    /** Sends what is queued, and waits for all answers. Fails for the first change that was refused. */
    void flush() {
        List<Ahead> sent = List.copyOf(queue);
        queue.clear();
        List<Pending> answers =
                connection.callAll(sent.stream().map(Ahead::request).toList(), deadline);
        for (int i = 0; i < sent.size(); i++) {
            sent.get(i).answered(answers.get(i));
        }
        sent.stream().filter(each -> !isLook(each)).forEach(this::requireMade);
    }

    private static boolean isLook(Ahead asked) {
        MessageType type = asked.request().type();
        return type == MessageType.READ || type == MessageType.DIRECTORY;
    }

    private void requireMade(Ahead change) {
        try {
            Payload ignored = change.answer().result();
        } catch (RefusedException e) {
            if (change.request().type() != MessageType.RM || !e.is(Errno.ENOENT)) {
                throw Failures.refused(connection, change.request(), e);
            }
        }
    }
}
