package io.autousb.xen.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.linux.Deadline;
import io.autousb.xen.store.FakeFaults.Fault;
import io.autousb.xen.store.FakeXenstored.Manners;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A connection is lost and comes back; or never comes about. */
class ReconnectTest extends StoreTest {

    private static final XenstorePath DOMAINS = XenstorePath.of("/local/domain");

    @TempDir
    private Path elsewhere;

    private final List<WatchTarget> told = new CopyOnWriteArrayList<>();

    private void awaitTold(WatchTarget where) {
        await().until(() -> told.contains(where));
    }

    @ParameterizedTest
    @EnumSource
    void cut_afterAll_watchesComeBackAndTellToLook(Manners manners) {
        open(manners);
        Watch one = store.watch(DOMAINS, told::add);
        Watch two = store.watch(DomainEvent.RELEASED, told::add);
        awaitTold(DOMAINS);
        awaitTold(DomainEvent.RELEASED);
        fake.stop();
        fake.put("/local/domain/3", "while nobody watched");
        told.clear();
        fake.start();
        awaitTold(DOMAINS);
        awaitTold(DomainEvent.RELEASED);
        assertThat(fake.watches()).isEqualTo(2);
        fake.put("/local/domain/4", "");
        awaitTold(DOMAINS.child(4));
        one.close();
        two.close();
        await().until(() -> fake.watches() == 0);
    }

    @Test
    void watch_duringAnOutage_isPlacedAfterIt() {
        open(Manners.C);
        awaitConnection();
        fake.stop();
        Watch kept = store.watch(DOMAINS, told::add);
        store.watch(PORT, told::add).close();
        fake.start();
        awaitTold(DOMAINS);
        assertThat(fake.watches()).isEqualTo(1);
        kept.close();
    }

    @Test
    void call_duringAnOutage_failsAtOnceAndThenWorks() {
        open(Manners.C);
        fake.put(PORT.text(), "3-1.5");
        awaitConnection();
        fake.stop();
        await().until(() -> failure(() -> nodes().write(PORT, "")).getMessage().contains("cannot be reached"));
        BackendException failure = failure(() -> nodes().write(PORT, ""));
        assertThat(failure.code()).isEqualTo(BackendException.IO);
        assertThat(failure.retry()).isEqualTo(Retry.BACK_OFF);
        assertThat(failure.outcomeUnknown()).isFalse();
        assertThat(failure.where()).contains(fake.socket().toString());
        assertThat(failure(() -> store.change(soon(), tx -> {})).code()).isEqualTo(BackendException.IO);
        fake.start();
        awaitConnection();
        assertThat(nodes().read(PORT)).contains("3-1.5");
    }

    @Test
    void open_whenThereIsNoXenstored_failsWithTheRemedy() {
        XenstoreAddress address = XenstoreAddress.find(elsewhere, java.util.Map.of());
        store = XenstoreClient.open(address);
        BackendException failure = failure(() -> nodes().read(PORT));
        assertThat(failure.code()).isEqualTo(BackendException.IO);
        assertThat(failure.retry()).isEqualTo(Retry.BACK_OFF);
        assertThat(failure.remedy()).contains("control domain");
        assertThat(failure.where()).contains("xenstored/socket", "dev/xen/xenbus");
    }

    @Test
    void open_whenXenstoredComesLater_connects() {
        open(Manners.C);
        fake.stop();
        store.close();
        store = XenstoreClient.open(fake.address());
        Watch watch = store.watch(DOMAINS, told::add);
        fake.start();
        awaitTold(DOMAINS);
        watch.close();
    }

    @Test
    void open_whenSocketIsSilent_failsByTheDeadline() throws Exception {
        open(Manners.C);
        fake.faults().hang();
        store.close();
        store = XenstoreClient.open(fake.address());
        BackendException failure = failure(() -> store.by(Deadline.after(SHORT)).read(PORT));
        assertThat(failure.code()).isEqualTo(BackendException.TIMEOUT);
        assertThat(failure.outcomeUnknown()).isFalse();
        fake.faults().goOn();
        assertThat(nodes().read(PORT)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"CUT_BEFORE, ''", "CUT_AFTER, 3-1.5"})
    void write_whenTheConnectionIsLostWithoutAnAnswer_hasUnknownOutcome(Fault fault, String value) {
        open(Manners.C);
        fake.put(PORT.text(), "");
        fake.faults().next("WRITE", fault);
        BackendException failure = failure(() -> nodes().write(PORT, "3-1.5"));
        assertThat(failure.code()).isEqualTo(BackendException.IO);
        assertThat(failure.retry()).isEqualTo(Retry.BACK_OFF);
        assertThat(failure.outcomeUnknown()).isTrue();
        awaitConnection();
        assertThat(nodes().read(PORT)).contains(value);
    }

    @Test
    void remove_whenTheConnectionIsLostWithoutAnAnswer_hasUnknownOutcome() {
        open(Manners.C);
        fake.faults().next("RM", Fault.CUT_AFTER);
        assertThat(failure(() -> nodes().remove(PORT)).outcomeUnknown()).isTrue();
    }

