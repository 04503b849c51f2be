package io.autousb.backend.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.port.BackendException;
import io.autousb.qmp.QmpEvent;
import io.autousb.qmp.QmpListener;

/** Turns QEMU's events into hints, and keeps what was learnt in a session true. */
final class MonitorEvents implements QmpListener {

    final Deletions deletions = new Deletions();
    final QomCache cache = new QomCache();
    final RefusedPorts refused = new RefusedPorts();
    private final GuestId id;
    private final MonitorConnector.Observer observer;

    MonitorEvents(GuestId id, MonitorConnector.Observer observer) {
        this.id = id;
        this.observer = observer;
    }

    @Override
    public void event(QmpEvent event) {
        switch (event.name()) {
            case "DEVICE_DELETED" -> deleted(event.data());
            case "DEVICE_UNPLUG_GUEST_ERROR" -> deletions.heard(event.data(), Deletions.Outcome.REFUSED);
            case "RESET" -> {
                observer.attachmentsMayHaveChanged(id);
                observer.stateMayHaveChanged();
            }
            case "STOP",
                    "RESUME",
                    "SHUTDOWN",
                    "POWERDOWN",
                    "SUSPEND",
                    "SUSPEND_DISK",
                    "WAKEUP",
                    "MIGRATION",
                    "WATCHDOG",
                    "GUEST_PANICKED" -> observer.stateMayHaveChanged();
            default -> {
                // says nothing of USB
            }
        }
    }

    private void deleted(JsonNode data) {
        cache.forget(data.path("path").asText());
        refused.clear();
        deletions.heard(data, Deletions.Outcome.DELETED);
        observer.attachmentsMayHaveChanged(id);
    }

    @Override
    public void ended(BackendException why) {
        deletions.end();
        observer.ended(why);
    }
}
