package io.autousb.xen.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.linux.Deadline;
import io.autousb.xen.store.FakeFaults.Fault;
import io.autousb.xen.store.FakeXenstored.Manners;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Changes that take effect as one, or not at all, with either daemon. */
class TransactionTest extends StoreTest {

    private static final XenstorePath A = XenstorePath.of("/a");
    private static final XenstorePath B = XenstorePath.of("/b");

    @ParameterizedTest
    @EnumSource
    void transaction_whenUndisturbed_takesEffectOnce(Manners manners) {
        open(manners);
        fake.put("/a", "1");
        String before = store.transaction(soon(), tx -> {
            String a = tx.read(A).orElseThrow();
            tx.write(A, "2");
            tx.write(B, "3");
            return a;
        });
        assertThat(before).isEqualTo("1");
        assertThat(fake.dump()).hasToString("{/a=2, /b=3}");
        assertThat(fake.requests("TRANSACTION_START")).isEqualTo(1);
        assertThat(fake.transactions()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void transaction_untilItEnds_isSeenByNobodyElse(Manners manners) {
        open(manners);
        fake.put("/a", "1");
        store.change(soon(), tx -> {
            tx.write(A, "2");
            assertThat(tx.read(A)).contains("2");
            assertThat(fake.get("/a")).contains("1");
            assertThat(nodes().read(A)).contains("1");
        });
        assertThat(fake.get("/a")).contains("2");
    }

    @ParameterizedTest
    @EnumSource
    void transaction_always_listsAndRemovesWhatItSees(Manners manners) {
        open(manners);
        fake.put("/a/x", "1");
        List<String> names = store.transaction(soon(), tx -> {
            tx.write(A.child("y"), "2");
            tx.remove(A.child("x"));
            return tx.list(A).orElseThrow();
        });
        assertThat(names).containsExactly("y");
        assertThat(fake.dump()).hasToString("{/a/y=2}");
    }

    @ParameterizedTest
    @EnumSource
    void setPermissions_ofWhatWasJustWritten_areThereWithIt(Manners manners) {
        open(manners);
        store.change(soon(), tx -> {
            tx.write(A, "secret");
            tx.setPermissions(A, XenstorePermissions.ownedBy(0).readableBy(7));
            assertThat(fake.get("/a")).isEmpty();
        });
        assertThat(fake.permissions("/a")).containsExactly("n0", "r7");
    }

    @ParameterizedTest
    @EnumSource
    void setPermissions_whenThereIsNoNode_failsAndChangesNothing(Manners manners) {
        open(manners);
        BackendException failure = failure(() -> store.change(soon(), tx -> {
            tx.write(B, "1");
            tx.setPermissions(A, XenstorePermissions.CONTROL_DOMAIN_ONLY);
        }));
        assertThat(failure.code()).isEqualTo(BackendException.REFUSED);
        assertThat(fake.dump()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void transaction_whenOthersChangeWhatItRead_isRedoneWhole(Manners manners) {
        open(manners);
        fake.put("/a", "1");
        AtomicInteger runs = new AtomicInteger();
        fake.faults().before("TRANSACTION_END", () -> fake.put("/a", "10"));
        store.change(soon(), tx -> {
            runs.incrementAndGet();
            tx.write(B, tx.read(A).orElseThrow() + "+1");
        });
        assertThat(runs).hasValue(2);
        assertThat(fake.get("/b")).contains("10+1");
        assertThat(fake.transactions()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void transaction_whenOthersMakeWhatItMissed_isRedoneWhole(Manners manners) {
        open(manners);
        fake.faults().before("TRANSACTION_END", () -> fake.put("/a", "theirs"));
        String seen = store.transaction(soon(), tx -> {
            Optional<String> there = tx.read(A);
            if (there.isEmpty()) {
                tx.write(A, "ours");
            }
            return there.orElse("none");
        });
        assertThat(seen).isEqualTo("theirs");
        assertThat(fake.get("/a")).contains("theirs");
    }

    @ParameterizedTest
    @EnumSource
    void transaction_whenOthersChangeElsewhere_isNotRedone(Manners manners) {
        open(manners);
        fake.put("/a", "1");
        fake.put("/c/d", "1");
        fake.faults().before("TRANSACTION_END", () -> fake.put("/c/d", "2"));
        store.change(soon(), tx -> tx.write(A, tx.read(A).orElseThrow() + "1"));
        assertThat(fake.requests("TRANSACTION_START")).isEqualTo(1);
        assertThat(fake.dump()).hasToString("{/a=11, /c/d=2}");
    }

    @ParameterizedTest
    @CsvSource({"C, EAGAIN", "OCAML, EAGAIN", "C, ENOENT", "C, EINVAL"})
    void transaction_whenItNeverTakesEffect_givesUp(Manners manners, String errno) {
        open(manners);
        fake.faults().refuse("TRANSACTION_END", errno);
        AtomicInteger runs = new AtomicInteger();
        BackendException failure = failure(() -> store.change(soon(), tx -> runs.incrementAndGet()));
        assertThat(failure.code()).isEqualTo(Xenstore.CONFLICT);
        assertThat(failure.retry()).isEqualTo(Retry.BACK_OFF);
        assertThat(failure.outcomeUnknown()).isFalse();
        assertThat(runs).hasValue(Transactions.MAX_RUNS);
    }

    @ParameterizedTest
    @EnumSource
    void transaction_whenItConflictsForAWhile_takesEffect(Manners manners) {
        open(manners);
        fake.faults().conflict(Transactions.MAX_RUNS - 1);
        store.change(soon(), tx -> tx.write(A, "1"));
        assertThat(fake.get("/a")).contains("1");
        assertThat(fake.requests("TRANSACTION_END")).isEqualTo(Transactions.MAX_RUNS);
    }

    @Test
    void transaction_whenTimeEndsBetweenRuns_fails() {
        open(Manners.C);
        fake.faults().conflict(Integer.MAX_VALUE);
        Deadline deadline = Deadline.after(SHORT);
        BackendException failure = failure(() -> store.change(deadline, tx -> {
            tx.write(A, "1");
            while (deadline.remainingNanos() > 0) {
                Thread.onSpinWait();
            }
        }));
        assertThat(failure.code()).isEqualTo(BackendException.TIMEOUT);
        assertThat(failure.outcomeUnknown()).isFalse();
        await().until(() -> fake.transactions() == 0);
        assertThat(fake.get("/a")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void transaction_whenBodyThrows_changesNothingAndThrowsTheSame(Manners manners) {
        open(manners);
        IllegalStateException ours = new IllegalStateException("ours");
        assertThatThrownBy(() -> store.change(soon(), tx -> {
                    tx.write(A, "1");
                    throw ours;
                }))
                .isSameAs(ours);
        assertThat(fake.get("/a")).isEmpty();
        assertThat(fake.transactions()).isZero();
        assertThat(fake.requests("TRANSACTION_END")).isEqualTo(1);
    }

    @Test
    void transaction_whenBodyThrowsAndTheConnectionIsLost_throwsWhatTheBodyThrew() {
        open(Manners.C);
        IllegalStateException ours = new IllegalStateException("ours");
        assertThatThrownBy(() -> store.change(soon(), tx -> {
                    tx.write(A, "1");
                    fake.faults().next("TRANSACTION_END", Fault.CUT_BEFORE);
                    throw ours;
                }))
                .isSameAs(ours);
        assertThat(fake.get("/a")).isEmpty();
    }

    @Test
    void transaction_afterItsEnd_cannotBeUsed() {
        open(Manners.C);
        AtomicReference<XenstoreTransaction> kept = new AtomicReference<>();
        store.change(soon(), kept::set);
        XenstoreTransaction ended = kept.get();
        for (Runnable use : List.<Runnable>of(
                () -> ended.read(A),
                () -> ended.list(A),
                () -> ended.write(A, ""),
                () -> ended.remove(A),
                () -> ended.setPermissions(A, XenstorePermissions.CONTROL_DOMAIN_ONLY))) {
            assertThatThrownBy(use::run).isInstanceOf(IllegalStateException.class);
        }
        assertThat(fake.log()).containsExactly("READ /", "TRANSACTION_START", "TRANSACTION_END T");
    }

    @ParameterizedTest
    @CsvSource({"CUT_AFTER, io, 1", "CUT_BEFORE, io, ''", "SILENT_AFTER, timeout, 1", "SILENT_BEFORE, timeout, ''"})
    void commit_whenNoAnswerComes_hasUnknownOutcome(Fault fault, String code, String value) {
        open(Manners.C);
        fake.put("/a", "");
        fake.faults().next("TRANSACTION_END", fault);
        Deadline deadline = Deadline.after(code.equals("timeout") ? SHORT : LONG);
        BackendException failure = failure(() -> store.change(deadline, tx -> tx.write(A, "1")));
        assertThat(failure.code()).isEqualTo(code);
        assertThat(failure.retry()).isEqualTo(Retry.BACK_OFF);
        assertThat(failure.outcomeUnknown()).isTrue();
        assertThat(fake.get("/a")).contains(value);
    }

    @Test
    void commit_whenXenstoredSaysThatItFailedInside_hasUnknownOutcome() {
        open(Manners.OCAML);
        fake.faults().refuse("TRANSACTION_END", "EIO");
        BackendException failure = failure(() -> store.change(soon(), tx -> tx.write(A, "1")));
        assertThat(failure.code()).isEqualTo(BackendException.IO);
        assertThat(failure.outcomeUnknown()).isTrue();
    }

    @Test
    void commit_whenRefused_failsForThatReason() {
        open(Manners.C);
        fake.faults().refuse("TRANSACTION_END", "ENOSPC");
        BackendException failure = failure(() -> store.change(soon(), tx -> tx.write(A, "1")));
        assertThat(failure.code()).isEqualTo(BackendException.REFUSED);
        assertThat(failure.outcomeUnknown()).isFalse();
        assertThat(fake.requests("TRANSACTION_START")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"CUT_BEFORE", "CUT_AFTER"})
    void transaction_whenTheConnectionIsLostInside_changesNothing(Fault fault) {
        open(Manners.C);
        fake.faults().next("WRITE", fault);
        BackendException failure = failure(() -> store.change(soon(), tx -> tx.write(A, "1")));
        assertThat(failure.code()).isEqualTo(BackendException.IO);
        assertThat(failure.outcomeUnknown()).isFalse();
        assertThat(fake.get("/a")).isEmpty();
    }

    @Test
    void start_whenRefused_fails() {
        open(Manners.C);
        fake.faults().refuse("TRANSACTION_START", "ENOSPC");
        BackendException failure = failure(() -> store.change(soon(), tx -> {}));
        assertThat(failure.code()).isEqualTo(BackendException.REFUSED);
        assertThat(failure.outcomeUnknown()).isFalse();
    }

    /** Its number comes when nobody waits for it any more. */
    @Test
    void start_whenAnsweredTooLate_leavesNoTransactionOpen() {
        open(Manners.C);
        awaitConnection();
        fake.faults().hang();
        BackendException failure = failure(() -> store.change(Deadline.after(SHORT), tx -> {}));
        assertThat(failure.code()).isEqualTo(BackendException.TIMEOUT);
        assertThat(failure.outcomeUnknown()).isFalse();
        fake.faults().goOn();
        await().until(() -> fake.requests("TRANSACTION_END") == 1);
        await().until(() -> fake.transactions() == 0);
        assertThat(nodes().read(A)).isEmpty();
        assertThat(fake.accepted()).isEqualTo(1);
    }

    /** Each adds one, ten times; no addition is lost, whoever is first. */
    @ParameterizedTest
    @EnumSource
    void transaction_whenManyCompete_losesNoChange(Manners manners) throws Exception {
        open(manners);
        fake.put("/a", "0");
        List<CompletableFuture<Integer>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(inThread(() -> {
                int done = 0;
                while (done < 10) {
                    try {
                        store.change(soon(), tx -> {
                            int value = Integer.parseInt(tx.read(A).orElseThrow());
                            tx.write(A, Integer.toString(value + 1));
                        });
                        done++;
                    } catch (BackendException e) {
                        assertThat(e.code()).isEqualTo(Xenstore.CONFLICT);
                    }
                }
                return done;
            }));
        }
        for (CompletableFuture<Integer> each : all) {
            assertThat(result(each)).isEqualTo(10);
        }
        assertThat(fake.get("/a")).contains("40");
    }
}
