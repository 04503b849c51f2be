package io.autousb.backend.sim;

/** Ways in which an administrator attaches a device without this program. */
public enum HandMade {
    /** One device, under a name. */
    NAMED,
    /** One device, without a name. */
    ANONYMOUS,
    /** Whatever has the device's vendor and product, now and later. */
    REMATCHING
}
