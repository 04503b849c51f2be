package io.autousb.xen.repair;

import com.fasterxml.jackson.databind.JsonNode;
import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.qmp.QmpCommand;
import io.autousb.qmp.QmpErrorException;
import io.autousb.qmp.QmpSession;
import io.autousb.xen.vusb.VusbPortId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks at, and deletes, what a device model has, over a QMP session. What QEMU answers is bounded, and left out where it is
 * of no form that is known.
 */
public final class QmpObjects implements DeviceModels.Session {

    private static final String NAMED = "/machine/peripheral";
    /** A guest has a few dozen. */
    private static final int MAX_OBJECTS = 1024;

    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final Pattern CONTROLLER = Pattern.compile("xenusb-(0|[1-9][0-9]{0,8})");
    private static final Pattern BUS = Pattern.compile("(?:.*/)?xenusb-(0|[1-9][0-9]{0,8})\\.0");
    private static final Pattern PORT = Pattern.compile("[1-9][0-9]{0,2}");
    private static final Pattern NODE = Pattern.compile("/dev/bus/usb/([0-9]{3})/([0-9]{3})");

    private final QmpSession session;
    private final Object where;
    private final Runnable afterwards;

    /**
     * Uses a session.
     *
     * @param session the session
     * @param where what to call it in messages
     * @param afterwards what to do when this is closed, such as to close the session; does not fail
     */
    public QmpObjects(QmpSession session, Object where, Runnable afterwards) {
        this.session = session;
        this.where = where;
        this.afterwards = afterwards;
    }

    @Override
    public List<UsbObject> objects(Deadline deadline) {
        List<UsbObject> objects = new ArrayList<>();
        for (JsonNode child : named(deadline)) {
            String id = child.path("name").asText();
            Matcher controller = CONTROLLER.matcher(id);
            if (child.path("type").asText().equals("child<usb-host>")) {
                objects.add(device(id, deadline));
            } else if (controller.matches()) {
                objects.add(new UsbObject.Controller(Integer.parseInt(controller.group(1))));
            }
        }
        return objects;
    }

    private List<JsonNode> named(Deadline deadline) {
        JsonNode list = execute(QmpCommand.query("qom-list").with("path", NAMED), deadline);
        if (!list.isArray() || list.size() > MAX_OBJECTS) {
            throw BackendException.of(BackendException.PROTOCOL, "QEMU does not list its objects")
                    .where(where)
                    .build();
        }
        List<JsonNode> children = new ArrayList<>();
        list.forEach(children::add);
        return children;
    }

    private UsbObject device(String id, Deadline deadline) {
        return new UsbObject.HostDevice(id, port(id, deadline), address(id, deadline));
    }

    private Optional<VusbPortId> port(String id, Deadline deadline) {
        Matcher bus = BUS.matcher(get(id, "parent_bus", deadline).asText());
        String port = get(id, "port", deadline).asText();
        return bus.matches() && PORT.matcher(port).matches()
                ? Optional.of(new VusbPortId(Integer.parseInt(bus.group(1)), Integer.parseInt(port)))
                : Optional.empty();
    }

    /** Of one that takes whatever matches, none (QEMU {@code hw/usb/host-libusb.c}, {@code usb_host_realize}). */
    private Optional<DeviceAddress> address(String id, Deadline deadline) {
        String hostdevice = get(id, "hostdevice", deadline).asText();
        if (!hostdevice.isEmpty()) {
            Matcher node = NODE.matcher(hostdevice);
            return node.matches()
                    ? address(Integer.parseInt(node.group(1)), Integer.parseInt(node.group(2)))
                    : Optional.empty();
        }
        boolean exact = get(id, "hostport", deadline).asText().isEmpty()
                && get(id, "vendorid", deadline).asInt() == 0
                && get(id, "productid", deadline).asInt() == 0;
        return exact
                ? address(
                        get(id, "hostbus", deadline).asInt(),
                        get(id, "hostaddr", deadline).asInt())
                : Optional.empty();
    }

    private static Optional<DeviceAddress> address(int bus, int device) {
        try {
            return Optional.of(new DeviceAddress(bus, device));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private JsonNode get(String id, String property, Deadline deadline) {
        return execute(
                QmpCommand.query("qom-get").with("path", NAMED + "/" + id).with("property", property), deadline);
    }

    @Override
    public void delete(String id, Deadline deadline) {
        try {
            JsonNode ignored = session.execute(
                    QmpCommand.change("device_del").with("id", id).build(), deadline);
        } catch (QmpErrorException e) {
            // Another one may be at it already: what there is tells.
            if (!e.is(QmpErrorException.DEVICE_NOT_FOUND) && !isBeingDeleted(e)) {
                throw refused(e);
            }
        }
        awaitGone(id, deadline);
    }

    /** Not by its event: one that another client asked for has come and gone by now. */
    private void awaitGone(String id, Deadline deadline) {
        while (isThere(id, deadline)) {
            if (deadline.remainingNanos() == 0) {
                throw BackendException.of(BackendException.TIMEOUT, "QEMU has not let a device go in time")
                        .where(where + ", " + UntrustedText.of(id))
                        .outcomeUnknown()
                        .build();
            }
            LockSupport.parkNanos(Math.min(PAUSE.toNanos(), deadline.remainingNanos()));
        }
    }

    private boolean isThere(String id, Deadline deadline) {
        try {
            return named(deadline).stream()
                    .anyMatch(child -> child.path("name").asText().equals(id));
        } catch (BackendException e) {
            throw e.again().outcomeUnknown().build();
        }
    }

    private static boolean isBeingDeleted(QmpErrorException e) {
        return e.description().raw().contains("in the process of unplug");
    }

    private JsonNode execute(QmpCommand.Builder command, Deadline deadline) {
        try {
            return session.execute(command.build(), deadline);
        } catch (QmpErrorException e) {
            throw refused(e);
        }
    }

    private BackendException refused(QmpErrorException e) {
        return BackendException.of(BackendException.REFUSED, "QEMU says \"" + e.description() + "\"")
                .where(where)
                .cause(e)
                .build();
    }

    @Override
    public void close() {
        afterwards.run();
    }
}
