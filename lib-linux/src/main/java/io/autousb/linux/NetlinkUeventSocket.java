package io.autousb.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The kernel's netlink socket for uevents, bound to its own and to udev's group. Needs no privilege. The
 * buffer is set beyond the system's limit where the process may do so.
 */
public final class NetlinkUeventSocket implements UeventSocket {

    /** Takes thousands of messages: what a hub with everything below it makes while we do not look. */
    private static final int BUFFER_BYTES = 8 << 20;

    private static final int POLLFD_BYTES = 8;

    private final int fd;
    private final int wakeFd;
    private final UeventMessageBuffer buffer = new UeventMessageBuffer();
    private final Memory pollFds = new Memory(2 * POLLFD_BYTES);
    private final ReentrantLock receiving = new ReentrantLock();
    private volatile boolean closed;

    private NetlinkUeventSocket(int fd, int wakeFd) {
        this.fd = fd;
        this.wakeFd = wakeFd;
        pollFds.clear();
        pollFds.setInt(0, fd);
        pollFds.setShort(4, Libc.POLLIN);
        pollFds.setInt(POLLFD_BYTES, wakeFd);
        pollFds.setShort(POLLFD_BYTES + 4, Libc.POLLIN);
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
        int fd = check(Libc.socket(Libc.AF_NETLINK, type, Libc.NETLINK_KOBJECT_UEVENT), "opening a netlink socket");
        try {
            // Before bind, so that no message comes without credentials.
            check(setOption(fd, Libc.SO_PASSCRED, 1), "asking for senders' credentials");
            if (setOption(fd, Libc.SO_RCVBUFFORCE, bufferBytes) < 0) {
                check(setOption(fd, Libc.SO_RCVBUF, bufferBytes), "setting the receive buffer");
            }
            bind(fd);
            int wakeFd = check(Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK), "opening an eventfd");
            return new NetlinkUeventSocket(fd, wakeFd);
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
            check(Libc.bind(fd, address, (int) address.size()), "binding the netlink socket");
        }
    }

    private static int setOption(int fd, int option, int value) {
        try (Memory memory = new Memory(Integer.BYTES)) {
            memory.setInt(0, value);
            return Libc.setsockopt(fd, Libc.SOL_SOCKET, option, memory, Integer.BYTES);
        }
    }

    private static int check(int result, String what) throws IOException {
        if (result < 0) {
            throw new IOException(what + ": " + Libc.strerror(Native.getLastError()));
        }
        return result;
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
                    await();
                } else if (errno != Libc.EINTR) {
                    throw new IOException("receiving uevents: " + Libc.strerror(errno));
                }
            }
        } finally {
            receiving.unlock();
        }
    }

    private Message message(int count) {
        return new Message(ByteBuffer.wrap(buffer.payload(count)), buffer.sender());
    }

    private void await() throws IOException {
        int ready = Libc.poll(pollFds, new NativeLong(2), -1);
        if (ready < 0 && Native.getLastError() != Libc.EINTR) {
            throw new IOException("waiting for uevents: " + Libc.strerror(Native.getLastError()));
        }
        if (closed) {
            throw new AsynchronousCloseException();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        Libc.eventfd_write(wakeFd, 1);
        receiving.lock();
        try {
            Libc.close(fd);
            Libc.close(wakeFd);
        } finally {
            receiving.unlock();
        }
    }
}
