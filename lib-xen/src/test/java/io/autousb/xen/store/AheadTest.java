package io.autousb.xen.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.xen.store.FakeFaults.Fault;
import io.autousb.xen.store.FakeXenstored.Manners;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests go out together, and each is answered as if it had gone alone. */
class AheadTest extends StoreTest {

    private static final XenstorePath A = XenstorePath.of("/t/a");
    private static final XenstorePath B = XenstorePath.of("/t/b");
    private static final XenstorePath LIST = XenstorePath.of("/t/list");

    /** A daemon that answers requests of these types only when there are so many of them, and then the last one first. */
    private void openHoarder(int count, Set<MessageType> types) {
        List<Message> held = new ArrayList<>();
        ScriptedWire wire = ScriptedWire.moody(request -> {
            if (!types.contains(request.type()) || request.payload().string().equals("/")) {
                String text = request.type() == MessageType.TRANSACTION_START ? "1\0" : "OK\0";
                return List.of(ScriptedWire.answer(request, text));
            }
            held.add(0, ScriptedWire.answer(request, request.payload().text().replace("\0", "")));
            return held.size() < count ? List.of() : List.copyOf(held);
        });
        store = XenstoreClient.open(deadline -> wire, "here", impatient(LONG));
        awaitConnection();
    }

    @Test
    void ahead_always_asksForAllBeforeTheFirstAnswer() {
        openHoarder(3, EnumSet.of(MessageType.READ, MessageType.DIRECTORY));
        NodeReader known = nodes().ahead(List.of(A, B), List.of(LIST));
        assertThat(known.read(A)).contains("/t/a");
        assertThat(known.read(B)).contains("/t/b");
    }

    @Test
    void transaction_always_sendsItsChangesTogether() {
        openHoarder(2, EnumSet.of(MessageType.WRITE, MessageType.SET_PERMS));
        store.change(soon(), nodes -> {
            nodes.write(A, "x");
            nodes.setPermissions(A, XenstorePermissions.CONTROL_DOMAIN_ONLY);
        });
    }

