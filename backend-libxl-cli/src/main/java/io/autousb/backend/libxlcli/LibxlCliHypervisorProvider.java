package io.autousb.backend.libxlcli;

import io.autousb.api.Availability;
import io.autousb.api.Finding;
import io.autousb.api.HypervisorProvider;
import io.autousb.api.OptionValues;
import io.autousb.api.ProviderContext;
import io.autousb.domain.port.Hypervisor;
import io.autousb.xen.doctor.XenDoctor;
import io.autousb.xen.guest.XenAdapter;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.host.XenHost;
import io.autousb.xen.host.XenProbe;
import io.autousb.xen.monitor.LibxlMonitor;
import io.autousb.xen.repair.DeviceModels;
import io.autousb.xen.repair.HostReader;
import io.autousb.xen.repair.LibxlDeviceModels;
import io.autousb.xen.store.XenstoreAddress;
import io.autousb.xen.store.XenstoreClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Entry point of the hypervisor {@code xl}. */
public final class LibxlCliHypervisorProvider implements HypervisorProvider {

    /** Where programs are looked for ({@link io.autousb.api.CommandRunner}). */
    private static final List<String> FOLDERS =
            List.of("usr/local/sbin", "usr/local/bin", "usr/sbin", "usr/bin", "sbin", "bin");

    /** Does nothing: ServiceLoader calls it. */
    public LibxlCliHypervisorProvider() {}

    @Override
    public String name() {
        return XenAdapter.XL.adapterName();
    }

    @Override
    public String description() {
        return "Xen guests, HVM and PV, through the program xl";
    }

    @Override
    public Availability probe(ProviderContext context) {
        Availability xen = new XenProbe(context.root(), System.getenv()).look();
        boolean installed = FOLDERS.stream()
                .map(folder -> context.root().resolve(folder).resolve("xl"))
                .anyMatch(Files::isExecutable);
        return installed || !xen.isAvailable()
                ? xen
                : Availability.unavailable(
                        "there is no program xl",
                        "install Xen's tools (Debian: xen-utils), of the version of Xen that runs");
    }

    @Override
    public List<Finding> examine(ProviderContext context, Set<String> guests, Duration timeout) {
        return XenDoctor.examine(context, guests, timeout);
    }

    /** As that of xen-qmp, which serves the guests that this one leaves alone. */
    @Override
    public String platform() {
        return XenGuest.AUTHORITY;
    }

    @Override
    public int priority() {
        return 70;
    }

    @Override
    public Hypervisor create(OptionValues options, ProviderContext context) {
        Path root = context.root();
        XenHost xen = new XenHost(
                () -> XenstoreClient.open(XenstoreAddress.find(root, System.getenv())),
                root,
                context.clock(),
                (spec, guest) -> spec.named() || XenAdapter.of(guest) == XenAdapter.XL);
        DeviceModels models = (guest, deadline) ->
                new LibxlDeviceModels(new LibxlMonitor(xen.store(), root), root).open(guest, deadline);
        return new LibxlCliHypervisor(xen, models, HostReader.of(root), context.commands(), context.clock());
    }
}
