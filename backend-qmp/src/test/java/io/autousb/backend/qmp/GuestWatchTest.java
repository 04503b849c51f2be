package io.autousb.backend.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.GuestListener;
import io.autousb.linux.Deadline;
import io.autousb.linux.GuestHints;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GuestWatchTest {

    private static final Duration SHORT = Duration.ofMillis(100);
    /** Longer than a test takes: what is shown meanwhile is not replaced by the next connection's. */
    private static final Duration NEVER = Duration.ofMinutes(5);

    private final GuestHints hints = new GuestHints();
    private QmpFixture world;
    private GuestWatch watch;

    @BeforeEach
    void start() throws Exception {
        world = new QmpFixture();
        world.start("alpha");
        Path socket = world.root().resolve("alpha.sock");
        HostProcesses processes = new HostProcesses(world.root());
        MonitorConnector connector = new MonitorConnector(MonitorSearch.fixed(socket), processes, NEVER);
        watch = new GuestWatch(world.spec("alpha"), connector, hints, new Pace(SHORT), SHORT);
        watch.start();
        Awaitility.await()
                .until(() -> state().filter(GuestState.RUNNING::equals).isPresent());
    }

    @AfterEach
    void close() {
        watch.stop();
        watch.join(Deadline.after(Duration.ofSeconds(10)));
        world.close();
        assertThat(watch.hasEnded()).isTrue();
    }

    @Test
    void link_whenTheStateIsNotAnswered_failsAtOnceWithThatReason() {
        world.hang("alpha");
        watch.facts().ask();
        Awaitility.await().until(() -> failure() != null);
        assertThat(failure().code()).isEqualTo(BackendException.TIMEOUT);
        assertThat(failure().getMessage()).contains("query-status");
        assertThat(state()).contains(GuestState.UNKNOWN);
        world.release("alpha");
    }

    @Test
    void link_whenWatchingItFails_isClosed() {
        MonitorLink link = watch.link();
        hints.listener(new FailingListener());
        world.guest("alpha").status("paused");
        Awaitility.await().until(() -> !link.session().isOpen());
        hints.end();
    }

    private BackendException failure() {
        return catchThrowableOfType(BackendException.class, watch::link);
    }

    private Optional<GuestState> state() {
        return watch.facts().guest(Deadline.after(SHORT)).map(Guest::state);
    }

    /** A defect of who listens. */
    private static final class FailingListener implements GuestListener {
        @Override
        public void guestsChanged() {
            throw new IllegalStateException("a listener that fails");
        }

        @Override
        public void attachmentsChanged(GuestId guest) {}
    }
}
