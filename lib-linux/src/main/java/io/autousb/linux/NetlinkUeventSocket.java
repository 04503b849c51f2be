package io.autousb.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kernel's netlink socket for uevents, bound to its own and to udev's group. Needs no privilege. The
 * buffer is set beyond the system's limit where the process may do so.
 */
public final class NetlinkUeventSocket implements UeventSocket {

    private static final Logger LOG = LoggerFactory.getLogger(NetlinkUeventSocket.class);

    /** Takes thousands of messages: what a hub with everything below it makes while we do not look. */
    private static final int BUFFER_BYTES = 8 << 20;

    private final int fd;
    private final WakeablePoll poll;
    private final UeventMessageBuffer buffer = new UeventMessageBuffer();
    private final ReentrantLock receiving = new ReentrantLock();
    private volatile boolean closed;

    private NetlinkUeventSocket(int fd) throws IOException {
        this.fd = fd;
        this.poll = new WakeablePoll(fd, Libc.POLLIN);
    }

    /**
     * Opens and binds a socket.
     *
     * @return a socket that receives the kernel's and udev's uevents from now on
     * @throws IOException if the system refuses, with its reason
     * @throws LinkageError if JNA cannot be used here
     */
    public static NetlinkUeventSocket open() throws IOException {
        return open(BUFFER_BYTES);
    }

    static NetlinkUeventSocket open(int bufferBytes) throws IOException {
        int type = Libc.SOCK_RAW | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK;
        int fd =
                Libc.check(Libc.socket(Libc.AF_NETLINK, type, Libc.NETLINK_KOBJECT_UEVENT), "opening a netlink socket");
        try {
            // Before bind, so that no message comes without credentials.
            Libc.check(setOption(fd, Libc.SO_PASSCRED, 1), "asking for senders' credentials");
            if (setOption(fd, Libc.SO_RCVBUFFORCE, bufferBytes) < 0) {
                Libc.check(setOption(fd, Libc.SO_RCVBUF, bufferBytes), "setting the receive buffer");
            }
            if (!UeventFilter.attach(fd)) {
                LOG.debug("udev's messages on other subsystems are not filtered by the kernel");
            }
            bind(fd);
            return new NetlinkUeventSocket(fd);
        } catch (IOException | RuntimeException | Error e) {
            Libc.close(fd);
            throw e;
        }
    }

    /** struct sockaddr_nl: u16 family, u16 padding, u32 port (0 lets the kernel choose), u32 groups. */
    private static void bind(int fd) throws IOException {
        try (Memory address = new Memory(12)) {
            address.clear();
            address.setShort(0, (short) Libc.AF_NETLINK);
            address.setInt(8, UeventSender.KERNEL_GROUP | UeventSender.UDEV_GROUP);
            Libc.check(Libc.bind(fd, address, (int) address.size()), "binding the netlink socket");
        }
    }

    private static int setOption(int fd, int option, int value) {
        try (Memory memory = new Memory(Integer.BYTES)) {
            memory.setInt(0, value);
            return Libc.setsockopt(fd, Libc.SOL_SOCKET, option, memory, Integer.BYTES);
        }
    }

    @Override
    public Reception receive() throws IOException {
        receiving.lock();
        try {
            if (closed) {
                throw new ClosedChannelException();
            }
            while (true) {
                int count = Libc.recvmsg(fd, buffer.prepare(), Libc.MSG_DONTWAIT);
                if (count >= 0) {
                    return buffer.isTruncated() ? new Overflow() : message(count);
                }
                int errno = Native.getLastError();
                if (errno == Libc.ENOBUFS) {
                    return new Overflow();
                }
                if (errno == Libc.EAGAIN) {
                    poll.await(Deadline.NEVER);
                    if (closed) {
                        throw new AsynchronousCloseException();
                    }
                } else if (errno != Libc.EINTR) {
                    throw Libc.failure("receiving uevents", errno);
                }
            }
        } finally {
            receiving.unlock();
        }
    }

    private Message message(int count) {
        return new Message(ByteBuffer.wrap(buffer.payload(count)), buffer.sender());
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        poll.wake();
        receiving.lock();
        try {
            Libc.close(fd);
            poll.close();
        } finally {
            receiving.unlock();
        }
    }
}
