package io.autousb.linux;

/**
 * Who sent a netlink message, by the kernel's word.
 *
 * @param portId the sender's netlink port ({@code nl_pid}); 0 for the kernel, arbitrary for udev
 * @param groups the multicast groups it was sent to
 * @param uid the sender's user, or -1 if the message came without credentials
 */
public record UeventSender(int portId, int groups, int uid) {

    /** The kernel's multicast group. */
    public static final int KERNEL_GROUP = 1;

    /** udev's multicast group. */
    public static final int UDEV_GROUP = 2;

    /**
     * Whether a message of this sender may be believed to be of that origin (systemd {@code
     * device_monitor_receive_device}). udev's workers have any port.
     *
     * @param origin what the message looks like
     * @return true if it is genuine, as far as can be told
     */
    public boolean isGenuine(Uevent.Origin origin) {
        return switch (origin) {
            case KERNEL -> groups == KERNEL_GROUP && portId == 0 && uid == 0;
            case UDEV -> groups == UDEV_GROUP && uid == 0;
        };
    }
}
