package io.autousb.backend.udev;

import io.autousb.api.Availability;
import io.autousb.api.DeviceSourceProvider;
import io.autousb.api.Option;
import io.autousb.api.OptionValues;
import io.autousb.api.ProviderContext;
import io.autousb.domain.port.DeviceSource;
import io.autousb.linux.NetlinkUeventSocket;
import io.autousb.linux.SysfsProbe;
import io.autousb.linux.UeventSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Provides the device source {@code udev}. */
public final class UdevDeviceSourceProvider implements DeviceSourceProvider {

    private static final String RESCAN_INTERVAL = "rescan-interval";
    private static final List<Option> OPTIONS = List.of(new Option(
            RESCAN_INTERVAL,
            Option.Type.DURATION,
            Optional.of("60s"),
            "how often everything is read anew, in case an event was lost without a trace; 0s for never"));
    private static final int PRIORITY = 50;

    private final UeventSocket.Opener opener;

    /** For {@link java.util.ServiceLoader}. */
    public UdevDeviceSourceProvider() {
        this(NetlinkUeventSocket::open);
    }

    /** With another kind of socket, for tests. */
    UdevDeviceSourceProvider(UeventSocket.Opener opener) {
        this.opener = opener;
    }

    @Override
    public String name() {
        return "udev";
    }

    @Override
    public String description() {
        return "the events of the kernel and of udev, by netlink";
    }

    @Override
    public List<Option> options() {
        return OPTIONS;
    }

    @Override
    public Availability probe(ProviderContext context) {
        Availability sysfs = SysfsProbe.probe(context);
        if (!sysfs.isAvailable()) {
            return sysfs;
        }
        try {
            opener.open().close();
            return Availability.AVAILABLE;
        } catch (IOException e) {
            return Availability.unavailable(
                    "the kernel's uevents cannot be heard: " + e.getMessage(),
                    "allow AF_NETLINK to this program (RestrictAddressFamilies=), or use sysfs-poll");
        } catch (LinkageError e) {
            return Availability.unavailable(
                    "JNA cannot load its native library: " + e.getMessage(),
                    "set -Djna.tmpdir to a folder from which programs may be run, or use sysfs-poll");
        }
    }

    @Override
    public int priority() {
        return PRIORITY;
    }

    @Override
    public DeviceSource create(OptionValues options, ProviderContext context) {
        Duration rescanInterval = options.duration(RESCAN_INTERVAL).orElseThrow();
        return new UdevDeviceSource(opener, context.root(), context.scheduler(), rescanInterval);
    }
}
