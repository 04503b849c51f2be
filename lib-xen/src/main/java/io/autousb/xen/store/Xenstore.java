package io.autousb.xen.store;

import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The store by which Xen's control domain and its guests talk to each other.
 *
 * <p>Thread-safe. Stays useful over the loss of its connection: connects again by itself, puts the
 * watches back in place and tells all of them to look. Meanwhile calls fail at once, for the reason that
 * there is no connection.
 *
 * <pre>{@code
 * Watch watch = store.watch(domains, where -> engine.wake());
 * List<String> ids = store.by(Deadline.after(timeout)).list(domains).orElse(List.of());
 * store.change(Deadline.after(timeout), nodes -> {
 *     if (nodes.read(port).equals(Optional.of(""))) {
 *         nodes.write(port, "3-1.5");
 *     }
 * });
 * }</pre>
 *
 * <p>All calls fail with a {@link BackendException}:
 *
 * <table>
 * <caption>Failures</caption>
 * <tr><th>code</th><th>retry</th><th>when</th></tr>
 * <tr><td>{@link BackendException#IO}</td><td>BACK_OFF</td><td>there is no connection, it was lost, or xenstored failed inside</td></tr>
 * <tr><td>{@link BackendException#TIMEOUT}</td><td>BACK_OFF</td><td>no answer by the deadline</td></tr>
 * <tr><td>{@link BackendException#PROTOCOL}</td><td>BACK_OFF</td><td>the answer is none; the connection is dropped</td></tr>
 * <tr><td>{@link #CONFLICT}</td><td>BACK_OFF</td><td>others kept changing what a transaction rests on</td></tr>
 * <tr><td>{@link BackendException#NO_PERMISSION}</td><td>NEVER</td><td>this program may not, or may not connect</td></tr>
 * <tr><td>{@link BackendException#INVALID}</td><td>NEVER</td><td>too long, for xenstore or for this xenstored</td></tr>
 * <tr><td>{@link BackendException#REFUSED}</td><td>BACK_OFF or NEVER</td><td>xenstored has another reason, which the message names</td></tr>
 * <tr><td>{@link BackendException#UNSUPPORTED}</td><td>NEVER</td><td>this xenstored cannot do it, or JNA cannot be used</td></tr>
 * <tr><td>{@link BackendException#CLOSED}</td><td>NEVER</td><td>after {@link #close}</td></tr>
 * </table>
 *
 * <p>{@link BackendException#outcomeUnknown} is set where a change, or a transaction's commit, had been sent
 * and the answer did not come: it may have taken effect, or may still.
 */
public interface Xenstore extends AutoCloseable {

    /**
     * What may follow the header: {@code XENSTORE_PAYLOAD_MAX} in xen {@code xen/include/public/io/xs_wire.h}, less the
     * header, because the kernel's device takes both in a buffer of that size (Linux {@code xenbus_dev_frontend.c}, {@code
     * xenbus_file_write}). More would end the connection.
     */
    int MAX_PAYLOAD = 4080;

    /** The code of a transaction that was redone as often as is sensible. */
    String CONFLICT = "conflict";

    /**
     * Reads and writes, each by itself.
     *
     * @param deadline by when each of its calls has ended
     * @return for use by any thread, until the deadline
     */
    NodeWriter by(Deadline deadline);

    /**
     * Reads and writes as one.
     *
     * @param deadline by when all has ended, runs that were in vain included
     * @param body what to do; runs again, with what is true by then, when others have changed meanwhile what
     *     it read. So it has no effects but those on its argument. If it throws, nothing is changed, and this
     *     throws the same
     * @param <T> what it finds out
     * @return what the run returned that took effect
     */
    <T> T transaction(Deadline deadline, Function<? super XenstoreTransaction, ? extends T> body);

    /**
     * Reads and writes as one, where there is nothing to find out.
     *
     * @param deadline as for {@link #transaction}
     * @param body as for {@link #transaction}
     */
    default void change(Deadline deadline, Consumer<? super XenstoreTransaction> body) {
        boolean done = transaction(deadline, nodes -> {
            body.accept(nodes);
            return true;
        });
        assert done;
    }

    /**
     * Watches a node with all below it, whether it exists or not, or the life of domains. Does not wait: the
     * listener is called once as soon as the watch is in place, and it is kept in place over all
     * connections. So whoever looks on each call misses nothing. Where xenstored refuses it, that is
     * logged, and it is tried again from time to time.
     *
     * @param target what to watch
     * @param listener is told to look; the same one may have several watches
     * @return the watch, to be closed
     * @throws BackendException {@link BackendException#CLOSED} after {@link #close}
     */
    Watch watch(WatchTarget target, WatchListener listener);

    /**
     * Ends the connection and all watches, and frees threads and descriptors. Calls under way fail with {@link
     * BackendException#CLOSED} at once, later ones too. No listener is called after this has returned,
     * unless this is called by one. Idempotent; does not hang.
     */
    @Override
    void close();
}
