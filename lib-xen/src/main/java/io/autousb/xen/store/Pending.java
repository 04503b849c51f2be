package io.autousb.xen.store;

import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A request that waits for its answer. All but {@link #await} and {@link #result} is for the connection, under its lock. */
final class Pending {

    private final int id;
    private final Request request;
    private final Deadline patience;
    private final CountDownLatch done = new CountDownLatch(1);
    private @Nullable Message answer;
    private BackendException.@Nullable Builder failure;
    private boolean abandoned;

    /**
     * Makes one.
     *
     * @param id tells its answer from others
     * @param request what was asked
     * @param patience when a connection without this answer counts as stuck
     */
    Pending(int id, Request request, Deadline patience) {
        this.id = id;
        this.request = request;
        this.patience = patience;
    }

    Request request() {
        return request;
    }

    int id() {
        return id;
    }

    Message message() {
        return new Message(request.type(), id, request.transactionId(), request.payload());
    }

    void answer(Message message) {
        answer = message;
        done.countDown();
    }

    void fail(BackendException.Builder why) {
        failure = why;
        done.countDown();
    }

    boolean isDone() {
        return done.getCount() == 0;
    }

    /** Nobody waits any more. The answer is still due. */
    void abandon() {
        abandoned = true;
    }

    boolean isAbandoned() {
        return abandoned;
    }

    boolean isStuck() {
        return patience.remainingNanos() == 0;
    }

    /** Waits for what comes first. Whether it was the answer, or the connection's end. */
    boolean await(Deadline deadline) {
        return Waiting.until(nanos -> done.await(nanos, TimeUnit.NANOSECONDS), deadline);
    }

    /** Fails if the connection ended first; to be asked once it is done. */
    void requireAnswer() {
        if (failure != null) {
            throw failure.build();
        }
    }

    /** What the answer holds; to be asked once it is done. */
    Payload result() throws RefusedException {
        requireAnswer();
        if (answer == null) {
            throw new IllegalStateException(request + " has no answer yet");
        }
        if (answer.type() == MessageType.ERROR) {
            throw new RefusedException(request, answer.payload().string());
        }
        return answer.payload();
    }
}
