package io.autousb.xen.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** What happens when a message cannot be written, or only a part of it. */
class ConnectionTest extends StoreTest {

    /** Takes so many bytes of the next WRITE, and then no more in time. */
    private static final class FullWire implements Wire {
        private final ScriptedWire inner = ScriptedWire.prompt(request -> ScriptedWire.answer(request, "OK\0"));
        private volatile int taken;
        private volatile boolean full;

        @Override
        public int read(ByteBuffer into) throws IOException {
            return inner.read(into);
        }

        @Override
        public void write(ByteBuffer message, Deadline deadline) throws IOException {
            if (full) {
                message.position(message.position() + taken);
                throw new SocketTimeoutException("no room");
            }
            inner.write(message, deadline);
        }

        @Override
        public void close() {
            inner.close();
        }
    }

    private final FullWire wire = new FullWire();

    private void openFullWire() {
        store = XenstoreClient.open(deadline -> wire, "here", impatient(LONG));
        awaitConnection();
        wire.full = true;
    }

    @Test
    void call_whenNothingOfItCouldBeSent_costsNobodyTheConnection() {
        openFullWire();
        for (int i = 0; i <= Connection.MAX_PENDING; i++) {
            BackendException failure = failure(() -> nodes().write(PORT, "x"));
            assertThat(failure.code()).isEqualTo(BackendException.TIMEOUT);
            assertThat(failure.getMessage()).contains("could not be sent");
            assertThat(failure.outcomeUnknown()).isFalse();
        }
        wire.full = false;
        nodes().write(PORT, "x");
    }

    @Test
    void call_whenAPartOfItWasSent_endsTheConnectionWithoutEffect() {
        openFullWire();
        wire.taken = 5;
        BackendException failure = failure(() -> nodes().write(PORT, "x"));
        assertThat(failure.code()).isEqualTo(BackendException.IO);
        assertThat(failure.outcomeUnknown()).isFalse();
        BackendException next = failure(() -> nodes().read(PORT));
        assertThat(next.code()).isEqualTo(BackendException.IO);
    }
}
