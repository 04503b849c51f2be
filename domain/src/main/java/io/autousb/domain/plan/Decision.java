package io.autousb.domain.plan;

import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.policy.Assignment;
import java.util.Optional;

/**
 * What the planner made of one device, and why.
 *
 * @param device the device
 * @param assignment who should have it
 * @param status where it stands
 * @param reason why, one line, safe to print
 */
public record Decision(UsbDevice device, Optional<Assignment> assignment, Status status, String reason) {

    /** Where a device stands. */
    public enum Status {
        /** Nobody is to have it. */
        UNASSIGNED,
        /** It cannot be used yet: not authorized or not configured. */
        NOT_READY,
        /** Its guest has it. */
        ATTACHED,
        /** A step of the plan, or one under way, brings it nearer to its guest. */
        IN_PROGRESS,
        /** It will be looked at again without anybody's doing. */
        WAITING,
        /** Nothing more is tried before something changes. */
        BLOCKED
    }
}
