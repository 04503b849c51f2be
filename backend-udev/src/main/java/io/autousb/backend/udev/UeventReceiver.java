package io.autousb.backend.udev;

import io.autousb.linux.Uevent;
import io.autousb.linux.UeventSocket;
import io.autousb.linux.UeventSocket.Message;
import io.autousb.linux.UeventSocket.Overflow;
import io.autousb.linux.UeventSocket.Reception;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that receives uevents, drops those that are not of USB or not genuine, and passes the others
 * on. A socket that fails is replaced, for as long as it takes.
 */
final class UeventReceiver implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(UeventReceiver.class);
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(16);
    private static final Duration END_WITHIN = Duration.ofSeconds(2);

    private final UeventSocket.Opener opener;
    private final Consumer<Uevent> events;
    private final Runnable loss;
    private final Thread thread;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile UeventSocket socket;
    private Duration pause = SHORTEST_PAUSE;
    private boolean failing;
    private @Nullable String lastDefect;

    @SuppressWarnings("ThreadPriorityCheck") // a wish for speed only; nothing relies on it
    private UeventReceiver(UeventSocket.Opener opener, Consumer<Uevent> events, Runnable loss) throws IOException {
        this.opener = opener;
        this.events = events;
        this.loss = loss;
        this.socket = opener.open();
        this.thread = new Thread(this::run, "autousb-udev");
        thread.setDaemon(true);
        thread.setPriority(Thread.MAX_PRIORITY);
    }

    /**
     * Begins to receive.
     *
     * @param opener makes the socket
     * @param events gets the events, one at a time
     * @param loss runs after events may have been lost
     * @return what to close
     * @throws IOException if there is no socket to be had
     */
    static UeventReceiver start(UeventSocket.Opener opener, Consumer<Uevent> events, Runnable loss) throws IOException {
        UeventReceiver receiver = new UeventReceiver(opener, events, loss);
        receiver.thread.start();
        return receiver;
    }

    /** Whatever is thrown here is said and survived: nobody would notice that a daemon thread has ended. */
    private void run() {
        while (!isClosed()) {
            Reception reception;
            try {
                reception = socket.receive();
            } catch (Throwable e) {
                if (!isClosed()) {
                    replaceSocket(e);
                }
                continue;
            }
            pause = SHORTEST_PAUSE;
            failing = false;
            if (!survives("a uevent could not be handled", () -> handle(reception)) && !isClosed()) {
                pause();
                survives("looking at everything instead failed too", loss);
            }
        }
    }

    private static boolean survives(String failure, Runnable action) {
        try {
            action.run();
            return true;
        } catch (Throwable e) {
            LOG.error(failure, e);
            return false;
        }
    }

    private void handle(Reception reception) {
        if (reception instanceof Message message) {
            Uevent event = Uevent.parse(message.payload()).orElse(null);
            if (event != null && !message.sender().isGenuine(event.origin())) {
                LOG.debug("dropped a uevent of {}", message.sender());
            } else if (event != null) {
                LOG.trace("{}", event);
                events.accept(event);
            }
        } else if (reception instanceof Overflow) {
            LOG.info("the kernel had more uevents than room for them: looking at everything");
            loss.run();
        }
    }

    private void replaceSocket(Throwable cause) {
        complain("lost the netlink socket, opening another one", cause);
        while (!isClosed()) {
            pause();
            pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : pause;
            if (!isClosed() && reopen()) {
                survives("looking at everything failed", loss);
                return;
            }
        }
    }

    private boolean reopen() {
        try {
            socket.close();
            socket = opener.open();
            if (isClosed()) {
                socket.close();
            }
            return true;
        } catch (Throwable e) {
            complain("cannot open a netlink socket, trying on", e);
            return false;
        }
    }

    /** Says what is wrong once, until something has been received again; a defect with where it is. */
    private void complain(String failure, Throwable cause) {
        boolean expected = cause instanceof IOException;
        if (failing && expected) {
            LOG.debug(failure, cause);
        } else if (expected) {
            LOG.warn("{}: {}", failure, cause.toString());
        } else if (!cause.toString().equals(lastDefect)) {
            LOG.error(failure, cause);
            lastDefect = cause.toString();
        }
        failing = true;
    }

    private void pause() {
        try {
            boolean ignored = closed.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed.countDown();
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    /** Ends the thread and waits for its end, unless called by it. Idempotent. */
    @Override
    public void close() {
        closed.countDown();
        try {
            socket.close();
            if (Thread.currentThread() != thread) {
                thread.join(END_WITHIN.toMillis());
            }
        } catch (IOException e) {
            LOG.debug("closing the netlink socket failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
