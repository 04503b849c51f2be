package io.autousb.domain.model;

import java.util.regex.Pattern;

/**
 * Vendor and product, as {@code 046d:c31c}. A device states it itself: good for convenience, no proof
 * of anything.
 *
 * @param vendor {@code idVendor}, 0 to 0xffff
 * @param product {@code idProduct}, 0 to 0xffff
 */
public record UsbId(int vendor, int product) {

    private static final Pattern FORM = Pattern.compile("([0-9a-fA-F]{4}):([0-9a-fA-F]{4})");

    /** Checks the range. */
    public UsbId {
        if ((vendor & ~0xffff) != 0 || (product & ~0xffff) != 0) {
            throw new IllegalArgumentException("vendor and product are 16-bit numbers");
        }
    }

    /**
     * Reads {@code 046d:c31c}.
     *
     * @param text two numbers of four hexadecimal digits
     * @return the id
     * @throws IllegalArgumentException if the text has another form
     */
    public static UsbId parse(String text) {
        var match = FORM.matcher(text);
        if (!match.matches()) {
            throw new IllegalArgumentException("'" + UntrustedText.of(text)
                    + "' is no VID:PID: two numbers of four hexadecimal digits, such as 046d:c31c");
        }
        return new UsbId(Integer.parseInt(match.group(1), 16), Integer.parseInt(match.group(2), 16));
    }

    @Override
    public String toString() {
        return "%04x:%04x".formatted(vendor, product);
    }
}
