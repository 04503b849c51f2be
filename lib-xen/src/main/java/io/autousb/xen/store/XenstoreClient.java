package io.autousb.xen.store;

import io.autousb.linux.Deadline;
import java.util.function.Function;

/**
 * xenstore over its wire protocol, spoken with either daemon: the C one and oxenstored.
 *
 * <p>Has a thread that keeps the connection and one that reads from it; one that calls listeners once there is a
 * watch; one that writes where the kernel's device is used. All are daemon threads.
 *
 * <pre>{@code
 * XenstoreAddress address = XenstoreAddress.find(context.root(), System.getenv());
 * try (Xenstore store = XenstoreClient.open(address)) {
 *     Optional<String> name = store.by(Deadline.after(timeout)).read(XenstorePath.of("/local/domain/3/name"));
 * }
 * }</pre>
 */
public final class XenstoreClient implements Xenstore {

    private final Keeper keeper;

    private XenstoreClient(Keeper keeper) {
        this.keeper = keeper;
    }

    /**
     * Begins to connect. Does not wait for it: the first calls do, and fail if there is nothing to connect to.
     *
     * @param address where xenstored is
     * @return the client, to be closed
     */
    public static XenstoreClient open(XenstoreAddress address) {
        return open(address::connect, address, Pace.USUAL);
    }

    static XenstoreClient open(Keeper.Connector connector, Object where, Pace pace) {
        return new XenstoreClient(Keeper.start(connector, where, pace));
    }

    @Override
    public NodeWriter by(Deadline deadline) {
        return new Direct(deadline);
    }

    @Override
    public <T> T transaction(Deadline deadline, Function<? super XenstoreTransaction, ? extends T> body) {
        return new Transactions(keeper.connection(deadline), deadline).run(body);
    }

    @Override
    public Watch watch(WatchTarget target, WatchListener listener) {
        return keeper.watches().add(target, listener).orElseThrow(keeper::closed);
    }

    @Override
    public void close() {
        keeper.close();
    }

    /** Each call for itself, over the connection there is by then. */
    private final class Direct extends ForwardingNodes {
        private final Deadline deadline;

        private Direct(Deadline deadline) {
            this.deadline = deadline;
        }

        @Override
        NodeWriter nodes() {
            return new RemoteNodes(keeper.connection(deadline), 0, deadline);
        }
    }
}
