package io.autousb.qmp;

import io.autousb.domain.model.UntrustedText;

/**
 * QEMU's own answer that a command failed. The session goes on.
 *
 * <p>The description is for people: the specification forbids to rely on it (QEMU {@code
 * docs/interop/qmp-spec.rst}, "Error").
 */
public final class QmpErrorException extends RuntimeException {

    /** The class for a device, path or type that does not exist. */
    public static final String DEVICE_NOT_FOUND = "DeviceNotFound";
    /** The class for a command that this QEMU does not have. */
    public static final String COMMAND_NOT_FOUND = "CommandNotFound";

    private static final long serialVersionUID = 1L;

    private final String errorClass;
    private final String description;

    /**
     * Makes the exception.
     *
     * @param command what failed
     * @param errorClass its class
     * @param description what QEMU says to people
     */
    public QmpErrorException(QmpCommand command, String errorClass, String description) {
        super(command + ": " + UntrustedText.of(errorClass) + ": " + UntrustedText.of(description));
        this.errorClass = errorClass;
        this.description = description;
    }

    /**
     * Whether it is of a certain class.
     *
     * @param other the class's name
     * @return true if the names are equal
     */
    public boolean is(String other) {
        return errorClass.equals(other);
    }

    /**
     * What QEMU says to people.
     *
     * @return the text
     */
    public UntrustedText description() {
        return UntrustedText.of(description);
    }
}
