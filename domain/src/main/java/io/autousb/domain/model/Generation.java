package io.autousb.domain.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return new Generation(HexFormat.of().formatHex(hash).substring(0, LENGTH));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
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
