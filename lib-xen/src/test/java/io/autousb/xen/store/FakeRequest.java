package io.autousb.xen.store;

import java.util.Arrays;
import java.util.List;

/** A request as it came, told apart by the names of the specification. Its text has a character for each byte. */
record FakeRequest(int code, int id, int transaction, String payload) {

    private static final List<String> TYPES = List.of(
            "CONTROL",
            "DIRECTORY",
            "READ",
            "GET_PERMS",
            "WATCH",
            "UNWATCH",
            "TRANSACTION_START",
            "TRANSACTION_END",
            "INTRODUCE",
            "RELEASE",
            "GET_DOMAIN_PATH",
            "WRITE",
            "MKDIR",
            "RM",
            "SET_PERMS",
            "WATCH_EVENT",
            "ERROR",
            "IS_DOMAIN_INTRODUCED",
            "RESUME",
            "SET_TARGET",
            "20",
            "RESET_WATCHES",
            "DIRECTORY_PART");

    static int code(String type) {
        int code = TYPES.indexOf(type);
        if (code < 0) {
            throw new IllegalArgumentException("no type of message: " + type);
        }
        return code;
    }

    String type() {
        return code >= 0 && code < TYPES.size() ? TYPES.get(code) : Integer.toString(code);
    }

    /** The texts before each zero. */
    List<String> strings() {
        String[] all = payload.split("\0", -1);
        return Arrays.asList(all).subList(0, all.length - 1);
    }

    /** The only text. */
    String only() throws FakeRefusal {
        if (strings().size() != 1 || !payload.endsWith("\0")) {
            throw new FakeRefusal("EINVAL");
        }
        return strings().get(0);
    }

    /** Such as {@code READ /a}. */
    String line() {
        return payload.isEmpty() || strings().isEmpty() || strings().get(0).isEmpty()
                ? type()
                : type() + " " + strings().get(0);
    }
}
