package io.autousb.domain.model;

import java.util.regex.Pattern;

/**
 * Which guest, whoever looks at it: two adapters that see the same guest name it with the same id.
 *
 * @param authority who hands out the key: {@code xen}, {@code qmp}, {@code sim}
 * @param key what it tells its guests apart by: a UUID, a socket's absolute path
 */
public record GuestId(String authority, String key) {

    private static final Pattern AUTHORITY = Pattern.compile("[a-z][a-z0-9-]*");

    /** Checks both parts. */
    public GuestId {
        if (!AUTHORITY.matcher(authority).matches()) {
            throw new IllegalArgumentException("no authority of guests: " + UntrustedText.of(authority));
        }
        if (key.isBlank() || !UntrustedText.of(key).raw().equals(key)) {
            throw new IllegalArgumentException(
                    "a guest's key has 1 to " + UntrustedText.MAX_LENGTH + " characters: " + UntrustedText.of(key));
        }
    }

    /** Authority and key, safe to print. */
    @Override
    public String toString() {
        return authority + ":" + UntrustedText.of(key);
    }
}
