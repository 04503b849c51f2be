package io.autousb.backend.libxlcli;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.backend.libxlcli.FakeDomain.Accident;
import io.autousb.domain.model.Guest;
import io.autousb.domain.port.AddControllerRequest;
import io.autousb.domain.port.BackendException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of controllers that are asked for. */
class ControllerAdderTest extends XlHostTest {

    ControllerAdderTest() throws IOException {}

    private void add(FakeDomain domain, int version, Duration timeout) {
        xl.addController(new AddControllerRequest(guest(domain), version, timeout));
    }

    private BackendException failureOfAdd(FakeDomain domain, Duration timeout) {
        Guest guest = guest(domain);
        return failure(() -> xl.addController(new AddControllerRequest(guest, 3, timeout)));
    }

    private static List<LogRecord> logging(Runnable action) {
        List<LogRecord> said = new ArrayList<>();
        Handler listener = new Handler() {
            @Override
            public synchronized void publish(LogRecord what) {
                said.add(what);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger log = Logger.getLogger(ControllerAdder.class.getName());
        log.addHandler(listener);
        try {
            action.run();
        } finally {
            log.removeHandler(listener);
        }
        return said;
    }

    @Test
    void add_whileTheGuestIsSuspended_isRefusedWithoutXl() {
        FakeDomain windows = host.createBare("windows", true);
        suspend(windows);

        assertIsLeftAlone(failureOfAdd(windows, LONG));
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "2, 6", "3, 15"})
    void add_ofAVersion_asksForAsManyPortsAsItMayHave(int version, int ports) {
        FakeDomain windows = host.createBare("windows", true);

        add(windows, version, LONG);

        assertThat(host.xl.log()).last().asString().endsWith("version=" + version + " ports=" + ports);
    }

    @Test
    void add_whenXlDoesNothingAndSaysItDid_isNotBelieved() {
        FakeDomain windows = host.create("windows", true);
        host.xl.answerNext(FakeXl.exited(0, ""));

        assertThat(failureOfAdd(windows, LONG).code()).isEqualTo(BackendException.REFUSED);
    }

    @Test
    void add_whenItIsNotKnownHowXlEnded_leavesNoGhost() {
        FakeDomain windows = host.createBare("windows", true);
        host.xl.answerNext(FakeXl.exited(0, ""));
        host.xl.afterNext(() -> {
            host.controller(windows, 0, 3, FakeXenHost.PORTS);
            throw new IllegalStateException("lost track of xl");
        });
        assertThat(failureOfAdd(windows, LONG).outcomeUnknown()).isTrue();

        assertThat(inspect(windows).controllers()).isEmpty();
        assertThat(host.hasController(windows, 0)).isFalse();
    }

    @Test
    void add_whenKilledBesideOtherControllers_leavesNoGhostAndThose() {
        FakeDomain windows = host.create("windows", true);
        host.controller(windows, 1, 3, FakeXenHost.PORTS);
        windows.putController(1);
        windows.next(Accident.KILLED_BETWEEN);
        assertThat(failureOfAdd(windows, LONG).outcomeUnknown()).isTrue();

        assertThat(inspect(windows).controllers()).hasSize(2);
    }

    /** Nothing was begun, so that a controller of that number is somebody else's, who is about to make it. */
    @Test
    void add_whileXlIsStillAtWork_leavesAnothersControllerAlone() {
        FakeDomain windows = host.createBare("windows", true);
        windows.hang(true);
        assertThat(failureOfAdd(windows, SHORT).outcomeUnknown()).isTrue();
        assertThat(failureOfAdd(windows, SHORT).outcomeUnknown()).isFalse();
        host.controller(windows, 1, 3, FakeXenHost.PORTS);

        windows.hang(false);

        assertThat(inspect(windows).controllers()).hasSize(2);
    }

    @Test
    void add_toAnHvmGuest_warnsOnceThatItCannotBeRestored() {
        FakeDomain windows = host.createBare("windows", true);

        List<LogRecord> said = logging(() -> {
            add(windows, 3, LONG);
            add(windows, 3, LONG);
        });

        assertThat(said).hasSize(1);
    }

    @Test
    void add_toAPvGuest_warnsOfNothing() {
        FakeDomain para = host.createBare("windows", false);

        assertThat(logging(() -> add(para, 2, LONG))).isEmpty();
    }
}