    @ParameterizedTest
    @EnumSource
    void ahead_ofWhatIsThereAndWhatIsNot_asksOnceForEach(Manners manners) {
        open(manners);
        fake.put("/t/a", "1");
        fake.put("/t/list/x", "");
        awaitConnection();
        int before = fake.requests();
        NodeReader known = nodes().ahead(List.of(A, B), List.of(LIST, B));
        for (int i = 0; i < 2; i++) {
            assertThat(known.read(A)).contains("1");
            assertThat(known.read(B)).isEmpty();
            assertThat(known.list(LIST)).contains(List.of("x"));
            assertThat(known.list(B)).isEmpty();
        }
        assertThat(fake.requests() - before).isEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource
    void ahead_forWhatWasNotNamed_looksWhenAsked(Manners manners) {
        open(manners);
        awaitConnection();
        NodeReader known = nodes().ahead(A);
        assertThat(known.read(A)).isEmpty();
        fake.put("/t/a", "later");
        fake.put("/t/b", "2");
        fake.put("/t/list/x", "");
        assertThat(known.read(A)).isEmpty();
        assertThat(known.read(B)).contains("2");
        assertThat(known.list(LIST)).contains(List.of("x"));
    }

    @Test
    void ahead_onceMore_knowsWhatWasKnownBefore() {
        open(Manners.C);
        fake.put("/t/a", "1");
        fake.put("/t/list/x", "");
        awaitConnection();
        NodeReader known = nodes().ahead(List.of(A), List.of(LIST));
        assertThat(known.read(A)).contains("1");
        fake.put("/t/a", "2");
        fake.put("/t/list/y", "");
        fake.put("/t/b", "3");
        NodeReader more = known.ahead(B);
        assertThat(more.read(A)).contains("1");
        assertThat(more.read(B)).contains("3");
        assertThat(more.list(LIST)).contains(List.of("x"));
    }

    @Test
    void ahead_ofWhatIsKnown_asksNothing() {
        open(Manners.C);
        fake.put("/t/a", "1");
        awaitConnection();
        NodeReader known = nodes().ahead(List.of(A), List.of(LIST));
        assertThat(known.read(A)).contains("1");
        int before = fake.requests();
        assertThat(known.ahead(List.of(A), List.of(LIST)).read(A)).contains("1");
        assertThat(fake.requests()).isEqualTo(before);
    }

    @Test
    void ahead_ofWhatIsRefused_failsWhenItIsAskedFor() {
        open(Manners.C);
        fake.put("/t/b", "2");
        awaitConnection();
        fake.faults().refuse("READ", "/t/a", "EACCES");
        NodeReader known = nodes().ahead(A, B);
        assertThat(known.read(B)).contains("2");
        assertThat(failure(() -> known.read(A)).code()).isEqualTo(BackendException.NO_PERMISSION);
    }

    @Test
    void ahead_ofAListThatIsTooLongForOneAnswer_findsItAll() {
        open(Manners.C);
        IntStream.range(0, 500).forEach(i -> fake.put("/t/list/a-rather-long-name-" + i, ""));
        assertThat(nodes().ahead(List.of(), List.of(LIST)).list(LIST).orElseThrow())
                .hasSize(500);
    }

    @ParameterizedTest
    @EnumSource
    void ahead_ofMoreThanMayBeUnderWay_findsAll(Manners manners) {
        open(manners);
        List<XenstorePath> paths = IntStream.range(0, 3 * Connection.MAX_PENDING)
                .mapToObj(i -> XenstorePath.of("/t/" + i))
                .toList();
        paths.forEach(path -> fake.put(path.text(), "v" + path.text()));
        NodeReader known = nodes().ahead(paths, List.of());
        for (XenstorePath path : paths) {
            assertThat(known.read(path)).contains("v" + path.text());
        }
    }

    @Test
    void ahead_whenTheConnectionIsLost_fails() {
        open(Manners.C);
        awaitConnection();
        fake.faults().next("READ", Fault.CUT_BEFORE);
        BackendException failure = failure(() -> nodes().ahead(A, B).read(A));
        assertThat(failure.code()).isEqualTo(BackendException.IO);
        assertThat(failure.outcomeUnknown()).isFalse();
    }

    @Test
    void ahead_whenAnswersAreLate_failsAndLeavesTheConnectionToOthers() {
        open(Manners.C);
        fake.put("/t/a", "1");
        awaitConnection();
        fake.faults().hang();
        BackendException failure =
                failure(() -> store.by(Deadline.after(SHORT)).ahead(A, B).read(A));
        assertThat(failure.code()).isEqualTo(BackendException.TIMEOUT);
        fake.faults().goOn();
        assertThat(nodes().read(A)).contains("1");
        assertThat(fake.accepted()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void transaction_whenOneOfItsChangesIsRefused_changesNothing(Manners manners) {
        open(manners);
        awaitConnection();
        fake.faults().refuse("WRITE", "/t/a", "EACCES");
        BackendException failure = failure(() -> store.change(soon(), nodes -> {
            nodes.write(B, "x");
            nodes.write(A, "x");
        }));
        assertThat(failure.code()).isEqualTo(BackendException.NO_PERMISSION);
        assertThat(fake.get("/t/b")).isEmpty();
        assertThat(fake.log()).endsWith("TRANSACTION_END F");
        assertThat(fake.transactions()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void transaction_thatChangesWhatItLooksAt_findsItAsItWas(Manners manners) {
        open(manners);
        fake.put("/t/a", "before");
        store.change(soon(), nodes -> {
            NodeReader known = nodes.ahead(A, B);
            nodes.write(A, "after");
            nodes.write(B, "after");
            assertThat(known.read(A)).contains("before");
            assertThat(known.read(B)).isEmpty();
        });
        assertThat(fake.get("/t/a")).contains("after");
        assertThat(fake.get("/t/b")).contains("after");
    }

    @Test
    void transaction_thatLooksAndChanges_asksForAllTogether() {
        openHoarder(3, EnumSet.of(MessageType.READ, MessageType.WRITE));
        store.change(soon(), nodes -> {
            NodeReader known = nodes.ahead(A, B);
            nodes.write(LIST, "x");
            assertThat(known.read(A)).contains("/t/a");
        });
    }

    /** Six callers, of which four have what room there is, while the daemon hangs. */
    private List<CompletableFuture<Optional<String>>> crowd() {
        open(Manners.C);
        awaitConnection();
        fake.faults().hang();
        List<XenstorePath> paths = IntStream.range(0, Connection.MAX_AHEAD)
                .mapToObj(i -> XenstorePath.of("/t/" + i))
                .toList();
        List<CompletableFuture<Optional<String>>> all = IntStream.range(0, 6)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> nodes().ahead(paths, List.of()).read(paths.get(0)), task -> new Thread(task).start()))
                .toList();
        await().until(() -> Thread.getAllStackTraces().values().stream()
                        .filter(frames -> Arrays.stream(frames)
                                .anyMatch(frame -> frame.getMethodName().equals("tryAcquire")))
                        .count()
                == 2);
        return all;
    }

    @Test
    void ahead_whenThereIsNoRoom_waitsForIt() throws Exception {
        List<CompletableFuture<Optional<String>>> all = crowd();
        fake.faults().goOn();
        for (CompletableFuture<Optional<String>> each : all) {
            assertThat(each.get(LONG.toSeconds(), TimeUnit.SECONDS)).isEmpty();
        }
    }

    @Test
    void ahead_whenClosedWhileItWaitsForRoom_fails() {
        List<CompletableFuture<Optional<String>>> all = crowd();
        store.close();
        for (CompletableFuture<Optional<String>> each : all) {
            assertThat(each)
                    .failsWithin(LONG.dividedBy(3))
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(BackendException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void transaction_always_seesItsOwnChangesAhead(Manners manners) {
        open(manners);
        store.change(soon(), nodes -> {
            nodes.write(A, "x");
            NodeReader known = nodes.ahead(A);
            assertThat(known.read(A)).contains("x");
        });
        assertThat(fake.get("/t/a")).contains("x");
    }
}
