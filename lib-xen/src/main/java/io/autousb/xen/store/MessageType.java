package io.autousb.xen.store;

import org.jspecify.annotations.Nullable;

/** What a message is, of those that this client sends or gets ({@code enum xsd_sockmsg_type} in {@code xs_wire.h}). */
enum MessageType {
    DIRECTORY(1),
    READ(2),
    WATCH(4),
    UNWATCH(5),
    TRANSACTION_START(6),
    TRANSACTION_END(7),
    WRITE(11),
    RM(13),
    SET_PERMS(14),
    WATCH_EVENT(15),
    ERROR(16),
    DIRECTORY_PART(22);

    private final int code;

    MessageType(int code) {
        this.code = code;
    }

    /** Its number on the wire. */
    int code() {
        return code;
    }

    /** The type of that number, or null if it is none of these. */
    static @Nullable MessageType of(int code) {
        for (MessageType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        return null;
    }
}
