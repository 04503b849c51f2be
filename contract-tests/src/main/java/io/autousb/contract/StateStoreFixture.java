package io.autousb.contract;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.StateStore;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;

/**
 * A state store and the place where it keeps things, which begins as one where nothing was ever saved; each
 * test gets a fixture of its own.
 *
 * <p>Methods with a default body belong to a {@link StateStoreCapability}: implement them or declare the
 * capability as unsupported. Called from several threads.
 */
public interface StateStoreFixture extends AutoCloseable {

    /**
     * Makes an adapter for this place. Called several times in some tests: as after a restart of the
     * program, or as by two programs at a time. The contract closes what it opened.
     *
     * @return a new adapter
     */
    StateStore open();

    /**
     * What cannot be done here.
     *
     * @return the capabilities that are missing
     */
    default Set<StateStoreCapability> unsupported() {
        return Set.of();
    }

    /**
     * Makes unusable what was saved, at least once before: takes away or changes a part of it, puts
     * something else in its place, or what a later version would save. {@link StateStoreCapability#TORN},
     * {@link StateStoreCapability#FOREIGN}, {@link StateStoreCapability#NEWER}.
     *
     * @param code in which way: {@link BackendException#TORN}, {@link BackendException#FOREIGN} or {@link
     *     BackendException#NEWER}
     */
    default void spoil(String code) {
        throw new UnsupportedOperationException("implement this or declare " + code + " as unsupported");
    }

    /**
     * How many unusable states are put aside here now. Comes with {@link #spoil}.
     *
     * @return their number
     */
    default int putAside() {
        throw new UnsupportedOperationException("implement this beside spoil");
    }

    /**
     * Lets saves fail before anything is replaced, as on a full disk, or succeed again. {@link
     * StateStoreCapability#FAILING_SAVES}.
     *
     * @param failing whether they fail
     */
    default void failSaves(boolean failing) {
        throw undeclared(StateStoreCapability.FAILING_SAVES);
    }

    /** Makes the place unreadable as a whole. {@link StateStoreCapability#UNREADABLE}. */
    default void breakPlace() {
        throw undeclared(StateStoreCapability.UNREADABLE);
    }

    /**
     * Lets the place not answer, or answer again. {@link StateStoreCapability#HANG}.
     *
     * @param hanging whether calls hang
     */
    default void hang(boolean hanging) {
        throw undeclared(StateStoreCapability.HANG);
    }

    /**
     * The timeout of a call that is expected to succeed.
     *
     * @return ample time for a busy machine
     */
    default Duration timeout() {
        return Duration.ofSeconds(10);
    }

    /**
     * The timeout of a call that meets a place which does not answer.
     *
     * @return a time that is short for a person
     */
    default Duration shortTimeout() {
        return Duration.ofMillis(200);
    }

    /**
     * How long a rule waits for something that happens elsewhere before it fails.
     *
     * @return ample time for a busy machine
     */
    default Duration patience() {
        return Duration.ofSeconds(10);
    }

    /**
     * How much later than its timeout a call may return.
     *
     * @return ample time for a busy machine
     */
    default Duration grace() {
        return Duration.ofSeconds(2);
    }

    /** Takes the place down. Called once, after the adapters were closed. */
    @Override
    void close() throws IOException;

    private static UnsupportedOperationException undeclared(StateStoreCapability capability) {
        return new UnsupportedOperationException("implement this or declare " + capability + " as unsupported");
    }
}
