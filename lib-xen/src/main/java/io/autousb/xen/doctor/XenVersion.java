package io.autousb.xen.doctor;

import io.autousb.api.CommandOutput;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of Xen, and so of its {@code xl}.
 *
 * @param major as in {@code xen_major}
 * @param minor as in {@code xen_minor}
 * @param patch the first number of {@code xen_extra}; 0 where it has none, as in {@code -unstable}
 */
record XenVersion(int major, int minor, int patch) implements Comparable<XenVersion> {

    private static final Pattern MAJOR = Pattern.compile("(?m)^xen_major *: ([0-9]{1,4})$");
    private static final Pattern MINOR = Pattern.compile("(?m)^xen_minor *: ([0-9]{1,4})$");
    private static final Pattern EXTRA = Pattern.compile("(?m)^xen_extra *: \\.([0-9]{1,4})");

    /** From what {@code xl info} prints. */
    static Optional<XenVersion> parse(CommandOutput info) {
        Optional<Integer> major = number(MAJOR, info);
        Optional<Integer> minor = number(MINOR, info);
        return major.isEmpty() || minor.isEmpty()
                ? Optional.empty()
                : Optional.of(new XenVersion(
                        major.get(), minor.get(), number(EXTRA, info).orElse(0)));
    }

    private static Optional<Integer> number(Pattern pattern, CommandOutput info) {
        Matcher match = pattern.matcher(info.raw());
        return match.find() ? Optional.of(Integer.valueOf(match.group(1))) : Optional.empty();
    }

    boolean isBefore(int otherMajor, int otherMinor) {
        return compareTo(new XenVersion(otherMajor, otherMinor, 0)) < 0;
    }

    /**
     * Whether it sends numbers to QEMU as text, which QEMU refuses from 9.2 on (xen commits 49068c5f70, ac333dd662,
     * 6adc1004f7, 85e12104f4: mended in 4.19.5, 4.20.3, 4.21.1 and 4.22.0).
     */
    boolean sendsNumbersAsText() {
        if (major != 4 || minor > 21) {
            return major < 4;
        }
        return switch (minor) {
            case 21 -> patch < 1;
            case 20 -> patch < 3;
            case 19 -> patch < 5;
            default -> true;
        };
    }

    @Override
    public int compareTo(XenVersion other) {
        int majors = Integer.compare(major, other.major);
        int minors = Integer.compare(minor, other.minor);
        return majors != 0 ? majors : minors != 0 ? minors : Integer.compare(patch, other.patch);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
