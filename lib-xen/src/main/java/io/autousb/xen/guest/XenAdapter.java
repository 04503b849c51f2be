package io.autousb.xen.guest;

/**
 * Which hypervisor adapter serves a guest of Xen that the configuration leaves to itself. Asked by all of
 * them, so that a guest belongs to exactly one.
 */
public enum XenAdapter {
    /** Speaks to the device model by QMP. */
    XEN_QMP("xen-qmp"),
    /** Drives the program {@code xl}. */
    XL("xl");

    private final String adapterName;

    XenAdapter(String adapterName) {
        this.adapterName = adapterName;
    }

    /**
     * The name of its provider.
     *
     * @return {@code xen-qmp} or {@code xl}
     */
    public String adapterName() {
        return adapterName;
    }

    /**
     * Who serves a guest by default.
     *
     * @param guest the guest, built: what decides is said of a guest before its device model runs, and does not
     *     change after that
     * @return {@link #XEN_QMP} for HVM with a QEMU that can open the host's devices; {@link #XL} for PV and PVH,
     *     and for HVM whose device model is in a stub domain, is no root, or has no QMP
     */
    public static XenAdapter of(XenGuest guest) {
        boolean qmp = guest.type() == XenGuest.Type.HVM && guest.deviceModel().reachesHostDevices();
        return qmp ? XEN_QMP : XL;
    }
}
