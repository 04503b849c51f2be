package io.autousb.linux;

import com.sun.jna.Native;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A network namespace with uevents of its own: none of this machine's are heard in it, and what is sent in it is heard
 * nowhere else. One thread lives in it; its sockets can be used from any other. Needs root. Thread-safe.
 */
public final class UeventNamespace implements Closeable {

    private static final int CLONE_NEWNET = 0x40000000;
    private static final int RECEIVE_BUFFER = 64 << 10;

    private final ExecutorService inhabitant = Executors.newSingleThreadExecutor();
    private final NetlinkSender sender;

    /**
     * Makes a namespace.
     *
     * @throws IOException if the kernel does not let us
     */
    public UeventNamespace() throws IOException {
        try {
            sender = inside(() -> {
                Libc.check(SystemCalls.unshare(CLONE_NEWNET), "making a network namespace");
                return new NetlinkSender();
            });
        } catch (IOException | RuntimeException | Error e) {
            inhabitant.shutdown();
            throw e;
        }
    }

    /**
     * Whether this process may make such a namespace.
     *
     * @return true for root, as a rule
     */
    public static boolean isPermitted() {
        try {
            new UeventNamespace().close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Opens the program's own kind of socket, with a small buffer.
     *
     * @return a socket that hears this namespace
     * @throws IOException if the system refuses
     */
    public UeventSocket open() throws IOException {
        return inside(() -> NetlinkUeventSocket.open(RECEIVE_BUFFER));
    }

    /**
     * Sends a message to the groups of its sender.
     *
     * @param message what the kernel or udev would send
     * @throws IOException if the kernel refuses it
     */
    public void send(UeventSocket.Message message) throws IOException {
        inside(() -> {
            if (message.sender().groups() == UeventSender.KERNEL_GROUP) {
                sender.sendAsKernel(message.payload());
            } else {
                sender.sendAsUdev(message.payload());
            }
            return true;
        });
    }

    /**
     * Sends a message of the kernel's so often, and so fast, that some are lost.
     *
     * @param message what the kernel would send
     * @return whether the buffer of a socket of this namespace was full
     * @throws IOException if the kernel refuses it
     */
    public boolean flood(UeventSocket.Message message) throws IOException {
        return inside(() -> {
            long before = dropped();
            sender.floodAsKernel(message.payload(), 1000);
            return dropped() > before;
        });
    }

    private static long dropped() throws IOException {
        return Files.readAllLines(Path.of("/proc/thread-self/net/netlink")).stream()
                .map(line -> line.trim().split("\\s+"))
                .filter(columns -> columns[1].equals(Integer.toString(Libc.NETLINK_KOBJECT_UEVENT)))
                .mapToLong(columns -> Long.parseLong(columns[8]))
                .sum();
    }

    private <T> T inside(Callable<T> task) throws IOException {
        try {
            return inhabitant.submit(task).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        }
    }

    @Override
    public void close() {
        sender.close();
        inhabitant.shutdown();
    }

    /** What only tests call. */
    private static final class SystemCalls {
        static {
            Native.register(SystemCalls.class, "c");
        }

        static native int unshare(int flags);
    }
}
