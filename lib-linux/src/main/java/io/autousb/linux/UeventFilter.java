package io.autousb.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;

/**
 * Has the kernel keep udev's messages on other subsystems than USB from a netlink socket: a plug makes a dozen of them,
 * each of which would wake us while the guest's device model wants the processor. By the hash in udev's header, as
 * libudev does it (systemd {@code src/libsystemd/sd-device/device-monitor.c}, {@code
 * sd_device_monitor_filter_update}). The kernel's own messages have no such header, and pass.
 *
 * <p>A matter of time only: what passes is looked at all the same.
 */
final class UeventFilter {

    /** MurmurHash2 of {@code usb}. */
    static final int USB = 0x0577c5e5;

    // struct sock_filter: u16 code, u8 jump if true, u8 jump if false, u32 operand (linux/filter.h)
    private static final int BYTES = 8;
    private static final short LOAD_WORD = 0x20;
    private static final short JUMP_IF_EQUAL = 0x15;
    private static final short RETURN = 0x06;
    private static final int SUBSYSTEM_HASH = 24;
    private static final int PASS = -1;
    private static final int DROP = 0;

    private final Memory program = new Memory(8L * BYTES);
    private int length;

    private UeventFilter() {
        add(LOAD_WORD, 0, 0, 0);
        add(JUMP_IF_EQUAL, 0, 5, 'l' << 24 | 'i' << 16 | 'b' << 8 | 'u');
        add(LOAD_WORD, 0, 0, 4);
        add(JUMP_IF_EQUAL, 0, 3, 'd' << 24 | 'e' << 16 | 'v' << 8);
        add(LOAD_WORD, 0, 0, SUBSYSTEM_HASH);
        add(JUMP_IF_EQUAL, 1, 0, USB);
        add(RETURN, 0, 0, DROP);
        add(RETURN, 0, 0, PASS);
    }

    private void add(short code, int ifTrue, int ifFalse, int operand) {
        long at = (long) length * BYTES;
        program.setShort(at, code);
        program.setByte(at + 2, (byte) ifTrue);
        program.setByte(at + 3, (byte) ifFalse);
        program.setInt(at + 4, operand);
        length++;
    }

    /**
     * Attaches it to a socket.
     *
     * @return whether the kernel takes it; it may not in a sandbox
     */
    static boolean attach(int socket) {
        UeventFilter filter = new UeventFilter();
        // struct sock_fprog: u16 length, padding, pointer
        try (Memory program = filter.program;
                Memory header = new Memory(2L * Native.POINTER_SIZE)) {
            header.clear();
            header.setShort(0, (short) filter.length);
            header.setPointer(Native.POINTER_SIZE, program);
            return Libc.setsockopt(socket, Libc.SOL_SOCKET, Libc.SO_ATTACH_FILTER, header, (int) header.size()) == 0;
        }
    }
}
