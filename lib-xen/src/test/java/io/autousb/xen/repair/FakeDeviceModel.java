package io.autousb.xen.repair;

import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.xen.guest.XenGuest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A device model with objects, which can refuse anything. */
final class FakeDeviceModel implements DeviceModels {

    final List<UsbObject> objects = new ArrayList<>();
    final List<String> log = new ArrayList<>();
    Runnable beforeObjects = () -> {};
    Runnable afterDelete = () -> {};

    @Nullable
    BackendException refusesOpen;

    @Nullable
    BackendException refusesObjects;

    @Nullable
    BackendException refusesDelete;

    int open;

    /** What the last session was to be begun by. */
    Deadline lastDeadline = Deadline.NEVER;

    @Override
    public Session open(XenGuest guest, Deadline deadline) {
        log.add("open " + guest.domid());
        lastDeadline = deadline;
        refuse(refusesOpen);
        open++;
        return new Session() {
            @Override
            public List<UsbObject> objects(Deadline deadline) {
                refuse(refusesObjects);
                beforeObjects.run();
                return List.copyOf(objects);
            }

            @Override
            public void delete(String id, Deadline deadline) {
                log.add("delete " + id);
                refuse(refusesDelete);
                objects.removeIf(each -> each.id().equals(id));
                afterDelete.run();
            }

            @Override
            public void close() {
                open--;
            }
        };
    }

    private static void refuse(@Nullable BackendException why) {
        if (why != null) {
            throw why;
        }
    }
}