    @Test
    void read_whenTheConnectionIsLost_hasNoUnknownOutcome() {
        open(Manners.C);
        fake.faults().next("READ", Fault.CUT_AFTER);
        fake.faults().next("READ", Fault.CUT_AFTER);
        BackendException failure = failure(() -> nodes().read(PORT));
        assertThat(failure.code()).isEqualTo(BackendException.IO);
        assertThat(failure.outcomeUnknown()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"WRONG_TYPE", "WRONG_ID", "GARBAGE"})
    void call_whenTheAnswerIsNone_dropsTheConnectionAndComesBack(Fault fault) {
        open(Manners.C);
        awaitConnection();
        fake.faults().next("WRITE", fault);
        BackendException failure = failure(() -> nodes().write(PORT, "x"));
        assertThat(failure.code()).isEqualTo(BackendException.PROTOCOL);
        assertThat(failure.retry()).isEqualTo(Retry.BACK_OFF);
        assertThat(failure.outcomeUnknown()).isTrue();
        awaitConnection();
        assertThat(fake.accepted()).isEqualTo(2);
    }

    @Test
    void answer_thatNobodyAskedFor_dropsTheConnection() {
        open(Manners.C);
        awaitConnection();
        fake.say(FakeClient.message(FakeRequest.code("READ"), 77, 0, "x").array());
        await().until(() -> fake.accepted() == 2);
    }

    @Test
    void answers_inPiecesOfAnyLength_arePutTogether() {
        open(Manners.C);
        String value = "x".repeat(3000);
        fake.put(PORT.text(), value);
        for (int size : List.of(1, 2, 7, 15, 16, 17, 1000)) {
            fake.faults().split(size);
            assertThat(nodes().read(PORT)).contains(value);
            assertThat(nodes().list(PORT.parent())).contains(List.of("1"));
        }
    }

    @Test
    void call_whenNotAnswered_timesOutAndCostsNobodyTheConnection() throws Exception {
        open(Manners.C);
        fake.put(PORT.text(), "3-1.5");
        awaitConnection();
        fake.faults().hang();
        CompletableFuture<Object> patient = inThread(() -> nodes().read(PORT).orElseThrow());
        BackendException failure = failure(() -> store.by(Deadline.after(SHORT)).write(PORT, "late"));
        assertThat(failure.code()).isEqualTo(BackendException.TIMEOUT);
        assertThat(failure.retry()).isEqualTo(Retry.BACK_OFF);
        assertThat(failure.outcomeUnknown()).isTrue();
        fake.faults().goOn();
        assertThat(result(patient)).isIn("3-1.5", "late");
        await().until(() -> nodes().read(PORT).orElseThrow().equals("late"));
        assertThat(fake.accepted()).isEqualTo(1);
    }

    @Test
    void call_whenTheDeadlineHasPassed_isNotSent() {
        open(Manners.C);
        awaitConnection();
        BackendException failure =
                failure(() -> store.by(Deadline.after(Duration.ZERO)).write(PORT, "x"));
        assertThat(failure.code()).isEqualTo(BackendException.TIMEOUT);
        assertThat(failure.outcomeUnknown()).isFalse();
        assertThat(nodes().read(PORT)).isEmpty();
    }

    @Test
    void call_whenAnAnswerIsDueForTooLong_connectsAnew() {
        open(Manners.C, impatient(SHORT));
        awaitConnection();
        fake.faults().hang();
        await().until(() -> {
            BackendException failure =
                    failure(() -> store.by(Deadline.after(SHORT)).read(PORT));
            return failure.getMessage().contains("has not answered READ " + PORT);
        });
        fake.faults().goOn();
        awaitConnection();
        assertThat(fake.accepted()).isGreaterThan(1);
    }

    /** The one who waits fails when another finds that the connection is stuck. */
    @Test
    void call_whenAnotherGivesTheConnectionUp_fails() throws Exception {
        open(Manners.C, impatient(SHORT));
        awaitConnection();
        fake.faults().hang();
        CompletableFuture<Object> patient = inThread(() -> nodes().read(PORT));
        await().until(() -> {
            assertThat(failure(() -> store.by(Deadline.after(SHORT)).read(PORT)).code())
                    .isEqualTo(BackendException.TIMEOUT);
            return patient.isDone();
        });
        assertThat(failure(patient).code()).isEqualTo(BackendException.TIMEOUT);
        fake.faults().goOn();
    }

    @Test
    void call_whenInterrupted_waitsForTheAnswerAndKeepsTheInterrupt() throws Exception {
        open(Manners.C);
        fake.put(PORT.text(), "3-1.5");
        awaitConnection();
        CompletableFuture<String> value = inThread(() -> {
            Thread.currentThread().interrupt();
            String read = nodes().read(PORT).orElseThrow();
            return read + Thread.currentThread().isInterrupted();
        });
        assertThat(result(value)).isEqualTo("3-1.5true");
        assertThat(fake.accepted()).isEqualTo(1);
    }

