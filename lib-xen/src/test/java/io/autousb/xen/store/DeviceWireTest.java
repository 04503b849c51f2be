package io.autousb.xen.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The kernel's device, which holds up whoever sets a watch until xenstored has answered. */
class DeviceWireTest extends StoreTest {

    private static final Path FILE = Path.of("/dev/xen/xenbus");

    private final FakeDevice device = new FakeDevice();

    @AfterEach
    void letGo() {
        device.gate.countDown();
    }

    private void openDevice(Pace pace) {
        store = XenstoreClient.open(deadline -> DeviceWire.start(device, FILE), "the device", pace);
    }

    @Test
    void write_always_sendsEachMessageInOnePiece() {
        device.gate.countDown();
        openDevice(impatient(LONG));
        nodes().write(PORT, "3-1.5");
        assertThat(nodes().read(PORT)).contains("answer");
        assertThat(device.written).containsExactly("READ", "WRITE", "READ");
    }

    @Test
    void call_whenTheKernelHoldsUpAWatch_endsByItsDeadline() {
        openDevice(impatient(LONG));
        Watch ignored = store.watch(PORT, where -> {});
        await().until(() -> device.written.contains("WATCH"));
        BackendException failure = failure(() -> store.by(Deadline.after(SHORT)).write(PORT, "x"));
        assertThat(failure.code()).isEqualTo(BackendException.TIMEOUT);
        assertThat(failure.outcomeUnknown()).isTrue();
        device.gate.countDown();
        assertThat(nodes().read(PORT)).contains("answer");
    }

    @Test
    void close_whenTheKernelHoldsUpAWatch_doesNotHang() {
        openDevice(impatient(LONG));
        Watch ignored = store.watch(PORT, where -> {});
        await().until(() -> device.written.contains("WATCH"));
        store.close();
        assertThat(failure(() -> nodes().read(PORT)).code()).isEqualTo(BackendException.CLOSED);
    }

    @Test
    void write_whenTheDeviceTakesNoMore_timesOutUnsent() throws Exception {
        DeviceWire wire = DeviceWire.start(device, FILE);
        Request watch = Request.watch(PORT, "token");
        ByteBuffer first = new Message(watch.type(), 1, 0, watch.payload()).encode();
        wire.write(first, Deadline.after(LONG));
        assertThat(first.hasRemaining()).isFalse();
        ByteBuffer message = ByteBuffer.allocate(16);
        assertThatThrownBy(() -> {
                    while (true) {
                        wire.write(message.clear(), Deadline.after(SHORT));
                    }
                })
                .isInstanceOf(java.net.SocketTimeoutException.class);
        assertThat(message.position()).isZero();
        wire.close();
    }

    @Test
    void write_whenTheDeviceRefuses_endsTheConnectionForThatReason() {
        device.gate.countDown();
        device.refusal = new IOException("writing to a device: Invalid argument");
        openDevice(impatient(LONG));
        await().until(() -> failure(() -> nodes().read(PORT)).getMessage().contains("Invalid argument"));
    }

    @Test
    void write_afterClose_fails() {
        DeviceWire wire = DeviceWire.start(device, FILE);
        wire.close();
        wire.close();
        assertThatThrownBy(() -> wire.write(ByteBuffer.allocate(16), Deadline.after(LONG)))
                .isInstanceOf(java.nio.channels.ClosedChannelException.class);
    }

    @Test
    void read_whenAnotherThreadCloses_ends() throws Exception {
        DeviceWire wire = DeviceWire.start(device, FILE);
        CompletableFuture<Integer> reading = inThread(() -> wire.read(ByteBuffer.allocate(1)));
        wire.close();
        assertThatThrownBy(() -> reading.get(30, TimeUnit.SECONDS))
                .hasCauseInstanceOf(AsynchronousCloseException.class);
    }

    /** Answers all at once; a WATCH not before the gate is open, and holds up the writer until then. */
    private static final class FakeDevice implements DeviceWire.Device {
        private static final ByteBuffer END = ByteBuffer.allocate(0);

        private final CountDownLatch gate = new CountDownLatch(1);
        private final List<String> written = new CopyOnWriteArrayList<>();
        private final LinkedBlockingQueue<ByteBuffer> answers = new LinkedBlockingQueue<>();
        private volatile IOException refusal;

        @Override
        public int read(ByteBuffer into) throws IOException {
            try {
                ByteBuffer next = answers.take();
                if (next == END) {
                    throw new AsynchronousCloseException();
                }
                int count = next.remaining();
                into.put(next);
                return count;
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        @Override
        public void write(ByteBuffer message) throws IOException {
            if (refusal != null) {
                throw refusal;
            }
            MessageDecoder decoder = new MessageDecoder();
            int count = message.remaining();
            decoder.room().put(message);
            decoder.added(count);
            Message request = decoder.next();
            if (request == null) {
                throw new IOException("less than a message");
            }
            written.add(request.type().name());
            if (request.type() == MessageType.WATCH) {
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            answers.add(ScriptedWire.answer(request, "answer").encode());
        }

        @Override
        public void close() {
            answers.add(END);
        }
    }
}
