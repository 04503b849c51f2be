package io.autousb.xen.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.GuestListener;
import io.autousb.domain.port.GuestSpec;
import io.autousb.linux.Deadline;
import io.autousb.xen.FakeGuests;
import io.autousb.xen.MemoryXenstore;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.store.XenstorePath;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class XenHostTest {

    @TempDir
    private Path root;

    private final MemoryXenstore store = new MemoryXenstore();
    private final AtomicInteger opened = new AtomicInteger();
    private XenHost xen;

    @AfterEach
    void close() {
        if (xen != null) {
            xen.close();
        }
        store.close();
    }

    private void open() {
        xen = new XenHost(
                () -> {
                    opened.incrementAndGet();
                    return store;
                },
                root,
                () -> 0,
                (spec, guest) -> guest.type() == XenGuest.Type.HVM);
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(10));
    }

    private static List<GuestSpec> windows() {
        return List.of(new GuestSpec("windows", Map.of()));
    }

    @Test
    void new_opensNothing() {
        open();

        assertThat(opened).hasValue(0);
        assertThatThrownBy(() -> xen.guests(soon())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void configure_again_opensOnce() {
        open();

        xen.configure(windows());
        xen.configure(windows());

        assertThat(opened).hasValue(1);
    }

    @Test
    void guests_areThoseThatAreAskedForAndServed() {
        open();
        FakeGuests.hvm(store, 7, "windows");
        FakeGuests.pv(store, 8, "para");

        xen.configure(List.of(new GuestSpec("windows", Map.of()), new GuestSpec("para", Map.of())));

        assertThat(xen.guests(soon())).extracting(Guest::name).containsExactly("windows");
        assertThat(xen.all(soon())).extracting(XenGuest::domid).containsExactly(7, 8);
    }

    @Test
    void requireReady_whileTheDeviceModelStarts_isRefusedUntilItRuns() {
        open();
        XenGuest facts = FakeGuests.hvm(store, 7, "windows");
        store.drop("/local/domain/0/device-model/7");
        xen.configure(windows());
        Guest guest = xen.guests(soon()).get(0);

        BackendException refused = catchThrowableOfType(BackendException.class, () -> xen.requireReady(guest, soon()));

        assertThat(refused.is(BackendException.REFUSED)).isTrue();
        assertThat(refused.retry()).isEqualTo(BackendException.Retry.ON_CHANGE);
        assertThat(xen.require(guest, soon()).deviceModel().isRunning()).isFalse();
        store.put("/local/domain/0/device-model/7/state", "running");
        assertThat(xen.requireReady(guest, soon())).isEqualTo(facts);
    }

    @Test
    void anyCall_afterClose_failsWithClosed() {
        open();
        xen.configure(windows());

        xen.close();
        xen.close();

        for (Runnable call : List.<Runnable>of(
                () -> xen.configure(windows()), () -> xen.guests(soon()), () -> xen.all(soon()), xen::ledger)) {
            assertThat(catchThrowableOfType(BackendException.class, call::run).code())
                    .isEqualTo(BackendException.CLOSED);
        }
    }

    @Test
    void close_endsTheWatchesAndXenstore() {
        open();
        FakeGuests.hvm(store, 7, "windows");
        xen.configure(windows());
        CountDownLatch hinted = new CountDownLatch(1);
        xen.subscribe(new GuestListener() {
            @Override
            public void guestsChanged() {
                hinted.countDown();
            }

            @Override
            public void attachmentsChanged(GuestId guest) {
                // not of interest
            }
        });
        await(hinted);

        xen.close();

        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("autousb-xen-guests"));
        assertThat(store.watched()).isEmpty();
        BackendException closed = catchThrowableOfType(
                BackendException.class, () -> store.by(soon()).read(XenstorePath.ROOT));
        assertThat(closed.code()).isEqualTo(BackendException.CLOSED);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void close_beforeAnything_opensNothing() {
        open();

        xen.close();

        assertThat(opened).hasValue(0);
        assertThat(catchThrowableOfType(BackendException.class, () -> xen.configure(windows()))
                        .code())
                .isEqualTo(BackendException.CLOSED);
    }
}
