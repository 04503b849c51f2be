package io.autousb.runtime.plugin;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of what adapters are compiled against. A plugin names the one it was written for in the manifest of its jar.
 *
 * @param major changes with what breaks adapters
 * @param minor changes with what is added; while the major version is 0 also with what breaks them
 */
public record ApiVersion(int major, int minor) {

    /** The attribute of a jar's manifest that names it. */
    public static final String ATTRIBUTE = "Auto-Usb-Attach-Api";

    /** This program's. */
    public static final ApiVersion CURRENT = new ApiVersion(0, 1);

    private static final Pattern FORM = Pattern.compile("([0-9]{1,4})\\.([0-9]{1,4})(?:[.-].{0,100})?");

    /**
     * Reads a version.
     *
     * @param text major and minor, and anything after another point or hyphen
     * @return the version, or empty if it is none
     */
    public static Optional<ApiVersion> parse(String text) {
        Matcher match = FORM.matcher(text);
        return match.matches()
                ? Optional.of(new ApiVersion(Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2))))
                : Optional.empty();
    }

    /**
     * Whether an adapter that was written for another version works with this one.
     *
     * @param written the version it was written for
     * @return true if all that it may use is there
     */
    public boolean supports(ApiVersion written) {
        return major == written.major && (major == 0 ? minor == written.minor : minor >= written.minor);
    }

    /** Major and minor. */
    @Override
    public String toString() {
        return major + "." + minor;
    }
}
