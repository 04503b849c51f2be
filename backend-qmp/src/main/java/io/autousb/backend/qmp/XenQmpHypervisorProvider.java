package io.autousb.backend.qmp;

import io.autousb.api.Availability;
import io.autousb.api.Finding;
import io.autousb.api.HypervisorProvider;
import io.autousb.api.Option;
import io.autousb.api.OptionValues;
import io.autousb.api.ProviderContext;
import io.autousb.domain.port.Hypervisor;
import io.autousb.xen.doctor.XenDoctor;
import io.autousb.xen.guest.XenAdapter;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.host.XenProbe;
import io.autousb.xen.store.XenstoreAddress;
import io.autousb.xen.store.XenstoreClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Entry point of the hypervisor {@code xen-qmp}. */
public final class XenQmpHypervisorProvider implements HypervisorProvider {

    /** libxl itself gives up after 10 s, and waits while we have its monitor. */
    private static final Option GREETING_TIMEOUT = new Option(
            "greeting-timeout",
            Option.Type.DURATION,
            Optional.of("4s"),
            "how long a monitor may be silent before it counts as held by another client");

    private static final Option SOCKET = new Option(
            GuestSettings.SOCKET,
            Option.Type.PATH,
            Optional.empty(),
            "the guest's own QMP socket beside libxl's; found by the arguments of its device model if not given");

    /** Does nothing: ServiceLoader calls it. */
    public XenQmpHypervisorProvider() {}

    @Override
    public String name() {
        return XenAdapter.XEN_QMP.adapterName();
    }

    @Override
    public String description() {
        return "HVM guests of Xen through their device models' QMP monitors";
    }

    @Override
    public List<Option> options() {
        return List.of(GREETING_TIMEOUT);
    }

    @Override
    public List<Option> guestOptions() {
        return List.of(SOCKET);
    }

    @Override
    public Availability probe(ProviderContext context) {
        return new XenProbe(context.root(), System.getenv()).look();
    }

    @Override
    public int priority() {
        return 80;
    }

    @Override
    public String platform() {
        return XenGuest.AUTHORITY;
    }

    @Override
    public List<Finding> examine(ProviderContext context, Set<String> guests, Duration timeout) {
        return XenDoctor.examine(context, guests, timeout);
    }

    @Override
    public Hypervisor create(OptionValues options, ProviderContext context) {
        Duration greeting = options.duration(GREETING_TIMEOUT.name()).orElse(Duration.ofSeconds(4));
        Path root = context.root();
        return new XenQmpHypervisor(
                () -> XenstoreClient.open(XenstoreAddress.find(root, System.getenv())),
                root,
                context.clock(),
                greeting);
    }
}
