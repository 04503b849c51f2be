package io.autousb.xen.doctor;

import io.autousb.api.Examination;
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

/**
 * Examines a Xen host for any adapter: xenstored, {@code xl} and its known faults, and each guest. The whole of a
 * provider's {@link io.autousb.api.Provider#examine}:
 *
 * <pre>{@code
 * return XenDoctor.examine(examination);
 * }</pre>
 */
public final class XenDoctor {

    /** As long as libxl waits for a device model. */
    private static final Duration XL_TIMEOUT = Duration.ofSeconds(12);

    private XenDoctor() {}

    /**
     * Looks at this host. Changes nothing, and speaks to no device model.
     *
     * @param examination what to look at
     * @return what was found
     */
    public static List<Finding> examine(Examination examination) {
        XenstoreAddress address = XenstoreAddress.find(examination.context().root(), System.getenv());
        if (!address.exists()) {
            return List.of(Finding.problem(
                    "xenstored cannot be reached: there is none of its sockets",
                    address,
                    "run this in Xen's control domain, with the service xenstored running"));
        }
        try (Xenstore store = XenstoreClient.open(address)) {
            return examine(examination, store, address);
        }
    }

    static List<Finding> examine(Examination examination, Xenstore store, Object where) {
        Deadline deadline = Deadline.after(examination.timeout());
        List<Finding> findings = new ArrayList<>();
        try {
            List<XenGuest> guests = guests(store.by(deadline));
            findings.add(Finding.ok("xenstored answers", where));
            findings.addAll(xl(examination, deadline));
            findings.addAll(guests(guests, examination, store, deadline));
        } catch (BackendException e) {
            findings.add(Finding.problem(e.what(), e.where(), remedy(e)));
            findings.addAll(xl(examination, deadline));
        }
        return findings;
    }

    private static List<Finding> xl(Examination examination, Deadline deadline) {
        Duration left = deadline.remaining();
        return new XlExamination(examination.context().commands())
                .examine(left.compareTo(XL_TIMEOUT) < 0 ? left : XL_TIMEOUT);
    }

    private static List<XenGuest> guests(NodeReader nodes) {
        return DomainReader.domids(nodes).stream()
                .flatMap(domid -> DomainReader.read(nodes, domid).stream())
                .toList();
    }

    private static List<Finding> guests(
            List<XenGuest> guests, Examination examination, Xenstore store, Deadline deadline) {
        ProviderContext context = examination.context();
        GuestExamination each = new GuestExamination(
                new VusbLedger(store),
                new DedicatedMonitors(context.root()),
                HostReader.of(context.root()),
                new XenDomains(context.root()).saves());
        List<Finding> findings = new ArrayList<>();
        for (XenGuest guest : guests) {
            if (examination.covers(guest.name().raw()) || examination.covers(Integer.toString(guest.domid()))) {
                findings.addAll(guest(guest, each, deadline));
            }
        }
        return findings;
    }

    private static List<Finding> guest(XenGuest guest, GuestExamination examination, Deadline deadline) {
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
