package io.autousb.domain.model;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A device as the host sees it, hubs included.
 *
 * @param path where it is plugged in
 * @param address its address during this stay
 * @param generation this stay
 * @param id vendor and product
 * @param usbClass the device's class triple
 * @param interfaces the active configuration's interfaces; empty while it has none
 * @param speed the speed it was enumerated at
 * @param manufacturer the string descriptor, if there is one and it could be read
 * @param product likewise
 * @param serial likewise
 * @param removable false if the firmware says that it is wired in; true also where it says nothing
 * @param authorized false while the host refuses to configure it (USBGuard, {@code authorized})
 * @param initialized whether the host is done with it: on Linux, whether udev has set the device
 *     node's rights; true where no udev runs
 */
public record UsbDevice(
        PortPath path,
        DeviceAddress address,
        Generation generation,
        UsbId id,
        UsbClass usbClass,
        List<UsbInterface> interfaces,
        UsbSpeed speed,
        Optional<UntrustedText> manufacturer,
        Optional<UntrustedText> product,
        Optional<UntrustedText> serial,
        boolean removable,
        boolean authorized,
        boolean initialized) {

    /** Copies the list. */
    public UsbDevice {
        interfaces = List.copyOf(interfaces);
    }

    /**
     * Whether this is a hub. Linux drives a hub interface of a device of any class (Linux {@code
     * drivers/usb/core/hub.c}, {@code hub_id_table}).
     *
     * @return true if the device or one of its interfaces has class {@code 09}
     */
    public boolean isHub() {
        return usbClass.code() == UsbClass.HUB
                || interfaces.stream().anyMatch(it -> it.usbClass().code() == UsbClass.HUB);
    }

    /**
     * Whether the device can be used at all: authorized, and with a configuration.
     *
     * @return false while handing it to a guest would be in vain
     */
    public boolean isReady() {
        return authorized && !interfaces.isEmpty();
    }

    /**
     * Whether a driver of the host is bound to one of its interfaces.
     *
     * @return true if one is
     */
    public boolean heldByHost() {
        return interfaces.stream().anyMatch(UsbInterface::heldByHost);
    }

    /** Place, id and product for a person: {@code 1-1.4 046d:c31c "USB Keyboard"}, safe to print. */
    @Override
    public String toString() {
        return path + " " + id + product.map(text -> " \"" + text + "\"").orElse("");
    }

    /**
     * Starts a device from what every one has.
     *
     * @param path where it is plugged in
     * @param address its address
     * @param generation this stay
     * @param id vendor and product
     * @return a builder for an authorized, initialized, full-speed device without interfaces or strings
     */
    public static Builder builder(PortPath path, DeviceAddress address, Generation generation, UsbId id) {
        return new Builder(path, address, generation, id);
    }

    /** Collects what a device has. Not thread-safe. */
    public static final class Builder {
        private final PortPath path;
        private final DeviceAddress address;
        private final Generation generation;
        private final UsbId id;
        private UsbClass usbClass = new UsbClass(0, 0, 0);
        private List<UsbInterface> interfaces = List.of();
        private UsbSpeed speed = UsbSpeed.FULL;
        private @Nullable UntrustedText manufacturer;
        private @Nullable UntrustedText product;
        private @Nullable UntrustedText serial;
        private boolean removable = true;
        private boolean authorized = true;
        private boolean initialized = true;

        private Builder(PortPath path, DeviceAddress address, Generation generation, UsbId id) {
            this.path = Objects.requireNonNull(path);
            this.address = Objects.requireNonNull(address);
            this.generation = Objects.requireNonNull(generation);
            this.id = Objects.requireNonNull(id);
        }

        /**
         * Sets the class triple.
         *
         * @param value the device's class
         * @return this
         */
        public Builder usbClass(UsbClass value) {
            usbClass = value;
            return this;
        }

        /**
         * Sets the interfaces.
         *
         * @param value those of the active configuration
         * @return this
         */
        public Builder interfaces(List<UsbInterface> value) {
            interfaces = value;
            return this;
        }

        /**
         * Sets the speed.
         *
         * @param value the speed
         * @return this
         */
        public Builder speed(UsbSpeed value) {
            speed = value;
            return this;
        }

        /**
         * Sets the three string descriptors.
         *
         * @param newManufacturer the manufacturer, null if there is none
         * @param newProduct the product, null if there is none
         * @param newSerial the serial number, null if there is none
         * @return this
         */
        public Builder strings(
                @Nullable String newManufacturer, @Nullable String newProduct, @Nullable String newSerial) {
            manufacturer = wrap(newManufacturer);
            product = wrap(newProduct);
            serial = wrap(newSerial);
            return this;
        }

        /**
         * Sets whether the device can be unplugged.
         *
         * @param value false if the firmware says that it is wired in
         * @return this
         */
        public Builder removable(boolean value) {
            removable = value;
            return this;
        }

        /**
         * Sets whether the host has authorized the device.
         *
         * @param value false if it has not
         * @return this
         */
        public Builder authorized(boolean value) {
            authorized = value;
            return this;
        }

        /**
         * Sets whether the host is done with the device.
         *
         * @param value false while udev has yet to run
         * @return this
         */
        public Builder initialized(boolean value) {
            initialized = value;
            return this;
        }

        /**
         * Makes the device.
         *
         * @return the device
         */
        public UsbDevice build() {
            return new UsbDevice(
                    path,
                    address,
                    generation,
                    id,
                    usbClass,
                    interfaces,
                    speed,
                    Optional.ofNullable(manufacturer),
                    Optional.ofNullable(product),
                    Optional.ofNullable(serial),
                    removable,
                    authorized,
                    initialized);
        }

        private static @Nullable UntrustedText wrap(@Nullable String text) {
            return text == null ? null : UntrustedText.of(text);
        }
    }
}
