package io.autousb.backend.xenstore;

import io.autousb.api.Availability;
import io.autousb.api.Option;
import io.autousb.api.OptionValues;
import io.autousb.api.ProviderContext;
import io.autousb.api.StateStoreProvider;
import io.autousb.domain.port.StateStore;
import io.autousb.xen.store.XenstoreAddress;
import io.autousb.xen.store.XenstoreClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Provides the state store {@code xenstore}. */
public final class XenstoreStateStoreProvider implements StateStoreProvider {

    /** Less than a file has, which outlives the host. */
    private static final int PRIORITY = 40;

    private static final String ELSEWHERE =
            "run this in Xen's control domain, where xenstored runs; elsewhere use the state store file";

    private final Map<String, String> environment;

    /** For {@link java.util.ServiceLoader}. */
    public XenstoreStateStoreProvider() {
        this(System.getenv());
    }

    XenstoreStateStoreProvider(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    @Override
    public String name() {
        return "xenstore";
    }

    @Override
    public String description() {
        return "nodes of Xen's control domain, which outlive the program, not the host";
    }

    @Override
    public List<Option> options() {
        return List.of();
    }

    /** Looks for a place to connect to. Whether somebody answers there, and may be written to, shows when it is used. */
    @Override
    public Availability probe(ProviderContext context) {
        XenstoreAddress address = address(context);
        if (!address.exists()) {
            return Availability.unavailable("xenstore is not here (" + address + ")", ELSEWHERE);
        }
        if (address.candidates().stream().noneMatch(Files::isWritable)) {
            return Availability.unavailable("this user may not use xenstore (" + address + ")", "run as root");
        }
        if (isGuest(context.root())) {
            return Availability.unavailable("this is a Xen guest, not the control domain", ELSEWHERE);
        }
        return Availability.AVAILABLE;
    }

    /** A guest has the device too, if not the socket (Linux {@code drivers/xen/xenfs/super.c}, {@code capabilities_read}). */
    private static boolean isGuest(Path root) {
        try {
            return !Files.readString(root.resolve("proc/xen/capabilities")).contains("control_d");
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public int priority() {
        return PRIORITY;
    }

    @Override
    public StateStore create(OptionValues options, ProviderContext context) {
        XenstoreAddress address = address(context);
        return new XenstoreStateStore(() -> XenstoreClient.open(address));
    }

    private XenstoreAddress address(ProviderContext context) {
        return XenstoreAddress.find(context.root(), environment);
    }
}
