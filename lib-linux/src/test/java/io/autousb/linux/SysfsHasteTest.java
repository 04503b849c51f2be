package io.autousb.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbDevice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What waits for slow strings, and what does not. */
@Timeout(120)
class SysfsHasteTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int SOON_SECONDS = 20;
    private static final PortPath PLACE = PortPath.parse("1-1");
    private static final PortPath SLOW = PortPath.parse("1-2");

    @TempDir
    private Path root;

    private final AtomicInteger news = new AtomicInteger();
    private FakeSysfs host;

    @BeforeEach
    void boot() {
        host = new FakeSysfs(root);
        host.rootHub(1, "/devices/pci0000:00/0000:00:14.0", 8);
        host.plug(PLACE, FakeGadget.keyboard());
    }

    @AfterEach
    void answer() {
        host.answerAll();
    }

    @Test
    void snapshot_whenManyAreSlow_waitsForAllAtOnce() {
        Duration patience = Duration.ofMillis(500);
        for (int port = 1; port <= 8; port++) {
            PortPath place = PortPath.rootHub(1).child(port);
            if (!place.equals(PLACE)) {
                host.plug(place, FakeGadget.keyboard());
            }
            host.silence(place, "product");
        }
        try (SysfsReader reader = reader(patience)) {
            long begun = System.nanoTime();
            HostTopology topology = reader.snapshot(LONG);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(patience.multipliedBy(6));
            assertThat(topology.devices()).hasSize(8).allMatch(UsbDevice::isReady);
        }
    }

    @Test
    void snapshot_whenOneIsGone_doesNotWaitForAnArrival() throws Exception {
        try (SysfsReader reader = reader(LONG)) {
            reader.snapshot(LONG);
            host.plug(SLOW, FakeGadget.keyboard());
            host.silence(SLOW, "product");
            host.unplug(PLACE);

            HostTopology topology = soon(start(reader));

            assertThat(topology.at(PLACE)).isEmpty();
            assertThat(topology.at(SLOW).orElseThrow().isReady()).isFalse();
            Awaitility.await().until(() -> news.get() >= 1);
            host.answer(SLOW, "product", "x");
            assertThat(soon(start(reader)).at(SLOW).orElseThrow().isReady()).isTrue();
        }
    }

    @Test
    void snapshot_whenPutOffAndNoAnswerComes_showsTheDeviceWithoutStringsAfterAll() {
        try (SysfsReader reader = reader(Duration.ofMillis(500))) {
            reader.snapshot(LONG);
            host.plug(SLOW, FakeGadget.keyboard());
            host.silence(SLOW, "product");
            host.unplug(PLACE);
            reader.snapshot(LONG);
            Awaitility.await().until(() -> news.get() >= 1);
            UsbDevice device = reader.snapshot(LONG).at(SLOW).orElseThrow();
            assertThat(device.isReady()).isTrue();
            assertThat(device.product()).isEmpty();
        }
    }

    @Test
    void departed_whileASnapshotWaits_letsItGoOn() throws Exception {
        try (SysfsReader reader = reader(LONG)) {
            reader.snapshot(LONG);
            host.plug(SLOW, FakeGadget.keyboard());
            host.silence(SLOW, "product");
            Waiting waiting = start(reader);
            waiting.awaitItWaits();

            host.unplug(PLACE);
            reader.departed(PLACE.toString());

            assertThat(soon(waiting).at(SLOW).orElseThrow().isReady()).isFalse();
            Awaitility.await().until(() -> news.get() >= 1);
            CompletableFuture<HostTopology> next = CompletableFuture.supplyAsync(() -> reader.snapshot(LONG));
            host.answer(SLOW, "product", "x");
            assertThat(next.get(SOON_SECONDS, TimeUnit.SECONDS).at(PLACE)).isEmpty();
        }
    }

    @Test
    void detectChanges_whileASnapshotWaits_seesAnUnplug() throws Exception {
        try (SysfsReader reader = reader(LONG)) {
            reader.snapshot(LONG);
            host.plug(SLOW, FakeGadget.keyboard());
            host.silence(SLOW, "product");
            Waiting waiting = start(reader);
            waiting.awaitItWaits();

            host.unplug(PLACE);
            CompletableFuture<Boolean> look = CompletableFuture.supplyAsync(reader::detectChanges);

            assertThat(look.get(SOON_SECONDS, TimeUnit.SECONDS)).isTrue();
            soon(waiting);
        }
    }

    /** Else a thread that looks again and again would keep the others from ever getting to look. */
    @Test
    void snapshot_whenItWaitsForItsTurn_comesBeforeWhoJustHadOne() throws Exception {
        for (int i = 0; i < 5; i++) {
            PortPath fresh = PortPath.rootHub(1).child(3 + i);
            try (SysfsReader reader = reader(LONG)) {
                host.plug(SLOW, FakeGadget.keyboard());
                host.silence(SLOW, "product");
                FutureTask<Boolean> again = new FutureTask<>(() -> {
                    reader.snapshot(LONG);
                    return reader.detectChanges();
                });
                Waiting holder = new Waiting(null, new Thread(again));
                holder.thread().start();
                holder.awaitItWaits();
                Waiting next = start(reader);
                next.awaitItWaits();
                host.plug(fresh, FakeGadget.keyboard());

                host.answer(SLOW, "product", "x");

                assertThat(soon(next).at(fresh)).isPresent();
                assertThat(again.get(SOON_SECONDS, TimeUnit.SECONDS))
                        .as("who just had a turn finds something that the one who waited has not seen")
                        .isFalse();
            }
            host.unplug(fresh);
            host.unplug(SLOW);
        }
    }

    /** A snapshot on a thread of its own. */
    private record Waiting(FutureTask<HostTopology> task, Thread thread) {
        void awaitItWaits() {
            Awaitility.await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        }
    }

    private static Waiting start(SysfsReader reader) {
        FutureTask<HostTopology> task = new FutureTask<>(() -> reader.snapshot(LONG));
        Thread thread = new Thread(task, "snapshot");
        thread.setDaemon(true);
        thread.start();
        return new Waiting(task, thread);
    }

    private static HostTopology soon(Waiting waiting)
            throws ExecutionException, InterruptedException, TimeoutException {
        return waiting.task().get(SOON_SECONDS, TimeUnit.SECONDS);
    }

    private SysfsReader reader(Duration patience) {
        return new SysfsReader(root, news::incrementAndGet, news::incrementAndGet, patience);
    }
}
