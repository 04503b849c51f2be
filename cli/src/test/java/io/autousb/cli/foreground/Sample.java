package io.autousb.cli.foreground;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.model.UsbId;
import io.autousb.domain.model.UsbSpeed;
import io.autousb.domain.plan.Decision;
import io.autousb.domain.plan.Decision.Status;
import io.autousb.domain.plan.Plan;
import io.autousb.domain.plan.PlanStep;
import io.autousb.domain.policy.Assignment;
import io.autousb.domain.policy.Assignment.Origin;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.runtime.EngineEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Events as the engine makes them. */
final class Sample {

    static final Guest GUEST = new Guest(new GuestId("sim", "g1"), "g1", "1", GuestState.RUNNING);
    static final GuestPort PORT = new GuestPort("xhci.0", 4, Set.of(UsbSpeed.FULL), true);
    static final Duration TOOK = Duration.ofMillis(12);

    private Sample() {}

    static UsbDevice device(String path, String product) {
        return UsbDevice.builder(
                        PortPath.parse(path),
                        new DeviceAddress(2, 7),
                        Generation.of(path, new DeviceAddress(2, 7), 1, "boot"),
                        UsbId.parse("0627:0001"))
                .strings(null, product, null)
                .build();
    }

    static UsbDevice keyboard() {
        return device("2-1.2", "QEMU USB Keyboard");
    }

    static Attachment attachment() {
        return Attachment.builder(GUEST.id(), "aua-1").port(PORT).ours(true).build();
    }

    static PlanStep.Attach attach(UsbDevice device) {
        return new PlanStep.Attach(GUEST, device, PORT, "hub or port 2-1");
    }

    static PlanStep.Detach detach(UsbDevice device) {
        return new PlanStep.Detach(GUEST, attachment(), device, false, "no guest is to have it any more");
    }

    static EngineEvent attached(UsbDevice device) {
        return new EngineEvent.Attached(attach(device), attachment(), TOOK);
    }

    static EngineEvent detached(UsbDevice device) {
        return new EngineEvent.Detached(detach(device), TOOK);
    }

    static EngineEvent decided(UsbDevice device, Status status, String reason) {
        Assignment assignment = new Assignment(device.generation(), "g1", Origin.HUB_LIST, reason);
        return new EngineEvent.Decided(new Decision(device, Optional.of(assignment), status, reason));
    }

    static EngineEvent ready(PlanStep... steps) {
        return new EngineEvent.Ready(new Plan(List.of(steps), List.of(), List.of(), OptionalLong.empty()));
    }

    static BackendException failure(String code, Retry retry) {
        return BackendException.of(code, "QEMU said no")
                .where("/run/q.sock")
                .remedy("ask it again")
                .retry(retry)
                .build();
    }
}
