package io.autousb.xen.vusb;

import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UntrustedText;
import java.util.Optional;

/**
 * A port as xenstore has it.
 *
 * @param id which port
 * @param value "" if it is free, otherwise what is on it: the host's bus id, such as {@code 3-1.5}; empty if
 *     there is no such node, which libxl does not take for free
 */
public record VusbPort(VusbPortId id, Optional<UntrustedText> value) {

    /**
     * A port with nothing on it.
     *
     * @param id which port
     * @return a free port
     */
    public static VusbPort free(VusbPortId id) {
        return new VusbPort(id, Optional.of(UntrustedText.of("")));
    }

    /**
     * Whether libxl would use it for the next device.
     *
     * @return true if its value is ""
     */
    public boolean isFree() {
        return value.filter(text -> text.raw().isEmpty()).isPresent();
    }

    /**
     * Whether something is on it.
     *
     * @return true if it has a value that is not ""
     */
    public boolean isTaken() {
        return value.filter(text -> !text.raw().isEmpty()).isPresent();
    }

    /**
     * The host port whose device is on it.
     *
     * @return the bus id; empty if it is not taken, or by something that is no bus id
     */
    public Optional<PortPath> device() {
        return value.flatMap(text -> PortPath.tryParse(text.raw())).filter(path -> !path.isRootHub());
    }
}