    @Test
    void call_fromManyThreads_getsEachItsOwnAnswer() throws Exception {
        open(Manners.C);
        for (int i = 0; i < 8; i++) {
            fake.put("/n/" + i, "value " + i);
        }
        List<CompletableFuture<Integer>> all = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 8; i++) {
            int own = i;
            all.add(inThread(() -> {
                for (int k = 0; k < 200; k++) {
                    assertThat(nodes().read(XenstorePath.of("/n").child(own))).contains("value " + own);
                }
                return own;
            }));
        }
        for (int i = 0; i < 8; i++) {
            assertThat(result(all.get(i))).isEqualTo(i);
        }
        assertThat(fake.accepted()).isEqualTo(1);
    }

    @Test
    void close_whenACallWaits_endsIt() throws Exception {
        open(Manners.C);
        awaitConnection();
        fake.faults().hang();
        CompletableFuture<Object> write = inThread(() -> {
            nodes().write(PORT, "x");
            return "done";
        });
        awaitCallUnderWay();
        store.close();
        BackendException failure = failure(write);
        assertThat(failure.code()).isEqualTo(BackendException.CLOSED);
        assertThat(failure.retry()).isEqualTo(Retry.NEVER);
        assertThat(failure.outcomeUnknown()).isTrue();
    }

    @Test
    void close_always_letsLaterCallsFail() {
        open(Manners.C);
        store.close();
        store.close();
        assertThat(failure(() -> nodes().read(PORT)).code()).isEqualTo(BackendException.CLOSED);
        assertThat(failure(() -> store.change(soon(), tx -> {})).code()).isEqualTo(BackendException.CLOSED);
    }

    @Test
    void close_duringAnOutage_isQuiet() {
        open(Manners.C);
        awaitConnection();
        fake.stop();
        store.close();
        assertThat(failure(() -> nodes().read(PORT)).code()).isEqualTo(BackendException.CLOSED);
    }

    @Test
    void close_beforeAnybodyAnswered_doesNotHang() {
        open(Manners.C);
        fake.faults().hang();
        store.close();
        store = XenstoreClient.open(fake.address());
        awaitCallUnderWay();
        store.close();
        fake.faults().goOn();
        await().until(() -> fake.clients() == 0);
    }

    @Test
    void reconnecting_oftenAndOften_leaksNoDescriptors() {
        open(Manners.C);
        Watch watch = store.watch(DOMAINS, told::add);
        awaitTold(DOMAINS);
        int before = descriptors();
        for (int i = 0; i < 50; i++) {
            told.clear();
            fake.cut();
            awaitTold(DOMAINS);
        }
        assertThat(descriptors()).isLessThan(before + 50);
        watch.close();
    }

    @Test
    void outage_thatIsLong_leaksNoDescriptors() {
        open(Manners.C);
        awaitConnection();
        fake.stop();
        int before = descriptors();
        store.close();
        for (int i = 0; i < 100; i++) {
            try (Xenstore each = XenstoreClient.open(fake.address())) {
                assertThat(failure(() -> each.by(soon()).read(PORT)).code()).isEqualTo(BackendException.IO);
            }
        }
        assertThat(descriptors()).isLessThan(before + 50);
    }

    @Test
    void open_whenNotAllowed_saysSo() throws Exception {
        Path socket = Files.createFile(elsewhere.resolve("socket"));
        XenstoreAddress address = new XenstoreAddress(List.of(socket));
        store = XenstoreClient.open(
                deadline -> {
                    throw new java.nio.file.AccessDeniedException(socket.toString());
                },
                address,
                Pace.USUAL);
        BackendException failure = failure(() -> nodes().read(PORT));
        assertThat(failure.code()).isEqualTo(BackendException.NO_PERMISSION);
        assertThat(failure.retry()).isEqualTo(Retry.NEVER);
        assertThat(failure.remedy()).contains("root");
    }

    @Test
    void open_whenJnaCannotBeUsed_saysSo() {
        store = XenstoreClient.open(
                deadline -> {
                    throw new UnsatisfiedLinkError("no jnidispatch");
                },
                "here",
                Pace.USUAL);
        BackendException failure = failure(() -> nodes().read(PORT));
        assertThat(failure.code()).isEqualTo(BackendException.UNSUPPORTED);
        assertThat(failure.remedy()).contains("jna.tmpdir");
    }

    @Test
    void open_whenConnectingHasADefect_staysAlive() {
        open(Manners.C);
        store.close();
        XenstoreAddress address = fake.address();
        int[] attempts = new int[1];
        store = XenstoreClient.open(
                deadline -> {
                    attempts[0]++;
                    if (attempts[0] == 1) {
                        throw new IllegalStateException("a defect");
                    }
                    return address.connect(deadline);
                },
                address,
                impatient(LONG));
        awaitConnection();
        assertThat(nodes().read(PORT)).isEmpty();
    }
}
