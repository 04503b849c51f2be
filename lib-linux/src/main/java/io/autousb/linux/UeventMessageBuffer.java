package io.autousb.linux;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;

/**
 * The memory that {@code recvmsg(2)} fills: its header, the sender's address, its credentials and the
 * message. Not thread-safe.
 */
final class UeventMessageBuffer {

    private static final int WORD = MessageHeader.WORD;

    /** The kernel's messages have 2 KiB at most, udev's have no limit. */
    private static final int PAYLOAD_BYTES = 1 << 16;

    private static final int ADDRESS_BYTES = 12;
    private static final int CONTROL_BYTES = 64;

    // struct cmsghdr: len, level, type; then struct ucred: pid, uid, gid
    private static final int CMSG_LEVEL = WORD;
    private static final int CMSG_TYPE = WORD + 4;
    private static final int CMSG_DATA = WORD + 8;
    private static final int UCRED_UID = 4;
    private static final int UCRED_BYTES = 12;

    private final Memory address = new Memory(ADDRESS_BYTES);
    private final Memory control = new Memory(CONTROL_BYTES);
    private final Memory payload = new Memory(PAYLOAD_BYTES);
    private final MessageHeader header = new MessageHeader(payload);

    /** Resets what the last message has changed. */
    Pointer prepare() {
        address.clear();
        control.clear();
        header.setName(address);
        header.setControl(control);
        header.clearFlags();
        return header.pointer();
    }

    boolean isTruncated() {
        return (header.flags() & Libc.MSG_TRUNC) != 0;
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
        boolean there = header.controlLength() >= CMSG_DATA + UCRED_BYTES
                && MessageHeader.getWord(control, 0) >= CMSG_DATA + UCRED_BYTES
                && control.getInt(CMSG_LEVEL) == Libc.SOL_SOCKET
                && control.getInt(CMSG_TYPE) == Libc.SCM_CREDENTIALS;
        return there ? control.getInt(CMSG_DATA + UCRED_UID) : -1;
    }
}
