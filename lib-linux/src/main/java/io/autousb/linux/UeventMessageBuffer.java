package io.autousb.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;

/**
 * The memory that {@code recvmsg(2)} fills: msghdr, iovec, the sender's address, its credentials and the
 * message. The layouts are those of Linux for any word size: pointers and lengths take a word, and are
 * aligned to one. Not thread-safe.
 */
final class UeventMessageBuffer {

    private static final int WORD = Native.POINTER_SIZE;

    /** The kernel's messages have 2 KiB at most, udev's have no limit. */
    private static final int PAYLOAD_BYTES = 1 << 16;

    private static final int ADDRESS_BYTES = 12;
    private static final int CONTROL_BYTES = 64;

    // struct msghdr: name, namelen, iov, iovlen, control, controllen, flags
    private static final int NAME = 0;
    private static final int NAME_LENGTH = WORD;
    private static final int IOV = 2 * WORD;
    private static final int IOV_LENGTH = 3 * WORD;
    private static final int CONTROL = 4 * WORD;
    private static final int CONTROL_LENGTH = 5 * WORD;
    private static final int FLAGS = 6 * WORD;
    private static final int HEADER_BYTES = 7 * WORD;

    // struct cmsghdr: len, level, type; then struct ucred: pid, uid, gid
    private static final int CMSG_LEVEL = WORD;
    private static final int CMSG_TYPE = WORD + 4;
    private static final int CMSG_DATA = WORD + 8;
    private static final int UCRED_UID = 4;
    private static final int UCRED_BYTES = 12;

    private final Memory header = new Memory(HEADER_BYTES);
    private final Memory iovec = new Memory(2L * WORD);
    private final Memory address = new Memory(ADDRESS_BYTES);
    private final Memory control = new Memory(CONTROL_BYTES);
    private final Memory payload = new Memory(PAYLOAD_BYTES);

    UeventMessageBuffer() {
        header.clear();
        header.setPointer(NAME, address);
        header.setPointer(IOV, iovec);
        setWord(header, IOV_LENGTH, 1);
        header.setPointer(CONTROL, control);
        iovec.setPointer(0, payload);
        setWord(iovec, WORD, PAYLOAD_BYTES);
    }

    /** Resets what the last message has changed. */
    Pointer prepare() {
        address.clear();
        control.clear();
        header.setInt(NAME_LENGTH, ADDRESS_BYTES);
        setWord(header, CONTROL_LENGTH, CONTROL_BYTES);
        header.setInt(FLAGS, 0);
        return header;
    }

    boolean isTruncated() {
        return (header.getInt(FLAGS) & Libc.MSG_TRUNC) != 0;
    }

    /** A copy of the message. */
    byte[] payload(int count) {
        return payload.getByteArray(0, count);
    }

    /** Its sender, as the kernel says. */
    UeventSender sender() {
        return new UeventSender(address.getInt(4), address.getInt(8), uid());
    }

    private int uid() {
        boolean there = getWord(header, CONTROL_LENGTH) >= CMSG_DATA + UCRED_BYTES
                && getWord(control, 0) >= CMSG_DATA + UCRED_BYTES
                && control.getInt(CMSG_LEVEL) == Libc.SOL_SOCKET
                && control.getInt(CMSG_TYPE) == Libc.SCM_CREDENTIALS;
        return there ? control.getInt(CMSG_DATA + UCRED_UID) : -1;
    }

    private static void setWord(Memory memory, int offset, int value) {
        if (WORD == Long.BYTES) {
            memory.setLong(offset, value);
        } else {
            memory.setInt(offset, value);
        }
    }

    private static long getWord(Memory memory, int offset) {
        return WORD == Long.BYTES ? memory.getLong(offset) : memory.getInt(offset);
    }
}
