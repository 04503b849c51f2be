package io.autousb.xen.guest;

import io.autousb.xen.store.XenstorePath;

/** Where xenstore keeps what belongs to a domain. Pure. */
public final class XenNodes {

    /** The domains that there are, by domid. */
    public static final XenstorePath DOMAINS = XenstorePath.of("/local/domain");

    private static final XenstorePath LIBXL = XenstorePath.of("/libxl");

    private XenNodes() {}

    /**
     * A domain's own nodes, which it may read.
     *
     * @param domid the domain
     * @return {@code /local/domain/<domid>}
     */
    public static XenstorePath domain(int domid) {
        return DOMAINS.child(domid);
    }

    /**
     * What libxl keeps of a domain, out of the domain's sight. Removed as a whole when the domain ends, and
     * before another one gets the domid ({@code libxl_domain.c}, {@code devices_destroy_cb}; {@code
     * libxl_create.c}, {@code libxl__domain_make}).
     *
     * @param domid the domain
     * @return {@code /libxl/<domid>}
     */
    public static XenstorePath libxl(int domid) {
        return LIBXL.child(domid);
    }

    /**
     * Where backends of the control domain keep what they serve a domain.
     *
     * @param kind the kind of backend, such as {@code qusb}
     * @param domid the domain that is served
     * @return {@code /local/domain/0/backend/<kind>/<domid>}
     */
    public static XenstorePath backend(String kind, int domid) {
        return domain(0).child("backend").child(kind).child(domid);
    }

    /**
     * What a device model says of itself.
     *
     * @param host the domain that the device model runs in: 0, or a stub domain
     * @param domid the domain that it serves
     * @return {@code /local/domain/<host>/device-model/<domid>}
     */
    public static XenstorePath deviceModel(int host, int domid) {
        return domain(host).child("device-model").child(domid);
    }
}
