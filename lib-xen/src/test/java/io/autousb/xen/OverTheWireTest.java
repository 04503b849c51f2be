package io.autousb.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.GuestListener;
import io.autousb.domain.port.GuestSpec;
import io.autousb.linux.Deadline;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.guest.XenGuests;
import io.autousb.xen.store.DomainEvent;
import io.autousb.xen.store.FakeFaults.Fault;
import io.autousb.xen.store.FakeXenstored;
import io.autousb.xen.store.FakeXenstored.Manners;
import io.autousb.xen.store.Xenstore;
import io.autousb.xen.store.XenstoreClient;
import io.autousb.xen.store.XenstorePath;
import io.autousb.xen.vusb.AttachmentMark;
import io.autousb.xen.vusb.VusbLedger;
import io.autousb.xen.vusb.VusbPortId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same through a real client, with a daemon of either kind at the other end. */
@Timeout(60)
class OverTheWireTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final VusbPortId PORT = new VusbPortId(0, 15);
    private static final String PORT_NODE = "/libxl/7/device/vusb/0/port/15";
    private static final String MARK_NODE = "/libxl/7/auto-usb-attach/vusb/0/15";
    private static final AttachmentMark MARK =
            AttachmentMark.of(PortPath.parse("2-1.1"), new DeviceAddress(2, 3), new Generation("0123456789ab"));

    @TempDir
    private Path root;

    private final MemoryXenstore world = new MemoryXenstore();
    private final XenGuest guest = FakeGuests.hvm(world, 7, "windows");
    private FakeXenstored daemon;
    private Xenstore store;
    private VusbLedger ledger;

    private void open(Manners manners) {
        daemon = new FakeXenstored(root, manners);
        store = XenstoreClient.open(daemon.address());
        ledger = new VusbLedger(store);
        await().atMost(LONG)
                .ignoreExceptionsInstanceOf(BackendException.class)
                .until(() -> store.by(soon()).list(XenstorePath.ROOT).isPresent());
    }

    private void openWithGuest(Manners manners) {
        FakeGuests.controller(world, 7, 0, 3, 15);
        open(manners);
        copyWorld();
    }

    private void copyWorld() {
        for (String top : List.of("/local", "/libxl", "/vm")) {
            world.tree(top).forEach(daemon::put);
        }
    }

    private static Deadline soon() {
        return Deadline.after(LONG);
    }

    private void claim() {
        ledger.claim(guest, PORT, MARK, soon());
    }

    private static BackendException failure(Runnable call) {
        return catchThrowableOfType(BackendException.class, call::run);
    }

    @AfterEach
    void close() {
        store.close();
        daemon.close();
        world.close();
    }

    @ParameterizedTest
    @EnumSource(Manners.class)
    void claim_writesPortAndMark_forTheControlDomainOnly(Manners manners) {
        openWithGuest(manners);

        claim();

        assertThat(daemon.get(PORT_NODE)).contains("2-1.1");
        assertThat(daemon.get(MARK_NODE)).contains(MARK.toString());
        assertThat(daemon.permissions(MARK_NODE)).containsExactly("n0");
        assertThat(ledger.read(guest, soon()).marks()).containsEntry(PORT, MARK);
    }

    @ParameterizedTest
    @EnumSource(Manners.class)
    void claim_whenOthersChangeXenstoreMeanwhile_isMadeAllTheSame(Manners manners) {
        openWithGuest(manners);
        daemon.faults().conflict(2);

        claim();

        assertThat(daemon.get(PORT_NODE)).contains("2-1.1");
    }

    @ParameterizedTest
    @EnumSource(Manners.class)
    void claim_whenLibxlTakesThePortMeanwhile_failsAndLeavesNoMark(Manners manners) {
        openWithGuest(manners);
        daemon.faults().before("TRANSACTION_END", () -> daemon.put(PORT_NODE, "2-1.2"));

        assertThat(failure(this::claim).code()).isEqualTo(BackendException.PORT_BUSY);

        assertThat(daemon.get(PORT_NODE)).contains("2-1.2");
        assertThat(daemon.get(MARK_NODE)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Manners.class)
    void claim_whenTheDomainGoesMeanwhile_failsAndLeavesNothing(Manners manners) {
        openWithGuest(manners);
        daemon.faults().before("TRANSACTION_END", () -> {
            daemon.delete("/local/domain/7");
            daemon.delete("/libxl/7");
        });

        assertThat(failure(this::claim).code()).isEqualTo(BackendException.GUEST_GONE);

        assertThat(daemon.get("/libxl/7")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Manners.class)
    void claim_whoseAnswerIsLost_hasAnUnknownOutcomeAndCanBeRepeated(Manners manners) {
        openWithGuest(manners);
        daemon.faults().next("TRANSACTION_END", Fault.CUT_AFTER);

        assertThat(failure(this::claim).outcomeUnknown()).isTrue();
        await().atMost(LONG).ignoreExceptionsInstanceOf(BackendException.class).untilAsserted(this::claim);

        assertThat(daemon.get(PORT_NODE)).contains("2-1.1");
        assertThat(daemon.get(MARK_NODE)).contains(MARK.toString());
    }

    @ParameterizedTest
    @EnumSource(Manners.class)
    void addController_writesWhatIsReadBack(Manners manners) {
        openWithGuest(manners);

        var added = ledger.addController(guest, 3, soon());

        assertThat(ledger.read(guest, soon()).controller(1)).contains(added);
        assertThat(ledger.removeController(guest, added, soon())).isTrue();
        assertThat(daemon.get("/libxl/7/device/vusb/1")).isEmpty();
    }

    /** Looks on each hint. */
    private static final class Looking implements GuestListener {
        private final List<List<Guest>> looks = new CopyOnWriteArrayList<>();
        private final XenGuests guests;

        private Looking(XenGuests guests) {
            this.guests = guests;
        }

        @Override
        public void guestsChanged() {
            looks.add(guests.guests(soon()));
        }

        @Override
        public void attachmentsChanged(GuestId guest) {
            // not of interest
        }

        private boolean shows(GuestState state) {
            List<Guest> last = looks.isEmpty() ? List.of() : looks.get(looks.size() - 1);
            return last.size() == 1 && last.get(0).state() == state;
        }
    }

    private Looking watch(XenGuests guests) {
        guests.configure(List.of(new GuestSpec("windows", Map.of())));
        Looking looking = new Looking(guests);
        guests.subscribe(looking);
        await().atMost(LONG).until(() -> !looking.looks.isEmpty());
        return looking;
    }

    private XenGuests guests() {
        return new XenGuests(store, root, System::nanoTime, (spec, found) -> true);
    }

    @ParameterizedTest
    @EnumSource(Manners.class)
    void guests_comeAndGo(Manners manners) {
        open(manners);
        try (XenGuests guests = guests()) {
            Looking looking = watch(guests);

            copyWorld();
            daemon.fire(DomainEvent.INTRODUCED);
            await().atMost(LONG).until(() -> looking.shows(GuestState.RUNNING));
            daemon.delete("/local/domain/0/device-model/7");
            await().atMost(LONG).until(() -> looking.shows(GuestState.TRANSIENT));
            daemon.delete("/vm");
            daemon.delete("/local/domain/7");
            daemon.delete("/libxl/7");
            daemon.fire(DomainEvent.RELEASED);

            await().atMost(LONG)
                    .until(() -> looking.looks.get(looking.looks.size() - 1).isEmpty());
        }
    }

    @ParameterizedTest
    @EnumSource(Manners.class)
    void guests_thatComeWhileNobodyListens_areFoundAfterwards(Manners manners) {
        open(manners);
        try (XenGuests guests = guests()) {
            Looking looking = watch(guests);

            daemon.stop();
            copyWorld();
            daemon.start();

            await().atMost(LONG).until(() -> looking.shows(GuestState.RUNNING));
        }
    }
}
