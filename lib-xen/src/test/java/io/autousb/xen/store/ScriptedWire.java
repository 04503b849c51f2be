package io.autousb.xen.store;

import io.autousb.linux.Deadline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A daemon that answers each request as a test says, without a socket. */
final class ScriptedWire implements Wire {

    private static final ByteBuffer END = ByteBuffer.allocate(0);

    private final Function<Message, List<Message>> script;
    private final MessageDecoder requests = new MessageDecoder();
    private final LinkedBlockingQueue<ByteBuffer> answers = new LinkedBlockingQueue<>();
    private ByteBuffer current = END;

    private ScriptedWire(Function<Message, List<Message>> script) {
        this.script = script;
    }

    /** A daemon that answers each request at once. */
    static ScriptedWire prompt(UnaryOperator<Message> script) {
        return new ScriptedWire(script.andThen(List::of));
    }

    /** A daemon that answers with as many answers as it likes, also to earlier requests. */
    static ScriptedWire moody(Function<Message, List<Message>> script) {
        return new ScriptedWire(script);
    }

    static Message answer(Message request, String payload) {
        return new Message(
                request.type(),
                request.requestId(),
                request.transactionId(),
                Payload.of(payload.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)));
    }

    static Message refusal(Message request, String errno) {
        return new Message(MessageType.ERROR, request.requestId(), request.transactionId(), Payload.strings(errno));
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        try {
            if (!current.hasRemaining()) {
                current = answers.take();
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        if (current == END) {
            throw new AsynchronousCloseException();
        }
        int count = Math.min(into.remaining(), current.remaining());
        into.put(current.slice(current.position(), count));
        current.position(current.position() + count);
        return count;
    }

    @Override
    public void write(ByteBuffer message, Deadline deadline) throws IOException {
        while (message.hasRemaining()) {
            ByteBuffer room = requests.room();
            int count = Math.min(room.remaining(), message.remaining());
            room.put(message.slice(message.position(), count));
            message.position(message.position() + count);
            requests.added(count);
            for (Message next = requests.next(); next != null; next = requests.next()) {
                script.apply(next).forEach(answer -> answers.add(answer.encode()));
            }
        }
    }

    @Override
    public void close() {
        answers.add(END);
    }
}
