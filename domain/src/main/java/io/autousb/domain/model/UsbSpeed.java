package io.autousb.domain.model;

/** The speed a device was enumerated at. */
public enum UsbSpeed {
    /** 1.5 Mb/s. */
    LOW("1.5"),
    /** 12 Mb/s. */
    FULL("12"),
    /** 480 Mb/s. */
    HIGH("480"),
    /** 5 Gb/s. */
    SUPER("5000"),
    /** 10 Gb/s or more. */
    SUPER_PLUS("10000"),
    /** The host does not say. */
    UNKNOWN("unknown");

    private final String megabits;

    UsbSpeed(String megabits) {
        this.megabits = megabits;
    }

    /**
     * Reads sysfs' {@code speed} attribute (Linux {@code drivers/usb/core/sysfs.c}, {@code
     * speed_show}).
     *
     * @param text megabits per second, such as {@code 480}
     * @return the speed, {@link #UNKNOWN} for anything else
     */
    public static UsbSpeed parse(String text) {
        for (UsbSpeed speed : values()) {
            if (speed.megabits.equals(text)) {
                return speed;
            }
        }
        return text.equals("20000") ? SUPER_PLUS : UNKNOWN;
    }

    /** Megabits per second as sysfs prints them, or {@code unknown}. */
    @Override
    public String toString() {
        return megabits;
    }
}
