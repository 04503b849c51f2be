package io.autousb.domain.model;

import java.util.Optional;

/**
 * A port of a hub, whether or not something is plugged in.
 *
 * @param path the place of whatever is plugged in here
 * @param peer the other half of the same socket: the USB 3 twin of a USB 2 port and the reverse (Linux
 *     {@code drivers/usb/core/port.c}, {@code peer})
 */
public record Port(PortPath path, Optional<PortPath> peer) {}
