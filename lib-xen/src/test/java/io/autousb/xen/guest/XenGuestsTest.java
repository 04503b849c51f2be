package io.autousb.xen.guest;

import static io.autousb.xen.FakeGuests.START_TIME;
import static io.autousb.xen.FakeGuests.built;
import static io.autousb.xen.FakeGuests.destroy;
import static io.autousb.xen.FakeGuests.hvm;
import static io.autousb.xen.FakeGuests.pv;
import static io.autousb.xen.FakeGuests.uuid;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.GuestListener;
import io.autousb.domain.port.GuestSpec;
import io.autousb.linux.Deadline;
import io.autousb.xen.FakeGuests;
import io.autousb.xen.MemoryXenstore;
import io.autousb.xen.MemoryXenstore.Operation;
import io.autousb.xen.Recorded;
import io.autousb.xen.store.DomainEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class XenGuestsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    private Path root;

    private final MemoryXenstore store = new MemoryXenstore();
    private final AtomicLong now = new AtomicLong();
    private final Listener listener = new Listener();
    private final List<XenGuests> opened = new ArrayList<>();

    /** Counts hints, and looks on each, as the core does. */
    private final class Listener implements GuestListener {
        private final AtomicInteger guestHints = new AtomicInteger();
        private final List<GuestId> usbHints = new CopyOnWriteArrayList<>();
        private final Set<String> instances = new LinkedHashSet<>();
        private volatile List<Guest> last = List.of();

        @Override
        public void guestsChanged() {
            guestHints.incrementAndGet();
            if (!opened.isEmpty()) {
                last = opened.get(0).guests(Deadline.after(PATIENCE));
                last.forEach(guest -> instances.add(guest.instance()));
            }
        }

        @Override
        public void attachmentsChanged(GuestId guest) {
            usbHints.add(guest);
        }
    }

    @AfterEach
    void close() {
        opened.forEach(XenGuests::close);
        store.close();
    }

    private XenGuests open(XenAdapter adapter, String... names) {
        XenGuests guests = new XenGuests(store, root, now::get, (spec, guest) -> XenAdapter.of(guest) == adapter);
        opened.add(guests);
        guests.configure(specs(names));
        return guests;
    }

    private static List<GuestSpec> specs(String... names) {
        return Arrays.stream(names).map(name -> new GuestSpec(name, Map.of())).toList();
    }

    private XenGuests watching(String... names) {
        XenGuests guests = open(XenAdapter.XEN_QMP, names);
        guests.subscribe(listener);
        await().atMost(PATIENCE).until(() -> listener.guestHints.get() > 0);
        return guests;
    }

    private static List<Guest> list(XenGuests guests) {
        return guests.guests(Deadline.after(PATIENCE));
    }

    private static Guest only(XenGuests guests) {
        assertThat(list(guests)).hasSize(1);
        return list(guests).get(0);
    }

    private void passes(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private Path configurationOf(XenGuest guest) throws IOException {
        Path folder = Files.createDirectories(root.resolve("var/lib/xen"));
        return folder.resolve("userdata-d." + guest.domid() + "." + guest.uuid() + ".libxl-json");
    }

    private static BackendException failure(Runnable call) {
        return catchThrowableOfType(BackendException.class, call::run);
    }

    private static XenGuest awaitReady(XenGuests guests, Guest guest, Duration patience) {
        Deadline deadline = Deadline.after(patience);
        return guests.awaitReady(guest, guests.require(guest, deadline), deadline);
    }

    private void untilShown(String name, GuestState state) {
        await().atMost(PATIENCE)
                .until(() ->
                        listener.last.stream().anyMatch(guest -> guest.name().equals(name) && guest.state() == state));
    }

    @Test
    void guests_byName_haveIdNameInstanceAndState() {
        XenGuest facts = hvm(store, 7, "windows");
        hvm(store, 8, "other");

        Guest guest = only(open(XenAdapter.XEN_QMP, "windows"));

        assertThat(guest)
                .isEqualTo(new Guest(
                        new GuestId("xen", facts.uuid().toString()),
                        "windows",
                        "domain 7 built " + START_TIME,
                        GuestState.RUNNING));
    }

    @Test
    void guests_byDomid_haveTheNameTheyWereAskedFor() {
        hvm(store, 7, "windows");

        assertThat(only(open(XenAdapter.XEN_QMP, "7")).name()).isEqualTo("7");
    }

    @Test
    void guests_aNumberIsADomidEvenIfAGuestIsCalledSo() {
        hvm(store, 7, "8");

        assertThat(list(open(XenAdapter.XEN_QMP, "8"))).isEmpty();
    }

    @Test
    void guests_askedForTwice_areListedOnce() {
        hvm(store, 7, "windows");

        assertThat(only(open(XenAdapter.XEN_QMP, "windows", "7")).name()).isEqualTo("windows");
    }

    @Test
    void guests_ofAnotherAdapter_areLeftOut() {
        hvm(store, 7, "windows");
        pv(store, 8, "para");

        assertThat(list(open(XenAdapter.XEN_QMP, "windows", "para"))).hasSize(1);
        assertThat(only(open(XenAdapter.XL, "windows", "para")).name()).isEqualTo("para");
    }

    @Test
    void guests_ofARecordedHost_areThere() {
        Recorded.load(store, "hvm-with-controller");

        assertThat(list(open(XenAdapter.XEN_QMP, "windows", "bare", "monitor", "none", "para")))
                .extracting(Guest::name)
                .containsExactly("windows", "bare", "monitor", "none");
    }

    @Test
    void guests_withoutDeviceModel_areInTransition() {
        hvm(store, 7, "windows");
        store.drop("/local/domain/0/device-model/7");

        assertThat(only(open(XenAdapter.XEN_QMP, "windows")).state()).isEqualTo(GuestState.TRANSIENT);
    }

    @Test
    void guests_whoseDeviceModelSaysSomethingElse_areInTransition() {
        hvm(store, 7, "windows");
        store.put("/local/domain/0/device-model/7/state", "paused");

        assertThat(only(open(XenAdapter.XEN_QMP, "windows")).state()).isEqualTo(GuestState.TRANSIENT);
    }

    @Test
    void guests_thatLibxlIsStillMaking_areInTransitionUntilItIsDone() throws IOException {
        Path done = configurationOf(hvm(store, 7, "windows"));
        XenGuests guests = open(XenAdapter.XEN_QMP, "windows");
        assertThat(only(guests).state()).isEqualTo(GuestState.TRANSIENT);

        Files.createFile(done);

        assertThat(only(guests).state()).isEqualTo(GuestState.RUNNING);
    }

    @Test
    void requireReady_whileLibxlIsMakingIt_isRefused() throws IOException {
        Path done = configurationOf(hvm(store, 7, "windows"));
        XenGuests guests = open(XenAdapter.XEN_QMP, "windows");
        Guest guest = only(guests);

        BackendException refused = failure(() -> guests.requireReady(guest, Deadline.after(PATIENCE)));

        assertThat(refused.is(BackendException.REFUSED)).isTrue();
        assertThat(refused.retry()).isEqualTo(BackendException.Retry.ON_CHANGE);
        Files.createFile(done);
        assertThat(guests.requireReady(guest, Deadline.after(PATIENCE)).domid()).isEqualTo(7);
    }

    @Test
    void awaitReady_whileLibxlIsMakingIt_waits() throws IOException {
        Path done = configurationOf(hvm(store, 7, "windows"));
        XenGuests guests = open(XenAdapter.XEN_QMP, "windows");
        Guest guest = only(guests);
        CompletableFuture<XenGuest> waiting = CompletableFuture.supplyAsync(() -> awaitReady(guests, guest, PATIENCE));
        assertThat(waiting).isNotDone();

        Files.createFile(done);

        assertThat(waiting.join().domid()).isEqualTo(7);
    }

    @Test
    void awaitReady_ofAGuestThatNeverIs_isRefused() throws IOException {
        configurationOf(hvm(store, 7, "windows"));
        XenGuests guests = open(XenAdapter.XEN_QMP, "windows");
        Guest guest = only(guests);

        BackendException refused = failure(() -> awaitReady(guests, guest, Duration.ofMillis(300)));

        assertThat(refused.is(BackendException.REFUSED)).isTrue();
    }

    @Test
    void guests_thatNobodySaysAreDone_areTakenForThatAfterAWhile() throws IOException {
        configurationOf(hvm(store, 7, "windows"));
        XenGuests guests = open(XenAdapter.XEN_QMP, "windows");
        assertThat(only(guests).state()).isEqualTo(GuestState.TRANSIENT);

        passes(GuestStates.CREATION_PATIENCE.minusSeconds(1));
        assertThat(only(guests).state()).isEqualTo(GuestState.TRANSIENT);
        passes(Duration.ofSeconds(1));

        assertThat(only(guests).state()).isEqualTo(GuestState.RUNNING);
    }

    @Test
    void guests_thatArePv_needNoDeviceModelButAreMadeToo() throws IOException {
        Path done = configurationOf(pv(store, 8, "para"));
        XenGuests guests = open(XenAdapter.XL, "para");
        assertThat(only(guests).state()).isEqualTo(GuestState.TRANSIENT);

        Files.createFile(done);

        assertThat(only(guests).state()).isEqualTo(GuestState.RUNNING);
    }

    @Test
    void guests_thatAreAskedToSuspend_areInTransition() {
        hvm(store, 7, "windows");
        store.put("/local/domain/7/control/shutdown", "suspend");

        assertThat(only(open(XenAdapter.XEN_QMP, "windows")).state()).isEqualTo(GuestState.TRANSIENT);
    }

    @Test
    void guests_thatNeverAgreeToSuspend_areNotWaitedForForEver() {
        hvm(store, 7, "windows");
        store.put("/local/domain/7/control/shutdown", "suspend");
        XenGuests guests = open(XenAdapter.XEN_QMP, "windows");
        assertThat(only(guests).state()).isEqualTo(GuestState.TRANSIENT);

        passes(GuestStates.SUSPEND_PATIENCE);

        assertThat(only(guests).state()).isEqualTo(GuestState.RUNNING);
    }

    @Test
    void guests_thatAreSuspendedASecondTime_areInTransitionAgain() {
        hvm(store, 7, "windows");
        store.put("/local/domain/7/control/shutdown", "suspend");
        XenGuests guests = open(XenAdapter.XEN_QMP, "windows");
        list(guests);
        store.put("/local/domain/7/control/shutdown", "");
        list(guests);
        passes(GuestStates.SUSPEND_PATIENCE);

        store.put("/local/domain/7/control/shutdown", "suspend");

        assertThat(only(guests).state()).isEqualTo(GuestState.TRANSIENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"poweroff", "reboot", "halt", "s3", "anything\u001b"})
    void guests_thatAreAskedToEnd_mayStillBeUsed(String wish) {
        hvm(store, 7, "windows");
        store.put("/local/domain/7/control/shutdown", wish);

        assertThat(only(open(XenAdapter.XEN_QMP, "windows")).state()).isEqualTo(GuestState.RUNNING);
    }

    @Test
    void guests_thatMigrate_areNotThoseOfTheirNameAndLeftAloneByDomid() {
        hvm(store, 7, "windows--incoming");

        assertThat(list(open(XenAdapter.XEN_QMP, "windows"))).isEmpty();
        assertThat(only(open(XenAdapter.XEN_QMP, "7")).state()).isEqualTo(GuestState.TRANSIENT);
    }

    @Test
    void guests_oneEndingAndOneStartingUnderAName_areTheOneThatCanBeUsed() {
        hvm(store, 7, "windows");
        hvm(store, 8, "windows");
        store.drop("/local/domain/0/device-model/8");

        assertThat(only(open(XenAdapter.XEN_QMP, "windows")).instance()).startsWith("domain 7 ");
    }

    @Test
    void guests_twoLivesOfOneGuest_areTheLaterOne() {
        hvm(store, 9, uuid(1), "windows", START_TIME);
        hvm(store, 10, uuid(1), "windows", START_TIME);

        assertThat(only(open(XenAdapter.XEN_QMP, "windows")).instance()).startsWith("domain 10 ");
        assertThat(only(open(XenAdapter.XEN_QMP, "windows")).state()).isEqualTo(GuestState.RUNNING);
    }

    @Test
    void guests_twoGuestsOfOneName_areUnknownAndSayWhy() {
        hvm(store, 7, "windows");
        hvm(store, 8, "windows");
        XenGuests guests = open(XenAdapter.XEN_QMP, "windows");

        Guest guest = only(guests);

        assertThat(guest.state()).isEqualTo(GuestState.UNKNOWN);
        BackendException why = failure(() -> guests.require(guest, Deadline.NEVER));
        assertThat(why.code()).isEqualTo(BackendException.REFUSED);
        assertThat(why.remedy()).contains("xl rename");
    }

    @Test
    void guests_withXenstoreGone_fail() {
        XenGuests guests = open(XenAdapter.XEN_QMP, "windows");
        store.interfere((operation, where) -> {
            throw BackendException.of(BackendException.IO, "no connection").build();
        });

        assertThat(failure(() -> list(guests)).code()).isEqualTo(BackendException.IO);
    }

    @Test
    void guests_thatNobodyAsksFor_costOneReadingEach() {
        hvm(store, 7, "windows");
        List<String> read = new CopyOnWriteArrayList<>();
        XenGuests guests = open(XenAdapter.XEN_QMP, "other");
        store.interfere((operation, where) -> {
            if (operation == Operation.READ) {
                read.add(where);
            }
        });

        list(guests);

        assertThat(read).containsExactly("/local/domain/7/name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "Domain-0", "007", "123456"})
    void configure_whatIsNoGuest_failsWithInvalid(String name) {
        BackendException why = failure(() -> open(XenAdapter.XL, name));

        assertThat(why.code()).isEqualTo(BackendException.INVALID);
        assertThat(why.remedy()).isNotEmpty();
    }

    @Test
    void configure_aGuestTwice_failsWithInvalid() {
        assertThat(failure(() -> open(XenAdapter.XL, "a", "a")).code()).isEqualTo(BackendException.INVALID);
    }

    @Test
    void require_returnsTheFactsOfTheInstance() {
        XenGuest facts = hvm(store, 7, "windows");
        XenGuests guests = open(XenAdapter.XEN_QMP, "windows");
        Guest guest = only(guests);
        store.put("/local/domain/7/name", "renamed");

        assertThat(guests.require(guest, Deadline.NEVER).uuid()).isEqualTo(facts.uuid());
    }

    @Test
    void require_ofAGuestInAnotherState_works() {
        hvm(store, 7, "windows");
        XenGuests guests = open(XenAdapter.XEN_QMP, "windows");

        assertThat(guests.require(only(guests).withState(GuestState.UNKNOWN), Deadline.NEVER))
                .isNotNull();
    }

    @Test
    void require_ofAnEarlierInstance_failsWithGuestGone() {
        hvm(store, 7, "windows");
        XenGuests guests = open(XenAdapter.XEN_QMP, "windows");
        Guest guest = only(guests);
        built(store, 7, uuid(7), "windows", "hvm", "1795383999.00");

        assertThat(failure(() -> guests.require(guest, Deadline.NEVER)).code()).isEqualTo(BackendException.GUEST_GONE);
    }

    @Test
    void require_ofADomidThatIsAnotherGuestsByNow_failsWithGuestGone() {
        hvm(store, 7, "windows");
        XenGuests guests = open(XenAdapter.XEN_QMP, "windows");
        Guest guest = only(guests);
        hvm(store, 7, uuid(8), "windows", START_TIME);

        assertThat(failure(() -> guests.require(guest, Deadline.NEVER)).code()).isEqualTo(BackendException.GUEST_GONE);
    }

    @Test
    void require_ofAGuestOfAnotherOrigin_failsWithGuestGone() {
        XenGuests guests = open(XenAdapter.XEN_QMP, "windows");
        Guest guest = new Guest(new GuestId("qmp", "/x"), "windows", "process 7", GuestState.RUNNING);

        assertThat(failure(() -> guests.require(guest, Deadline.NEVER)).code()).isEqualTo(BackendException.GUEST_GONE);
    }

    @Test
    void spec_isTheOneThatNamesTheGuest() {
        hvm(store, 7, "windows");
        XenGuests guests = open(XenAdapter.XEN_QMP, "windows");
        Guest guest = only(guests);

        assertThat(guests.spec(guest)).map(GuestSpec::name).contains("windows");
        guests.configure(specs("other"));
        assertThat(guests.spec(guest)).isEmpty();
    }

    @Test
    void all_areThoseOfOtherAdaptersToo() {
        hvm(store, 7, "windows");
        pv(store, 8, "para");

        assertThat(open(XenAdapter.XL).all(Deadline.NEVER))
                .extracting(XenGuest::domid)
                .containsExactly(7, 8);
    }

    @Test
    void hint_comesWhenAGuestStarts() {
        watching("windows");

        hvm(store, 7, "windows");
        store.fire(DomainEvent.INTRODUCED);

        untilShown("windows", GuestState.RUNNING);
    }

    @Test
    void hint_comesWhenAGuestEnds() {
        XenGuest guest = hvm(store, 7, "windows");
        watching("windows");
        untilShown("windows", GuestState.RUNNING);

        destroy(store, guest);
        store.fire(DomainEvent.RELEASED);

        await().atMost(PATIENCE).until(() -> listener.last.isEmpty());
    }

    @Test
    void hint_comesWhenTheDeviceModelEndsBeforeTheDomainDoes() {
        hvm(store, 7, "windows");
        watching("windows");
        untilShown("windows", GuestState.RUNNING);

        store.drop("/local/domain/0/device-model/7");

        untilShown("windows", GuestState.TRANSIENT);
    }

    @Test
    void hint_comesWhenAGuestIsRenamed() {
        hvm(store, 7, "windows--incoming");
        watching("windows");

        store.put("/local/domain/7/name", "windows");

        untilShown("windows", GuestState.RUNNING);
    }

    @Test
    void hint_comesWhenLibxlIsDone() throws IOException {
        Path done = configurationOf(hvm(store, 7, "windows"));
        watching("windows");
        untilShown("windows", GuestState.TRANSIENT);

        Files.createFile(done);

        untilShown("windows", GuestState.RUNNING);
    }

    @Test
    void hint_comesWhenSuspendingEndsOrBegins() {
        hvm(store, 7, "windows");
        watching("windows");
        untilShown("windows", GuestState.RUNNING);

        store.put("/local/domain/7/control/shutdown", "suspend");
        untilShown("windows", GuestState.TRANSIENT);
        store.put("/local/domain/7/control/shutdown", "");

        untilShown("windows", GuestState.RUNNING);
    }

    @Test
    void hint_comesWhenTheConfigurationIsAnother() {
        hvm(store, 7, "windows");
        XenGuests guests = watching("other");

        guests.configure(specs("windows"));

        untilShown("windows", GuestState.RUNNING);
    }

    @Test
    void hint_comesAfterXenstoreWasGone() {
        AtomicBoolean gone = new AtomicBoolean();
        store.interfere((operation, where) -> {
            if (gone.get()) {
                throw BackendException.of(BackendException.IO, "no connection").build();
            }
        });
        watching("windows");
        gone.set(true);
        hvm(store, 7, "windows");
        store.fire(DomainEvent.INTRODUCED);

        gone.set(false);

        untilShown("windows", GuestState.RUNNING);
    }

    @Test
    void hint_comesWhenWhatWasShownIsNotSoAnyMore_evenIfTheWatcherSawNoChange() {
        hvm(store, 7, "windows");
        XenGuests guests = watching("windows");
        untilShown("windows", GuestState.RUNNING);
        CountDownLatch back = new CountDownLatch(1);
        store.interfere((operation, where) -> {
            if (Thread.currentThread().getName().equals("autousb-xen-guests")) {
                awaitLatch(back);
            }
        });
        int before = listener.guestHints.get();
        store.drop("/local/domain/7/domid"); // no watch tells of this
        assertThat(list(guests)).isEmpty();
        store.put("/local/domain/7/domid", "7"); // nor of this
        back.countDown();

        await().atMost(PATIENCE).until(() -> listener.guestHints.get() > before);
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void hint_ofUsb_comesWhenAPortChanges() {
        XenGuest guest = hvm(store, 7, "windows");
        watching("windows");
        await().atMost(PATIENCE).until(() -> listener.usbHints.contains(guest.id()));
        listener.usbHints.clear();

        store.put("/libxl/7/device/vusb/0/port/1", "2-1.1");

        await().atMost(PATIENCE).until(() -> listener.usbHints.contains(guest.id()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"qusb", "vusb"})
    void hint_ofUsb_comesWhenAPortOfABackendChanges(String kind) {
        XenGuest guest = pv(store, 7, "para");
        XenGuests guests = open(XenAdapter.XL, "para");
        guests.subscribe(listener);
        await().atMost(PATIENCE).until(() -> listener.usbHints.contains(guest.id()));
        listener.usbHints.clear();

        store.put("/local/domain/0/backend/" + kind + "/7/0/port/1", "2-1.1");

        await().atMost(PATIENCE).until(() -> listener.usbHints.contains(guest.id()));
    }

    @Test
    void watches_ofWhatIsGone_areTakenAway() {
        XenGuest guest = hvm(store, 7, "windows");
        watching("windows");
        await().atMost(PATIENCE).until(() -> store.watched().contains("/libxl/7/device/vusb"));

        destroy(store, guest);
        store.fire(DomainEvent.RELEASED);

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(store.watched()).containsExactly("@introduceDomain", "@releaseDomain"));
    }

    @Test
    void watches_coverNothingThatAGuestMayWriteButItsShutdown() {
        hvm(store, 7, "windows");
        watching("windows");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(store.watched())
                        .filteredOn(path -> path.startsWith("/local/domain/7"))
                        .containsExactly("/local/domain/7/control/shutdown", "/local/domain/7/name"));
    }

    @Test
    void looks_areFew_howeverFastAGuestWrites() {
        hvm(store, 7, "windows");
        watching("windows");
        untilShown("windows", GuestState.RUNNING);
        AtomicInteger looks = new AtomicInteger();
        store.interfere((operation, where) -> {
            if (operation == Operation.LIST && where.equals("/local/domain")) {
                looks.incrementAndGet();
            }
        });

        for (int i = 0; i < 10_000; i++) {
            store.put("/local/domain/7/control/shutdown", "x" + i);
        }
        store.put("/local/domain/7/control/shutdown", "suspend");
        untilShown("windows", GuestState.TRANSIENT);

        assertThat(looks.get()).isLessThan(1000);
    }

    @Test
    void life_asRecorded_showsTheGuestOnlyWhenItIsComplete() {
        watching("monitor");
        for (Recorded.Event event : Recorded.life("create-hvm")) {
            event.replay(store);
            if (event.path().endsWith("/device-model/1/state")) {
                break;
            }
            assertThat(list(opened.get(0)))
                    .as(event.path())
                    .noneMatch(guest -> guest.state().acceptsChanges());
        }

        untilShown("monitor", GuestState.RUNNING);
    }

    @Test
    void life_asRecorded_isNotUsedBeforeLibxlHasAddedItsControllers() throws IOException {
        Path folder = Files.createDirectories(root.resolve("var/lib/xen"));
        XenGuests guests = open(XenAdapter.XEN_QMP, "monitor");
        for (Recorded.Event event : Recorded.life("create-hvm")) {
            event.replay(store);
            if (event.path().endsWith("/vusb/0/port/15")) {
                break;
            }
            assertThat(list(guests))
                    .as(event.path())
                    .noneMatch(guest -> guest.state().acceptsChanges());
        }
        String uuid = only(guests).id().key();

        Files.createFile(folder.resolve("userdata-d.1." + uuid + ".libxl-json"));

        assertThat(only(guests).state()).isEqualTo(GuestState.RUNNING);
    }

    @Test
    void life_ofAGuestThatCrashesAgainAndAgain_isOneGuestWithManyInstances() {
        Recorded.load(store, "no-guest");
        watching("loop");
        Set<GuestId> ids = new LinkedHashSet<>();
        Set<String> running = new LinkedHashSet<>();

        for (Recorded.Event event : Recorded.life("crash-loop")) {
            event.replay(store);
            for (Guest guest : list(opened.get(0))) {
                ids.add(guest.id());
                if (guest.state() == GuestState.RUNNING) {
                    running.add(guest.instance());
                }
            }
        }

        assertThat(ids).hasSize(1);
        assertThat(running).hasSizeGreaterThan(1);
        await().atMost(PATIENCE).until(() -> listener.last.isEmpty());
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(store.watched())
                        .filteredOn(path -> path.startsWith("/libxl"))
                        .isEmpty());
    }

    @Test
    void life_asRecordedOfADestroyedGuest_endsWithoutIt() {
        Recorded.load(store, "hvm-with-controller");
        watching("windows");
        untilShown("windows", GuestState.RUNNING);

        for (Recorded.Event event : Recorded.life("destroy")) {
            event.replay(store);
        }

        await().atMost(PATIENCE).until(() -> listener.last.isEmpty());
    }

    @Test
    void close_endsHintsWatchesAndThread() {
        hvm(store, 7, "windows");
        XenGuests guests = watching("windows");

        guests.close();

        assertThat(store.watched()).isEmpty();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("autousb-xen-guests"));
        int hints = listener.guestHints.get();
        store.fire(DomainEvent.INTRODUCED);
        assertThat(listener.guestHints).hasValue(hints);
    }

    @Test
    void close_byTheListener_doesNotHang() throws InterruptedException {
        XenGuests guests = open(XenAdapter.XL, "windows");
        java.util.concurrent.CountDownLatch closed = new java.util.concurrent.CountDownLatch(1);
        guests.subscribe(new GuestListener() {
            @Override
            public void guestsChanged() {
                guests.close();
                closed.countDown();
            }

            @Override
            public void attachmentsChanged(GuestId guest) {
                // not of interest
            }
        });

        assertThat(closed.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void close_again_doesNothing() {
        XenGuests guests = open(XenAdapter.XL, "windows");
        guests.close();
        guests.close();

        assertThat(failure(() -> list(guests)).code()).isEqualTo(BackendException.CLOSED);
        assertThat(failure(() -> guests.configure(List.of())).code()).isEqualTo(BackendException.CLOSED);
        assertThat(failure(() -> guests.subscribe(listener)).code()).isEqualTo(BackendException.CLOSED);
        assertThat(failure(() -> guests.all(Deadline.NEVER)).code()).isEqualTo(BackendException.CLOSED);
    }

    @Test
    void subscribe_twice_isRefused() {
        XenGuests guests = watching("windows");

        assertThatThrownBy(() -> guests.subscribe(listener)).isInstanceOf(IllegalStateException.class);
    }

    /** How often this thread looks at xenstore meanwhile. */
    private int looks(Runnable call) {
        Thread own = Thread.currentThread();
        AtomicInteger looks = new AtomicInteger();
        store.interfere((operation, where) -> {
            if (Thread.currentThread() == own) {
                looks.incrementAndGet();
            }
        });
        call.run();
        return looks.get();
    }

    private XenGuest latest(XenGuests guests, Guest guest) {
        return guests.latest(guest, Deadline.after(PATIENCE));
    }

    private void untilKnown(XenGuests guests, Guest guest) {
        await().atMost(PATIENCE).until(() -> looks(() -> latest(guests, guest)) == 0);
    }

    @Test
    void latest_whenNothingHasHappened_asksNothing() {
        XenGuest facts = hvm(store, 7, "windows");
        XenGuests guests = watching("windows");
        Guest guest = only(guests);
        untilKnown(guests, guest);
        assertThat(latest(guests, guest)).isEqualTo(facts);
    }

    @Test
    void latest_beforeAnythingIsWatched_asks() {
        XenGuest facts = hvm(store, 7, "windows");
        XenGuests guests = open(XenAdapter.XEN_QMP, "windows");
        Guest guest = only(guests);
        assertThat(looks(() -> assertThat(latest(guests, guest)).isEqualTo(facts)))
                .isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/local/domain/0/device-model/7/state",
                "/local/domain/7/control/shutdown",
                "/local/domain/7/name"
            })
    void latest_afterAChange_tellsIt(String path) {
        hvm(store, 7, "windows");
        XenGuests guests = watching("windows");
        Guest guest = only(guests);
        untilKnown(guests, guest);
        XenGuest before = latest(guests, guest);
        store.put(path, "other");
        await().atMost(PATIENCE).until(() -> !latest(guests, guest).equals(before));
        assertThat(latest(guests, guest)).isEqualTo(guests.require(guest, Deadline.after(PATIENCE)));
    }

    @Test
    void latest_ofAGuestThatIsGone_fails() {
        XenGuest facts = hvm(store, 7, "windows");
        XenGuests guests = watching("windows");
        Guest guest = only(guests);
        untilKnown(guests, guest);
        destroy(store, facts);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThatThrownBy(() -> latest(guests, guest))
                        .isInstanceOfSatisfying(
                                BackendException.class,
                                e -> assertThat(e.code()).isEqualTo(BackendException.GUEST_GONE)));
    }

    @Test
    void latest_whenSeveralBearTheName_fails() {
        hvm(store, 7, "windows");
        XenGuests guests = watching("windows");
        Guest guest = only(guests);
        untilKnown(guests, guest);
        hvm(store, 8, "windows");
        store.fire(DomainEvent.INTRODUCED);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThatThrownBy(() -> latest(guests, guest))
                        .isInstanceOfSatisfying(
                                BackendException.class,
                                e -> assertThat(e.code()).isEqualTo(BackendException.REFUSED)));
    }

    @Test
    void hint_whenOnlyUsbChanges_comesWithoutALook() {
        hvm(store, 7, "windows");
        FakeGuests.controller(store, 7, 0, 3, 15);
        XenGuests guests = watching("windows");
        Guest guest = only(guests);
        untilKnown(guests, guest);
        await().atMost(PATIENCE).until(() -> !listener.usbHints.isEmpty());
        listener.usbHints.clear();
        AtomicInteger looks = new AtomicInteger();
        store.interfere((operation, where) -> {
            if (Thread.currentThread().getName().equals("autousb-xen-guests")) {
                looks.incrementAndGet();
            }
        });

        store.put("/libxl/7/device/vusb/0/port/1", "2-1.1");

        await().atMost(PATIENCE).until(() -> listener.usbHints.contains(guest.id()));
        assertThat(looks).hasValue(0);
    }
}
