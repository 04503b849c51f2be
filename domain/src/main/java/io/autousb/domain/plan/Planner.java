package io.autousb.domain.plan;

/**
 * Decides what to do next. The same world always gives the same plan; doing what the plan says brings
 * the world nearer to what the policy says, and a world that is right gives an empty plan.
 *
 * <p>Within a guest, what is to go goes first, then what fits into free ports comes, then ports are made.
 * A device never goes to a guest while another may still have it.
 */
public final class Planner {

    /**
     * How long a driver of the host must have had an attached device before that counts as taken back: an
     * attach itself makes drivers let go and come back for a moment.
     */
    public static final long TAKEN_AFTER_MILLIS = 1500;

    /**
     * Plans.
     *
     * @param world everything that may be known
     * @return what to do now
     */
    public Plan plan(World world) {
        PlanningRound round = new PlanningRound(world);
        new AttachmentReview(round).run();
        new DeviceReview(round).run();
        return round.plan();
    }
}
