package io.autousb.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;

/**
 * A {@code struct msghdr} with one iovec, for {@code recvmsg(2)} and {@code sendmsg(2)}. The layouts are
 * those of Linux for any word size: pointers and lengths take a word, and are aligned to one. Not
 * thread-safe.
 */
final class MessageHeader implements AutoCloseable {

    static final int WORD = Native.POINTER_SIZE;

    // struct msghdr: name, namelen, iov, iovlen, control, controllen, flags; then struct iovec: base, len
    private static final int NAME = 0;
    private static final int NAME_LENGTH = WORD;
    private static final int IOV = 2 * WORD;
    private static final int IOV_LENGTH = 3 * WORD;
    private static final int CONTROL = 4 * WORD;
    private static final int CONTROL_LENGTH = 5 * WORD;
    private static final int FLAGS = 6 * WORD;
    private static final int BASE = 7 * WORD;
    private static final int LENGTH = 8 * WORD;
    private static final int BYTES = 9 * WORD;

    private final Memory memory = new Memory(BYTES);

    /** A header for what is in that memory, which the caller keeps. */
    MessageHeader(Memory payload) {
        memory.clear();
        memory.setPointer(IOV, memory.share(BASE));
        setWord(memory, IOV_LENGTH, 1);
        memory.setPointer(BASE, payload);
        setLength((int) payload.size());
    }

    Pointer pointer() {
        return memory;
    }

    /** How many bytes of the payload to send, or to receive at most. */
    void setLength(int bytes) {
        setWord(memory, LENGTH, bytes);
    }

    void setName(Memory name) {
        memory.setPointer(NAME, name);
        memory.setInt(NAME_LENGTH, (int) name.size());
    }

    void setControl(Memory control) {
        memory.setPointer(CONTROL, control);
        setWord(memory, CONTROL_LENGTH, control.size());
    }

    long controlLength() {
        return getWord(memory, CONTROL_LENGTH);
    }

    int flags() {
        return memory.getInt(FLAGS);
    }

    void clearFlags() {
        memory.setInt(FLAGS, 0);
    }

    @Override
    public void close() {
        memory.close();
    }

    static void setWord(Memory memory, int offset, long value) {
        if (WORD == Long.BYTES) {
            memory.setLong(offset, value);
        } else {
            memory.setInt(offset, (int) value);
        }
    }

    static long getWord(Memory memory, int offset) {
        return WORD == Long.BYTES ? memory.getLong(offset) : memory.getInt(offset);
    }
}
