package io.autousb.backend.udev;

import io.autousb.linux.UeventNamespace;
import io.autousb.linux.UeventSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.awaitility.Awaitility;

/** The kernel's own netlink, in a network namespace where nobody else speaks. Needs root. */
final class KernelNetlink implements Uevents {

    private static final UeventSocket.Message CHATTER =
            Uevents.kernel("change", "/devices/virtual/" + "chatter".repeat(100), "SUBSYSTEM=net");

    private final UeventNamespace namespace;

    KernelNetlink() throws IOException {
        namespace = new UeventNamespace();
    }

    @Override
    public UeventSocket open() throws IOException {
        return namespace.open();
    }

    @Override
    public void send(UeventSocket.Message message) {
        try {
            namespace.send(message);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void overflow() {
        Awaitility.await().pollDelay(Duration.ZERO).until(() -> namespace.flood(CHATTER));
    }

    @Override
    public void close() throws IOException {
        namespace.close();
    }
}
