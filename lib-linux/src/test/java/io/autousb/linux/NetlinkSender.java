package io.autousb.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Sends uevents on this machine's own netlink, in the namespace of the thread that makes it. One thread at a time. */
final class NetlinkSender implements Closeable {

    // struct nlmsghdr: u32 length, u16 type, u16 flags, u32 sequence, u32 port; an answer's error follows it
    private static final int HEADER = 16;
    private static final short NLMSG_MIN_TYPE = 0x10;
    private static final short NLM_F_REQUEST = 1;
    private static final short NLM_F_ACK = 4;

    private final int fd;

    NetlinkSender() throws IOException {
        fd = Libc.check(
                Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, Libc.NETLINK_KOBJECT_UEVENT),
                "opening a netlink socket");
    }

    /** Sends to udev's group, as udev does. Root only. */
    void sendAsUdev(ByteBuffer message) throws IOException {
        send(message, UeventSender.UDEV_GROUP, 1);
    }

    /**
     * Has the kernel send it as its own, with a number appended (Linux 4.18 and later, {@code lib/kobject_uevent.c}, {@code
     * uevent_net_rcv_skb}). Root only.
     */
    void sendAsKernel(ByteBuffer message) throws IOException {
        send(request(message, NLM_F_ACK), 0, 1);
        try (Memory answer = new Memory(8192)) {
            Libc.check(Libc.read(fd, answer, new NativeLong(answer.size())), "reading the kernel's answer");
            int error = answer.getInt(HEADER);
            if (error != 0) {
                throw Libc.failure("sending a uevent as the kernel", -error);
            }
        }
    }

    /** Likewise, many times and as fast as can be. */
    void floodAsKernel(ByteBuffer message, int times) throws IOException {
        send(request(message, (short) 0), 0, times);
    }

    private static ByteBuffer request(ByteBuffer message, short flags) {
        ByteBuffer request = ByteBuffer.allocate(HEADER + message.remaining()).order(ByteOrder.nativeOrder());
        request.putInt(request.capacity()).putShort(NLMSG_MIN_TYPE).putShort((short) (NLM_F_REQUEST | flags));
        return request.position(HEADER).put(message.duplicate()).flip();
    }

    private void send(ByteBuffer message, int groups, int times) throws IOException {
        byte[] bytes = new byte[message.remaining()];
        message.duplicate().get(bytes);
        try (Memory payload = new Memory(bytes.length);
                Memory address = new Memory(12);
                MessageHeader header = new MessageHeader(payload)) {
            payload.write(0, bytes, 0, bytes.length);
            address.clear();
            address.setShort(0, (short) Libc.AF_NETLINK);
            address.setInt(8, groups);
            header.setName(address);
            for (int i = 0; i < times; i++) {
                if (Libc.sendmsg(fd, header.pointer(), 0) < 0) {
                    throw Libc.failure("sending a uevent", Native.getLastError());
                }
            }
        }
    }

    @Override
    public void close() {
        int unused = Libc.close(fd);
    }
}
