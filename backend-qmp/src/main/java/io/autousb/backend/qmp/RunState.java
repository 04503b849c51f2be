package io.autousb.backend.qmp;

import io.autousb.domain.model.GuestState;

/** Reads the status of {@code query-status} (QEMU {@code qapi/run-state.json}, {@code RunState}). Pure. */
final class RunState {

    private RunState() {}

    static GuestState parse(String status) {
        return switch (status) {
            case "running", "debug" -> GuestState.RUNNING;
            // A watchdog or a panic may pause the guest by its administrator's wish: it can go on.
            case "paused", "io-error", "watchdog", "guest-panicked" -> GuestState.PAUSED;
            case "prelaunch" -> GuestState.PRELAUNCH;
            case "suspended" -> GuestState.SUSPENDED;
            case "shutdown", "internal-error" -> GuestState.STOPPED;
            case "inmigrate", "postmigrate", "finish-migrate", "save-vm", "restore-vm", "colo" -> GuestState.TRANSIENT;
            default -> GuestState.UNKNOWN;
        };
    }
}
