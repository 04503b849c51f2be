package io.autousb.backend.udev;

import io.autousb.linux.Uevent.Origin;
import io.autousb.linux.UeventSender;
import io.autousb.linux.UeventSocket;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A netlink on which tests speak as the kernel and as udev do. */
interface Uevents extends UeventSocket.Opener, Closeable {

    /** Sends a message to all sockets that are open now. */
    void send(UeventSocket.Message message);

    /** Lets messages be lost on all sockets. */
    void overflow();

    @Override
    default void close() throws IOException {}

    /** Sends a uevent of a device or interface. */
    default void tell(Origin origin, String action, String devpath, String... more) {
        send(origin == Origin.KERNEL ? kernel(action, devpath, more) : udev(action, devpath, more));
    }

    /** As the kernel sends it. */
    static UeventSocket.Message kernel(String action, String devpath, String... more) {
        byte[] bytes =
                (action + '@' + devpath + '\0' + properties(action, devpath, more)).getBytes(StandardCharsets.US_ASCII);
        return new UeventSocket.Message(ByteBuffer.wrap(bytes), new UeventSender(0, UeventSender.KERNEL_GROUP, 0));
    }

    /** As a worker of udev's sends it: a header with the hash of the subsystem {@code usb}, then the properties. */
    static UeventSocket.Message udev(String action, String devpath, String... more) {
        byte[] properties = properties(action, devpath, more).getBytes(StandardCharsets.US_ASCII);
        ByteBuffer bytes = ByteBuffer.allocate(40 + properties.length);
        bytes.put("libudev\0".getBytes(StandardCharsets.US_ASCII)).putInt(0xfeedcafe);
        bytes.order(ByteOrder.nativeOrder()).putInt(40).putInt(40).putInt(properties.length);
        bytes.order(ByteOrder.BIG_ENDIAN).putInt(0x0577c5e5);
        bytes.position(40).put(properties).flip();
        return new UeventSocket.Message(bytes, new UeventSender(-1842075428, UeventSender.UDEV_GROUP, 0));
    }

    private static String properties(String action, String devpath, String... more) {
        String type = devpath.indexOf(':', devpath.lastIndexOf('/')) < 0 ? "usb_device" : "usb_interface";
        String all = "ACTION=" + action + "\0DEVPATH=" + devpath + "\0SUBSYSTEM=usb\0DEVTYPE=" + type + '\0';
        return more.length == 0 ? all : all + String.join("\0", more) + '\0';
    }
}
