package io.autousb.domain.model;

import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * One stay of one device in one port: a re-plug is another generation, the same device still there
 * after a restart of this program is the same one.
 *
 * @param token {@value #LENGTH} lower-case hexadecimal digits; fit for an identifier
 */
public record Generation(String token) {

    private static final int LENGTH = 12;
    private static final int BITS = 4 * LENGTH;
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{" + LENGTH + "}");

    /** Checks the token's form. */
    public Generation {
        if (!isToken(token)) {
            throw new IllegalArgumentException("no generation token: " + UntrustedText.of(token));
        }
    }

    /**
     * Computes the generation from what tells one stay from the next.
     *
     * @param devpath the device's canonical sysfs path
     * @param address its address
     * @param inode the inode of its sysfs folder, which is new after a controller was bound anew even
     *     where path and address are the same
     * @param bootId {@code /proc/sys/kernel/random/boot_id}
     * @return the generation
     */
    public static Generation of(String devpath, DeviceAddress address, long inode, String bootId) {
        String text = String.join("\n", devpath, address.toString(), Long.toString(inode), bootId);
        long hash = fnv1a(text);
        return new Generation(HexFormat.of().toHexDigits(hash ^ hash >>> BITS, LENGTH));
    }

    /** FNV-1a of 64 bits. All that is hashed is the kernel's choice, so nobody can aim for a collision. */
    private static long fnv1a(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    /**
     * Whether a text has the form of a token.
     *
     * @param text any text
     * @return true if {@code new Generation(text)} would accept it
     */
    public static boolean isToken(String text) {
        return FORM.matcher(text).matches();
    }

    @Override
    public String toString() {
        return token;
    }
}
