package io.autousb.linux;

import static io.autousb.linux.OwnProcess.descriptors;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.autousb.linux.Uevent.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On this machine's own kernel; needs no hardware and, but for some tests, no privilege. */
@Timeout(60)
class NetlinkUeventSocketTest {

    private static final Path LOOPBACK = Path.of("/sys/class/net/lo/uevent");
    private static final String DEVPATH = "/devices/virtual/test-of-auto-usb-attach";
    private static final int UDEV_HEADER = 40;

    @Test
    void receive_whenTheKernelTells_hasItsMessage() throws Exception {
        assumeTrue(Files.isWritable(LOOPBACK), "only root may ask the kernel for a uevent");
        try (UeventSocket socket = NetlinkUeventSocket.open()) {
            Files.writeString(LOOPBACK, "change 6d61726b-0000-4000-8000-00000000feed");
            UeventSocket.Message message;
            String text;
            do {
                message = (UeventSocket.Message) socket.receive();
                text = StandardCharsets.ISO_8859_1.decode(message.payload()).toString();
            } while (!text.startsWith("change@/devices/virtual/net/lo\0"));
            assertThat(text).contains("\0ACTION=change\0", "\0SYNTH_UUID=6d61726b-0000-4000-8000-00000000feed\0");
            assertThat(message.sender().isGenuine(Origin.KERNEL)).isTrue();
        }
    }

    @Test
    void receive_whenUdevTells_hasWhatIsOfUsb() throws Exception {
        assumeTrue(Files.isWritable(LOOPBACK), "only root may speak as udev does");
        try (UeventSocket socket = NetlinkUeventSocket.open();
                NetlinkSender udev = new NetlinkSender()) {
            udev.sendAsUdev(udevMessage("net", 0x1234));
            udev.sendAsUdev(udevMessage("usb", UeventFilter.USB));

            Optional<Uevent> event;
            do {
                UeventSocket.Message message = (UeventSocket.Message) socket.receive();
                assertThat(StandardCharsets.ISO_8859_1
                                .decode(message.payload().duplicate())
                                .toString())
                        .doesNotContain("SUBSYSTEM=net\0TEST=1");
                event = Uevent.parse(message.payload());
            } while (event.isEmpty());
            assertThat(event.get().origin()).isEqualTo(Origin.UDEV);
            assertThat(event.get().devpath()).isEqualTo(DEVPATH);
        }
    }

    @Test
    void receive_whenTheBufferIsFull_tellsOnceThenGoesOn() throws Exception {
        assumeTrue(Files.isWritable(LOOPBACK), "only root may ask the kernel for a uevent");
        try (UeventSocket socket = NetlinkUeventSocket.open(4096)) {
            for (int i = 0; i < 100; i++) {
                Files.writeString(LOOPBACK, "change");
            }
            assertThat(socket.receive()).isInstanceOf(UeventSocket.Overflow.class);
            assertThat(socket.receive()).isInstanceOf(UeventSocket.Message.class);
        }
    }

    @Test
    void close_whenAnotherThreadReceives_wakesIt() throws Exception {
        UeventSocket socket = NetlinkUeventSocket.open();
        CompletableFuture<Void> receiver = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                while (true) {
                    socket.receive();
                }
            } catch (IOException e) {
                receiver.completeExceptionally(e);
            }
        });
        thread.start();
        Awaitility.await().until(() -> isIn(thread, "poll"));
        socket.close();
        assertThatThrownBy(() -> receiver.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(AsynchronousCloseException.class);
    }

    @Test
    void close_whenClosedBefore_doesNothing() throws Exception {
        UeventSocket socket = NetlinkUeventSocket.open();
        socket.close();
        socket.close();
        assertThatThrownBy(socket::receive).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void close_always_freesTheDescriptors() throws Exception {
        NetlinkUeventSocket.open().close();
        int before = descriptors();
        for (int i = 0; i < 50; i++) {
            NetlinkUeventSocket.open().close();
        }
        assertThat(descriptors()).isLessThan(before + 50);
    }

    private static ByteBuffer udevMessage(String subsystem, int hash) {
        byte[] properties = ("ACTION=change\0DEVPATH=" + DEVPATH + "\0SUBSYSTEM=" + subsystem + "\0TEST=1\0")
                .getBytes(StandardCharsets.US_ASCII);
        ByteBuffer message = ByteBuffer.allocate(UDEV_HEADER + properties.length);
        message.put("libudev\0".getBytes(StandardCharsets.US_ASCII)).putInt(0xfeedcafe);
        message.order(ByteOrder.nativeOrder())
                .putInt(UDEV_HEADER)
                .putInt(UDEV_HEADER)
                .putInt(properties.length);
        message.order(ByteOrder.BIG_ENDIAN).putInt(hash).position(UDEV_HEADER);
        return message.put(properties).flip();
    }

    private static boolean isIn(Thread thread, String method) {
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (frame.getMethodName().equals(method)) {
                return true;
            }
        }
        return false;
    }
}
