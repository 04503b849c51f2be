package io.autousb.xen.store;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A connection to the fake daemon: its watches, its transactions, a thread that reads and one that writes. */
final class FakeClient implements AutoCloseable {

    record FakeWatch(String path, String token) {
        boolean covers(String changed) {
            return changed.equals(path) || path.equals("/") || changed.startsWith(path + "/");
        }

        boolean isBelow(String changed) {
            return path.startsWith(changed + "/");
        }
    }

    private static final ByteBuffer END = ByteBuffer.allocate(0);

    private final SocketChannel channel;
    private final FakeXenstored daemon;
    private final LinkedBlockingQueue<ByteBuffer> outgoing = new LinkedBlockingQueue<>();
    private final Thread reader;
    private final Thread writer;

    // under the daemon's lock
    final List<FakeWatch> watches = new ArrayList<>();
    final Map<Integer, FakeTransaction> transactions = new HashMap<>();

    FakeClient(SocketChannel channel, FakeXenstored daemon) {
        this.channel = channel;
        this.daemon = daemon;
        this.reader = new Thread(this::readAll, "fake-xenstored-reader");
        this.writer = new Thread(this::writeAll, "fake-xenstored-writer");
    }

    void start() {
        reader.setDaemon(true);
        writer.setDaemon(true);
        reader.start();
        writer.start();
    }

    /** A message; the payload has a character for each byte. */
    static ByteBuffer message(int type, int id, int transaction, String payload) {
        byte[] bytes = payload.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(16 + bytes.length)
                .order(ByteOrder.nativeOrder())
                .putInt(type)
                .putInt(id)
                .putInt(transaction)
                .putInt(bytes.length)
                .put(bytes)
                .flip();
    }

    /** Sends later, in order. Never blocks. */
    void send(ByteBuffer message) {
        outgoing.add(message);
    }

    /** Whether the same is still to be sent. */
    boolean isWaiting(ByteBuffer message) {
        return outgoing.contains(message);
    }

    void fire(String path, String token) {
        ByteBuffer event = message(FakeRequest.code("WATCH_EVENT"), 0, 0, path + '\0' + token + '\0');
        if (!daemon.dropsDuplicates() || path.startsWith("@") || !isWaiting(event)) {
            send(event);
        }
    }

    private void readAll() {
        try (InputStream in = Channels.newInputStream(channel)) {
            DataInputStream data = new DataInputStream(in);
            while (true) {
                byte[] header = new byte[16];
                data.readFully(header);
                ByteBuffer words = ByteBuffer.wrap(header).order(ByteOrder.nativeOrder());
                int type = words.getInt();
                int id = words.getInt();
                int transaction = words.getInt();
                int length = words.getInt();
                if (!daemon.takes(length)) {
                    return;
                }
                byte[] payload = new byte[length];
                data.readFully(payload);
                String text = new String(payload, StandardCharsets.ISO_8859_1);
                daemon.take(this, new FakeRequest(type, id, transaction, text));
            }
        } catch (IOException e) {
            // The client has gone, or was cut off.
        } finally {
            daemon.leave(this);
        }
    }

    private void writeAll() {
        try {
            for (ByteBuffer next = outgoing.take(); next != END; next = outgoing.take()) {
                ByteBuffer message = next.duplicate();
                while (message.hasRemaining()) {
                    int size = Math.min(message.remaining(), daemon.faults().pieceSize());
                    ByteBuffer piece = message.slice(message.position(), size);
                    message.position(message.position() + channel.write(piece));
                }
            }
        } catch (IOException | InterruptedException e) {
            // As above.
        }
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    /** Cuts the connection, whatever is still to be sent. */
    void cut() {
        outgoing.clear();
        outgoing.add(END);
        try {
            channel.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        cut();
        if (Thread.currentThread() != reader) {
            TimeUnit.SECONDS.timedJoin(reader, 10);
            TimeUnit.SECONDS.timedJoin(writer, 10);
        }
    }
}
