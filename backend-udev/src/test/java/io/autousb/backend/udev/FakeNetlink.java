package io.autousb.backend.udev;

import io.autousb.linux.Uevent.Origin;
import io.autousb.linux.UeventSender;
import io.autousb.linux.UeventSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A kernel that sends uevents: what it tells reaches all sockets that are open then. Thread-safe. */
final class FakeNetlink implements UeventSocket.Opener {

    private static final UeventSender KERNEL = new UeventSender(0, UeventSender.KERNEL_GROUP, 0);
    private static final UeventSender UDEV = new UeventSender(-1842075428, UeventSender.UDEV_GROUP, 0);

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

    /** Sends a uevent of a device or interface. */
    void tell(Origin origin, String action, String devpath, String... more) {
        send(origin == Origin.KERNEL ? kernel(action, devpath, more) : udev(action, devpath, more));
    }

    /** Sends what some other process made up. */
    void forge(UeventSender sender, String action, String devpath) {
        send(new UeventSocket.Message(kernel(action, devpath).payload(), sender));
    }

    /** Tells all sockets that messages were lost. */
    void overflow() {
        send(new UeventSocket.Overflow());
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

    void send(UeventSocket.Reception reception) {
        sockets.forEach(socket -> socket.add(reception));
    }

    private static UeventSocket.Message kernel(String action, String devpath, String... more) {
        byte[] bytes =
                (action + '@' + devpath + '\0' + properties(action, devpath, more)).getBytes(StandardCharsets.US_ASCII);
        return new UeventSocket.Message(ByteBuffer.wrap(bytes), KERNEL);
    }

    private static UeventSocket.Message udev(String action, String devpath, String... more) {
        byte[] properties = properties(action, devpath, more).getBytes(StandardCharsets.US_ASCII);
        ByteBuffer bytes = ByteBuffer.allocate(40 + properties.length);
        bytes.put("libudev\0".getBytes(StandardCharsets.US_ASCII)).putInt(0xfeedcafe);
        bytes.order(ByteOrder.nativeOrder()).putInt(40).putInt(40).putInt(properties.length);
        bytes.position(40).put(properties).flip();
        return new UeventSocket.Message(bytes, UDEV);
    }

    private static String properties(String action, String devpath, String... more) {
        String type = devpath.indexOf(':', devpath.lastIndexOf('/')) < 0 ? "usb_device" : "usb_interface";
        String all = "ACTION=" + action + "\0DEVPATH=" + devpath + "\0SUBSYSTEM=usb\0DEVTYPE=" + type + '\0';
        return more.length == 0 ? all : all + String.join("\0", more) + '\0';
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
