package io.autousb.runtime;

/** What an engine may change. */
public enum EngineMode {
    /** All that the policy asks for, and what is left over in guests. */
    SERVE,
    /** All that the policy asks for. What was left over before the engine could see its device is only reported. */
    SERVE_WITHOUT_REPAIR,
    /** Nothing: it looks at everything, plans and reports. */
    PLAN,
    /** The same, for {@link #SERVE_WITHOUT_REPAIR}. */
    PLAN_WITHOUT_REPAIR;

    /**
     * Whether anything may be changed at all.
     *
     * @return false for an engine that only plans
     */
    public boolean changes() {
        return this == SERVE || this == SERVE_WITHOUT_REPAIR;
    }

    boolean repairs() {
        return this == SERVE;
    }

    /** Whether repairs are part of the plan, whoever carries it out. */
    boolean plansRepairs() {
        return this == SERVE || this == PLAN;
    }
}
