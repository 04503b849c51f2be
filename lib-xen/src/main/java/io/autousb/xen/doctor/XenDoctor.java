package io.autousb.xen.doctor;

import io.autousb.api.Finding;
import io.autousb.api.ProviderContext;
import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.xen.guest.DomainReader;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.monitor.DedicatedMonitors;
import io.autousb.xen.repair.HostReader;
import io.autousb.xen.store.NodeReader;
import io.autousb.xen.store.Xenstore;
import io.autousb.xen.store.XenstoreAddress;
import io.autousb.xen.store.XenstoreClient;
import io.autousb.xen.vusb.VusbLedger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Examines a Xen host for any adapter: xenstored, {@code xl} and its known faults, and each guest. The whole of a
 * provider's {@link io.autousb.api.Provider#examine}:
 *
 * <pre>{@code
 * return XenDoctor.examine(context, guests, timeout);
 * }</pre>
 */
public final class XenDoctor {

    /** As long as libxl waits for a device model. */
    private static final Duration XL_TIMEOUT = Duration.ofSeconds(12);

    private final ProviderContext context;
    private final Set<String> wanted;
    private final Deadline deadline;

    XenDoctor(ProviderContext context, Set<String> wanted, Duration timeout) {
        this.context = context;
        this.wanted = wanted;
        this.deadline = Deadline.after(timeout);
    }

    /**
     * Looks at this host. Changes nothing, and speaks to no device model.
     *
     * @param context what the core lends
     * @param guests the names or domids of the guests to look at; none for all that there are
     * @param timeout how long it may take
     * @return what was found
     */
    public static List<Finding> examine(ProviderContext context, Set<String> guests, Duration timeout) {
        XenstoreAddress address = XenstoreAddress.find(context.root(), System.getenv());
        if (!address.exists()) {
            return List.of(Finding.problem(
                    "xenstored cannot be reached: there is none of its sockets",
                    address,
                    "run this in Xen's control domain, with the service xenstored running"));
        }
        try (Xenstore store = XenstoreClient.open(address)) {
            return new XenDoctor(context, guests, timeout).examine(store, address);
        }
    }

    List<Finding> examine(Xenstore store, Object where) {
        List<Finding> findings = new ArrayList<>();
        try {
            List<XenGuest> guests = guests(store.by(deadline));
            findings.add(Finding.ok("xenstored answers", where));
            findings.addAll(xl());
            findings.addAll(guests(guests, store));
        } catch (BackendException e) {
            findings.add(Finding.problem(e.what(), e.where(), remedy(e)));
            findings.addAll(xl());
        }
        return findings;
    }

    private List<Finding> xl() {
        Duration left = deadline.remaining();
        return new XlExamination(context.commands()).examine(left.compareTo(XL_TIMEOUT) < 0 ? left : XL_TIMEOUT);
    }

    private static List<XenGuest> guests(NodeReader nodes) {
        return DomainReader.domids(nodes).stream()
                .flatMap(domid -> DomainReader.read(nodes, domid).stream())
                .toList();
    }

    private List<Finding> guests(List<XenGuest> guests, Xenstore store) {
        GuestExamination each = new GuestExamination(
                new VusbLedger(store),
                new DedicatedMonitors(context.root()),
                HostReader.of(context.root()),
                new XenDomains(context.root()).saves());
        List<Finding> findings = new ArrayList<>();
        for (XenGuest guest : guests) {
            if (isWanted(guest)) {
                findings.addAll(guest(guest, each));
            }
        }
        return findings;
    }

    private boolean isWanted(XenGuest guest) {
        return wanted.isEmpty()
                || wanted.contains(guest.name().raw())
                || wanted.contains(Integer.toString(guest.domid()));
    }

    private List<Finding> guest(XenGuest guest, GuestExamination examination) {
        try {
            return examination.examine(guest, deadline);
        } catch (BackendException e) {
            // One that has just gone is no finding.
            return e.is(BackendException.GUEST_GONE)
                    ? List.of()
                    : List.of(Finding.problem(
                            "cannot be examined: " + e.what(),
                            guest + (e.where().isEmpty() ? "" : ", " + e.where()),
                            remedy(e)));
        }
    }

    private static String remedy(BackendException e) {
        return e.remedy().isEmpty() ? "see what the log of xenstored says: " + UntrustedText.of(e.code()) : e.remedy();
    }
}
