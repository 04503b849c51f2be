package io.autousb.backend.sim;

import io.autousb.domain.port.BackendException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is to go wrong with a guest. Guarded by the guest. */
final class GuestFaults {

    private final Deque<BackendException> failures = new ArrayDeque<>();
    private final List<Runnable> backlog = new ArrayList<>();
    private Duration slowness = Duration.ZERO;
    private boolean hanging;
    private boolean obeysLater;
    private boolean endsInChange;
    private @Nullable Boolean lostAnswerDone;

    void slow(Duration time) {
        slowness = time;
    }

    Duration slowness() {
        return slowness;
    }

    void failAttaches(int times, BackendException failure) {
        for (int i = 0; i < times; i++) {
            failures.add(failure);
        }
    }

    void throwNextFailure() {
        BackendException failure = failures.poll();
        if (failure != null) {
            throw failure;
        }
    }

    void hang(boolean newObeysLater) {
        hanging = true;
        obeysLater = newObeysLater;
    }

    boolean isHanging() {
        return hanging;
    }

    /** Keeps a change whose caller has given up. */
    void leave(Runnable change) {
        if (obeysLater) {
            backlog.add(change);
        }
    }

    /** Ends the hanging, and gives what is to be done now. */
    List<Runnable> release() {
        hanging = false;
        List<Runnable> left = List.copyOf(backlog);
        backlog.clear();
        return left;
    }

    void endInNextChange() {
        endsInChange = true;
    }

    boolean takeEnd() {
        boolean ends = endsInChange;
        endsInChange = false;
        return ends;
    }

    void loseNextAnswer(boolean done) {
        lostAnswerDone = done;
    }

    /** Whether the answer is lost, and if so whether the change is made. */
    Optional<Boolean> takeLostAnswer() {
        Optional<Boolean> lost = Optional.ofNullable(lostAnswerDone);
        lostAnswerDone = null;
        return lost;
    }
}
