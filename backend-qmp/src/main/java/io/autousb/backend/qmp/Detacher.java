package io.autousb.backend.qmp;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.domain.port.DetachRequest;
import io.autousb.linux.Deadline;
import io.autousb.qmp.QmpCommand;
import io.autousb.qmp.QmpErrorException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Takes one device away. As libvirt does ({@code qemuDomainDeleteDevice}): gone already is success, the
 * event tells when it is gone, and if none comes the object tree decides.
 */
final class Detacher {

    private static final Duration LAST_LOOK = Duration.ofMillis(500);

    private Detacher() {}

    static void detach(MonitorLink link, DetachRequest request, Deadline deadline) {
        String handle = request.attachment().handle();
        try (Deletions.Expected deletion = link.deletions().expect(handle)) {
            if (ask(link, request, handle, deadline)) {
                await(link, request, deletion, deadline);
            }
        }
    }

    /** Asks QEMU to delete it; false if it is gone already. */
    private static boolean ask(MonitorLink link, DetachRequest request, String handle, Deadline deadline) {
        try {
            link.execute(QmpCommand.change("device_del").with("id", handle).build(), deadline);
            return true;
        } catch (QmpErrorException e) {
            if (e.is(QmpErrorException.DEVICE_NOT_FOUND)) {
                return false;
            }
            String text = e.description().raw().toLowerCase(Locale.ROOT);
            if (text.contains("in the process of unplug")) {
                return true;
            }
            Retry retry = text.contains("migrat") ? Retry.ON_CHANGE : Retry.BACK_OFF;
            throw QmpFailures.refusal(e, request.attachment(), BackendException.REFUSED, retry, "");
        }
    }

    private static void await(MonitorLink link, DetachRequest request, Deletions.Expected deletion, Deadline deadline) {
        Duration spare = request.timeout().dividedBy(4);
        Deadline patience = deadline.earlier(spare.compareTo(LAST_LOOK) < 0 ? spare : LAST_LOOK);
        switch (deletion.await(patience)) {
            case DELETED -> {
                // gone
            }
            case REFUSED ->
                throw failure(BackendException.REFUSED, "the guest did not let the device go", request)
                        .build();
            case PENDING, ENDED -> {
                if (isThere(link, request, deadline)) {
                    throw failure(BackendException.TIMEOUT, "QEMU has not let the device go in time", request)
                            .outcomeUnknown()
                            .build();
                }
            }
        }
    }

    private static BackendException.Builder failure(String code, String what, DetachRequest request) {
        return BackendException.of(code, what).where(request.attachment());
    }

    /** Whether it is still there, now that QEMU has agreed to delete it: without an answer only an inspection tells. */
    private static boolean isThere(MonitorLink link, DetachRequest request, Deadline deadline) {
        try {
            return isThere(link, request.attachment().handle(), deadline);
        } catch (BackendException e) {
            throw e.is(BackendException.GUEST_GONE)
                    ? e
                    : e.again().outcomeUnknown().build();
        }
    }

    private static boolean isThere(MonitorLink link, String handle, Deadline deadline) {
        boolean named = handle.indexOf('/') < 0;
        String container = named ? Qom.NAMED : handle.substring(0, Math.max(1, handle.lastIndexOf('/')));
        String name = handle.substring(handle.lastIndexOf('/') + 1);
        List<QomProperty> children = link.qom(deadline).list(container);
        return children.stream().anyMatch(child -> child.name().equals(name));
    }
}
