package io.autousb.runtime;

/** What an engine may change. */
public enum EngineMode {
    /** All that the policy asks for, and what is left over in guests. */
    SERVE,
    /** All that the policy asks for. What was left over before the engine could see its device is only reported. */
    SERVE_WITHOUT_REPAIR,
    /** Nothing: it looks at everything, plans and reports. */
    PLAN;

    boolean changes() {
        return this != PLAN;
    }

    boolean repairs() {
        return this == SERVE;
    }
}
