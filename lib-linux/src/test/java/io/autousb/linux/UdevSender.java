package io.autousb.linux;

import com.sun.jna.Memory;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Sends messages to udev's group on this machine's own netlink, as udev does. */
final class UdevSender implements Closeable {

    static final String DEVPATH = "/devices/virtual/test-of-auto-usb-attach";
    private static final int HEADER = 40;

    private final int fd;

    UdevSender() throws IOException {
        fd = Libc.check(
                Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, Libc.NETLINK_KOBJECT_UEVENT),
                "opening a netlink socket");
    }

    /** Returns false if the kernel does not let us. */
    boolean send(String subsystem, int hash) {
        byte[] properties = ("ACTION=change\0DEVPATH=" + DEVPATH + "\0SUBSYSTEM=" + subsystem + "\0TEST=1\0")
                .getBytes(StandardCharsets.US_ASCII);
        ByteBuffer message = ByteBuffer.allocate(HEADER + properties.length);
        message.put("libudev\0".getBytes(StandardCharsets.US_ASCII)).putInt(0xfeedcafe);
        message.order(ByteOrder.nativeOrder()).putInt(HEADER).putInt(HEADER).putInt(properties.length);
        message.order(ByteOrder.BIG_ENDIAN).putInt(hash).position(HEADER);
        message.put(properties);
        try (Memory payload = new Memory(message.capacity());
                Memory address = new Memory(12);
                MessageHeader header = new MessageHeader(payload)) {
            payload.write(0, message.array(), 0, message.capacity());
            address.clear();
            address.setShort(0, (short) Libc.AF_NETLINK);
            address.setInt(8, UeventSender.UDEV_GROUP);
            header.setName(address);
            return Libc.sendmsg(fd, header.pointer(), 0) >= 0;
        }
    }

    @Override
    public void close() {
        int unused = Libc.close(fd);
    }
}
