package io.autousb.xen.store;

import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import java.util.function.Function;

/** Runs transactions, over one connection, until one takes effect. */
final class Transactions {

    /** More than enough for two that get in each other's way; libxl has no bound. */
    static final int MAX_RUNS = 32;

    private final Connection connection;
    private final Deadline deadline;

    Transactions(Connection connection, Deadline deadline) {
        this.connection = connection;
        this.deadline = deadline;
    }

    <T> T run(Function<? super XenstoreTransaction, ? extends T> body) {
        for (int i = 0; i < MAX_RUNS; i++) {
            int id = start();
            T result = runOnce(id, body);
            if (commit(id)) {
                return result;
            }
        }
        throw Failures.conflict("others kept changing what a transaction rests on, " + MAX_RUNS + " times")
                .where(connection)
                .build();
    }

    private int start() {
        Request request = Request.start();
        try {
            return Answers.transactionId(connection.call(request, deadline));
        } catch (RefusedException e) {
            throw Failures.refused(connection, request, e);
        } catch (XenstoreProtocolException e) {
            throw connection.broken(e);
        }
    }

    private <T> T runOnce(int id, Function<? super XenstoreTransaction, ? extends T> body) {
        Run run = new Run(new RemoteNodes(connection, id, deadline));
        boolean done = false;
        try {
            T result = body.apply(run);
            run.nodes.flush();
            done = true;
            return result;
        } finally {
            run.ended = true;
            if (!done) {
                abort(id);
            }
        }
    }

    private void abort(int id) {
        try {
            Payload ignored = connection.call(Request.abort(id), deadline);
        } catch (RefusedException e) {
            // Then there is nothing left to abort.
        } catch (BackendException e) {
            // What the body has thrown is what counts.
            connection.addStray(id);
        }
    }

    /** Whether it has taken effect; if not, nothing of it has. */
    private boolean commit(int id) {
        Request request = Request.commit(id);
        try {
            Payload ignored = connection.call(request, deadline);
            return true;
        } catch (RefusedException e) {
            if (e.is(Errno.EAGAIN) || e.is(Errno.ENOENT) || e.is(Errno.EINVAL)) {
                // Others were first, or xenstored knows the transaction no more.
                return false;
            }
            throw Failures.refused(connection, request, e);
        } catch (BackendException e) {
            if (!e.outcomeUnknown()) {
                connection.addStray(id);
            }
            throw e;
        }
    }

    /** One run of a body. */
    private static final class Run extends ForwardingNodes implements XenstoreTransaction {
        private final RemoteNodes nodes;
        private boolean ended;

        private Run(RemoteNodes nodes) {
            this.nodes = nodes;
        }

        @Override
        RemoteNodes nodes() {
            if (ended) {
                throw new IllegalStateException("the transaction has ended");
            }
            return nodes;
        }

        @Override
        public void setPermissions(XenstorePath path, XenstorePermissions permissions) {
            nodes().setPermissions(path, permissions);
        }
    }
}
