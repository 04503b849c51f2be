package io.autousb.backend.udev;

import io.autousb.linux.UeventSender;
import io.autousb.linux.UeventSocket;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Netlink in this process: what is sent reaches all sockets that are open then. Thread-safe. */
final class FakeNetlink implements Uevents {

    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final Queue<Error> refusals = new ConcurrentLinkedQueue<>();

    @Override
    public UeventSocket open() {
        Error refusal = refusals.poll();
        if (refusal != null) {
            throw refusal;
        }
        Socket socket = new Socket();
        sockets.add(socket);
        return socket;
    }

    int openSockets() {
        return sockets.size();
    }

    /** Whether all that was sent has been handled, as far as it is still received. */
    boolean isDrained() {
        return sockets.stream().allMatch(socket -> socket.unhandled.get() == 0);
    }

    /** Sends what some other process made up. */
    void forge(UeventSender sender, String action, String devpath) {
        send(new UeventSocket.Message(Uevents.kernel(action, devpath).payload(), sender));
    }

    @Override
    public void overflow() {
        deliver(new UeventSocket.Overflow());
    }

    /** Lets receiving fail on all sockets. */
    void fail() {
        sockets.forEach(socket -> socket.fail(new IOException("broken")));
    }

    /** Lets receiving fail on all sockets by what nobody expects. */
    void fail(Error defect) {
        sockets.forEach(socket -> socket.fail(defect));
    }

    /** Lets the next opening fail. */
    void refuse(Error defect) {
        refusals.add(defect);
    }

    @Override
    public void send(UeventSocket.Message message) {
        deliver(message);
    }

    private void deliver(UeventSocket.Reception reception) {
        sockets.forEach(socket -> socket.add(reception));
    }

    private final class Socket implements UeventSocket {
        private final BlockingQueue<Object> queue = new LinkedBlockingQueue<>();
        private final AtomicInteger unhandled = new AtomicInteger();
        private boolean handling;

        private void add(Object next) {
            unhandled.incrementAndGet();
            queue.add(next);
        }

        @Override
        public Reception receive() throws IOException {
            try {
                if (handling) {
                    unhandled.decrementAndGet();
                }
                Object next = queue.take();
                handling = true;
                if (next instanceof IOException failure) {
                    add(failure);
                    throw failure;
                }
                if (next instanceof Error defect) {
                    add(defect);
                    throw defect;
                }
                return (Reception) next;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private void fail(Throwable failure) {
            add(failure);
        }

        @Override
        public void close() {
            sockets.remove(this);
            add(new ClosedChannelException());
        }
    }
}
