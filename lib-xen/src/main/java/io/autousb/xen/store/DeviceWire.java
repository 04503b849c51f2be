package io.autousb.xen.store;

import io.autousb.domain.model.UntrustedText;
import io.autousb.linux.Deadline;
import io.autousb.linux.DeviceFile;
import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kernel's device for xenstore. It takes each message in one write, and may hold that up until xenstored
 * has answered: the kernel sets watches itself (Linux {@code xenbus_dev_frontend.c}, {@code
 * xenbus_write_watch}). So a thread of its own writes, and who has handed a message over has sent it.
 */
final class DeviceWire implements Wire {

    private static final Logger LOG = LoggerFactory.getLogger(DeviceWire.class);
    private static final int MAX_WAITING = 64;
    private static final ByteBuffer END = ByteBuffer.allocate(0);

    /** The device, as far as it is used. */
    interface Device extends Closeable {
        int read(ByteBuffer into) throws IOException;

        void write(ByteBuffer message) throws IOException;
    }

    private final Device device;
    private final UntrustedText place;
    private final BlockingQueue<ByteBuffer> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private volatile @Nullable IOException failure;
    private volatile boolean closed;

    private DeviceWire(Device device, Path file) {
        this.device = device;
        this.place = UntrustedText.of(file.toString());
    }

    static DeviceWire start(Device device, Path file) {
        DeviceWire wire = new DeviceWire(device, file);
        Thread thread = new Thread(wire::writeAll, "autousb-xenstore-writer");
        thread.setDaemon(true);
        thread.start();
        return wire;
    }

    static Device device(DeviceFile file) {
        return new Device() {
            @Override
            public int read(ByteBuffer into) throws IOException {
                return file.read(into);
            }

            @Override
            public void write(ByteBuffer message) throws IOException {
                file.write(message);
            }

            @Override
            public void close() {
                file.close();
            }
        };
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        try {
            return device.read(into);
        } catch (IOException e) {
            IOException cause = failure;
            throw cause == null ? e : cause;
        }
    }

    @Override
    public void write(ByteBuffer messages, Deadline deadline) throws IOException {
        while (messages.hasRemaining()) {
            if (closed) {
                throw new ClosedChannelException();
            }
            int before = messages.position();
            ByteBuffer own = Message.takeEncoded(messages);
            if (!Waiting.until(nanos -> waiting.offer(own, nanos, TimeUnit.NANOSECONDS), deadline)) {
                messages.position(before);
                throw new SocketTimeoutException("the device takes no more messages");
            }
        }
    }

    private void writeAll() {
        try {
            for (ByteBuffer message = waiting.take(); message.hasRemaining(); message = waiting.take()) {
                device.write(message);
            }
        } catch (IOException e) {
            failure = e;
        } catch (InterruptedException | RuntimeException | Error e) {
            LOG.error("writing to xenstore's device has failed", e);
        } finally {
            close();
        }
    }

    @Override
    public void close() {
        closed = true;
        // Until there is room for the end: others may still be handing over.
        do {
            waiting.clear();
        } while (!waiting.offer(END));
        try {
            device.close();
        } catch (IOException e) {
            LOG.debug("closing xenstore's device", e);
        }
    }

    @Override
    public String toString() {
        return place.toString();
    }
}
