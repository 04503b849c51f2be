package io.autousb.runtime;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.plan.Decision;
import io.autousb.domain.plan.Plan;
import io.autousb.domain.plan.PlanStep;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.RepairNotice;
import java.time.Duration;
import java.util.Optional;

/** Something that the engine saw or did. All texts in it are safe to print. */
public sealed interface EngineEvent {

    /**
     * A device was plugged in, or was there at the start.
     *
     * @param device the device; never a hub
     */
    record DeviceSeen(UsbDevice device) implements EngineEvent {}

    /**
     * A device was unplugged.
     *
     * @param device the device as last seen
     */
    record DeviceGone(UsbDevice device) implements EngineEvent {}

    /**
     * A device's standing, or the reason for it, is another than before.
     *
     * @param decision what the planner made of it
     */
    record Decided(Decision decision) implements EngineEvent {}

    /**
     * A configured guest was not there when its hypervisors were first asked.
     *
     * @param guest the guest's name
     */
    record GuestAbsent(String guest) implements EngineEvent {}

    /**
     * Several hypervisors list a guest. Told again only when that has ended in between.
     *
     * @param guest the guest, as the one lists it that is left out
     * @param served the hypervisor that has it
     * @param leftOut the hypervisor that ranks lower and lists it too
     */
    record GuestContested(Guest guest, String served, String leftOut) implements EngineEvent {}

    /**
     * A guest is there: it was started, or was there at the start.
     *
     * @param guest the guest
     */
    record GuestUp(Guest guest) implements EngineEvent {}

    /**
     * A guest is a new instance, without what the old one had.
     *
     * @param guest the guest
     */
    record GuestRestarted(Guest guest) implements EngineEvent {}

    /**
     * A guest is not there any more.
     *
     * @param guest the guest as last seen
     */
    record GuestGone(Guest guest) implements EngineEvent {}

    /**
     * A guest does not let itself be looked at. Told again only when the cause changes.
     *
     * @param guest the guest
     * @param cause why
     */
    record GuestUnreachable(Guest guest, BackendException cause) implements EngineEvent {}

    /**
     * A call to a guest did not come back by its deadline. Nothing more is asked of the guest before it
     * does.
     *
     * @param guest the guest
     * @param doing what was being done
     */
    record GuestStuck(Guest guest, String doing) implements EngineEvent {}

    /**
     * A guest answers again after it was stuck or unreachable.
     *
     * @param guest the guest
     */
    record GuestAnswers(Guest guest) implements EngineEvent {}

    /**
     * A device is in a guest.
     *
     * @param step what was done
     * @param attachment what came of it
     * @param took how long the hypervisor took
     */
    record Attached(PlanStep.Attach step, Attachment attachment, Duration took) implements EngineEvent {}

    /**
     * A device that the host still has was taken away from a guest.
     *
     * @param step what was done
     * @param took how long the hypervisor took
     */
    record Detached(PlanStep.Detach step, Duration took) implements EngineEvent {}

    /**
     * What was left of a device that the host no longer has was cleared away.
     *
     * @param step what was done
     * @param device the device, if it was known
     * @param took how long the hypervisor took
     */
    record Cleared(PlanStep.ClearStale step, Optional<UsbDevice> device, Duration took) implements EngineEvent {}

    /**
     * A virtual controller was made.
     *
     * @param step what was done
     * @param took how long the hypervisor took
     */
    record ControllerAdded(PlanStep.AddController step, Duration took) implements EngineEvent {}

    /**
     * A step failed.
     *
     * @param step what was tried
     * @param cause why it failed
     * @param retryIn after what time it is tried again; empty if only after a change
     */
    record StepFailed(PlanStep step, BackendException cause, Optional<Duration> retryIn) implements EngineEvent {}

    /**
     * Nobody knows whether a step took effect; an inspection finds out.
     *
     * @param step what was tried
     * @param cause why nobody knows
     */
    record OutcomeUnknown(PlanStep step, BackendException cause) implements EngineEvent {}

    /**
     * A backend as a whole failed and is asked again. Told again only when the cause changes.
     *
     * @param backend the device source's or hypervisor's name
     * @param cause why
     */
    record BackendFailed(String backend, BackendException cause) implements EngineEvent {}

    /**
     * A backend answers again.
     *
     * @param backend the device source's or hypervisor's name
     */
    record BackendRecovered(String backend) implements EngineEvent {}

    /**
     * Something was left over in a guest, configured or not. Told again only when another thing was done
     * about it, or when it was gone in between. An engine that does not repair also tells what it sees itself
     * in the guests that it serves, once for each instance of a guest.
     *
     * @param hypervisor the name of the hypervisor that found it
     * @param notice what was found, where, and what was done
     */
    record LeftoverFound(String hypervisor, RepairNotice notice) implements EngineEvent {}

    /**
     * A hypervisor could not look for what is left over. Told again only when the cause changes.
     *
     * @param hypervisor its name
     * @param cause why
     * @param retryIn after what time it looks again; empty if only when the next device has gone
     */
    record RepairFailed(String hypervisor, BackendException cause, Optional<Duration> retryIn) implements EngineEvent {}

    /**
     * A port gets new devices so often that each has to stay for a while before it is attached.
     *
     * @param device the device that is held back
     */
    record PortFlapping(UsbDevice device) implements EngineEvent {}

    /**
     * The host and all guests have been looked at for the first time since the start or the last change
     * of the configuration.
     *
     * @param plan what is to be done
     */
    record Ready(Plan plan) implements EngineEvent {}
}
