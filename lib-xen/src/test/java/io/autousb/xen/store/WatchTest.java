package io.autousb.xen.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.autousb.domain.port.BackendException;
import io.autousb.xen.store.FakeXenstored.Manners;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Listeners are told to look, with either daemon. */
class WatchTest extends StoreTest {

    private static final XenstorePath DOMAINS = XenstorePath.of("/local/domain");

    private final List<WatchTarget> told = new CopyOnWriteArrayList<>();

    private Watch watch(WatchTarget target) {
        return store.watch(target, told::add);
    }

    /** Watches, and waits until what comes without a change has come. */
    private Watch watchAndSettle(WatchTarget target, WatchListener listener) {
        int watches = fake.watches();
        Watch watch = store.watch(target, listener);
        await().until(() -> fake.watches() > watches);
        CountDownLatch settled = new CountDownLatch(1);
        Watch last = store.watch(XenstorePath.of("/settled"), where -> settled.countDown());
        await(settled);
        last.close();
        await().until(() -> fake.watches() == watches + 1);
        told.clear();
        return watch;
    }

    private Watch watchAndSettle(WatchTarget target) {
        return watchAndSettle(target, told::add);
    }

    private void awaitTold(WatchTarget where) {
        await().until(() -> told.contains(where));
    }

    @ParameterizedTest
    @EnumSource
    void watch_whenPlaced_tellsToLookOnceWithoutAChange(Manners manners) {
        open(manners);
        Watch ignored = watch(DOMAINS);
        awaitTold(DOMAINS);
        assertThat(fake.tokens(DOMAINS.text())).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void watch_whenSomethingBelowChanges_tellsWhere(Manners manners) {
        open(manners);
        Watch ignored = watchAndSettle(DOMAINS);
        fake.put("/local/domain/3/name", "windows");
        awaitTold(XenstorePath.of("/local/domain/3/name"));
        fake.put("/local/domainother", "");
        fake.put("/local/domain", "last");
        awaitTold(DOMAINS);
        assertThat(told).doesNotContain(XenstorePath.of("/local/domainother"));
    }

    @ParameterizedTest
    @EnumSource
    void watch_whenWeChangeSomethingOurselves_tellsToo(Manners manners) {
        open(manners);
        Watch ignored = watchAndSettle(DOMAINS);
        nodes().write(DOMAINS.child(3), "x");
        awaitTold(DOMAINS.child(3));
        store.change(soon(), tx -> tx.write(DOMAINS.child(4), "x"));
        awaitTold(DOMAINS.child(4));
    }

    @ParameterizedTest
    @EnumSource
    void watch_whenWhatItIsInIsRemoved_tells(Manners manners) {
        open(manners);
        fake.put("/local/domain/3/name", "windows");
        XenstorePath name = XenstorePath.of("/local/domain/3/name");
        Watch ignored = watchAndSettle(name);
        fake.delete("/local/domain");
        awaitTold(name);
    }

    @ParameterizedTest
    @EnumSource
    void watch_ofDomains_tellsOfThemOnly(Manners manners) {
        open(manners);
        Watch released = watchAndSettle(DomainEvent.RELEASED);
        Watch introduced = watchAndSettle(DomainEvent.INTRODUCED);
        fake.fire(DomainEvent.RELEASED);
        awaitTold(DomainEvent.RELEASED);
        assertThat(told).containsOnly(DomainEvent.RELEASED);
        fake.fire(DomainEvent.INTRODUCED);
        awaitTold(DomainEvent.INTRODUCED);
        introduced.close();
        released.close();
    }

    @ParameterizedTest
    @EnumSource
    void watch_whenFirstEventComesBeforeTheAnswer_isToldAllTheSame(Manners manners) {
        open(manners);
        fake.faults().eventsFirst();
        Watch ignored = watch(DOMAINS);
        awaitTold(DOMAINS);
        fake.put("/local/domain/1", "");
        awaitTold(DOMAINS.child(1));
    }

    @Test
    void watch_twiceTheSame_tellsBoth() {
        open(Manners.C);
        Watch one = watchAndSettle(DOMAINS);
        Watch two = watchAndSettle(DOMAINS);
        fake.put("/local/domain/1", "");
        await().until(() -> told.size() == 2);
        one.close();
        told.clear();
        fake.put("/local/domain/2", "");
        awaitTold(DOMAINS.child(2));
        two.close();
        await().until(() -> fake.watches() == 0);
    }

    @Test
    void close_ofAWatch_endsItAtXenstoredToo() {
        open(Manners.C);
        Watch watch = watchAndSettle(DOMAINS);
        watch.close();
        watch.close();
        await().until(() -> fake.watches() == 0);
        assertThat(fake.requests("UNWATCH")).isEqualTo(2);
    }

    @Test
    void close_ofAWatch_letsNoLateEventThrough() {
        open(Manners.C);
        Watch watch = watchAndSettle(DOMAINS);
        String token = fake.tokens(DOMAINS.text()).get(0);
        watch.close();
        fake.sayEvent("/local/domain/1", token);
        Watch ignored = store.watch(XenstorePath.of("/other"), told::add);
        awaitTold(XenstorePath.of("/other"));
        assertThat(told).containsOnly(XenstorePath.of("/other"));
    }

    @Test
    void close_ofAWatchBeforeItIsPlaced_leavesNone() {
        open(Manners.C);
        for (int i = 0; i < 50; i++) {
            store.watch(DOMAINS.child(i), told::add).close();
        }
        Watch last = watch(DOMAINS);
        awaitTold(DOMAINS);
        await().until(() -> fake.watches() == 1);
        last.close();
    }

    @Test
    void close_ofAWatch_waitsForItsListener() throws Exception {
        open(Manners.C);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicReference<Boolean> done = new AtomicReference<>(false);
        Watch watch = store.watch(DOMAINS, where -> {
            inside.countDown();
            await(goOn);
            done.set(true);
        });
        await(inside);
        CompletableFuture<Boolean> closing = inThread(() -> {
            watch.close();
            return done.get();
        });
        goOn.countDown();
        assertThat(result(closing)).isTrue();
    }

    @Test
    void close_ofAWatchByItsOwnListener_doesNotHang() {
        open(Manners.C);
        AtomicReference<Watch> own = new AtomicReference<>();
        AtomicInteger calls = new AtomicInteger();
        own.set(store.watch(DOMAINS, where -> {
            await().until(() -> own.get() != null);
            own.get().close();
            calls.incrementAndGet();
        }));
        await().until(() -> calls.get() == 1 && fake.watches() == 0);
        fake.put("/local/domain/1", "");
        Watch ignored = watch(XenstorePath.of("/other"));
        awaitTold(XenstorePath.of("/other"));
        assertThat(calls).hasValue(1);
    }

    @Test
    void close_ofTheStoreByAListener_doesNotHang() {
        open(Manners.C);
        CountDownLatch closed = new CountDownLatch(1);
        Watch ignored = store.watch(DOMAINS, where -> {
            store.close();
            closed.countDown();
        });
        await(closed);
        assertThatThrownBy(() -> nodes().read(DOMAINS))
                .isInstanceOfSatisfying(
                        BackendException.class, e -> assertThat(e.code()).isEqualTo(BackendException.CLOSED));
    }

    @Test
    void listener_mayReadAndAddWatches() {
        open(Manners.C);
        fake.put("/local/domain/3/name", "windows");
        List<String> names = new CopyOnWriteArrayList<>();
        Watch ignored = store.watch(DOMAINS, where -> {
            for (String id : nodes().list(DOMAINS).orElseThrow()) {
                XenstorePath name = DOMAINS.child(id).child("name");
                Watch inner = store.watch(name, changed -> nodes().read(name).ifPresent(names::add));
                assertThat(inner).isNotNull();
            }
        });
        await().until(() -> names.contains("windows"));
        fake.put("/local/domain/3/name", "linux");
        await().until(() -> names.contains("linux"));
    }

    @Test
    void listener_whenItThrows_isToldAgainAndSoAreOthers() {
        open(Manners.C);
        Watch bad = watchAndSettle(DOMAINS, where -> {
            told.add(where);
            throw new AssertionError("a defect");
        });
        fake.put("/local/domain/1", "");
        awaitTold(DOMAINS.child(1));
        Watch good = watch(XenstorePath.of("/other"));
        awaitTold(XenstorePath.of("/other"));
        bad.close();
        good.close();
    }

    /** While the listener is slow, 10,000 events come. */
    @ParameterizedTest
    @EnumSource
    void storm_whenListenerIsSlow_isMergedAndNeverLosesTheLastChange(Manners manners) {
        open(manners);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        List<String> values = new CopyOnWriteArrayList<>();
        AtomicInteger calls = new AtomicInteger();
        Watch ignored = store.watch(DOMAINS, where -> {
            calls.incrementAndGet();
            nodes().read(DOMAINS).ifPresent(values::add);
            inside.countDown();
            await(goOn);
        });
        await(inside);
        fake.storm("/local/domain", 10_000);
        fake.put("/local/domain", "last");
        // Answered after all events before it have been read: nobody waits for the listener.
        assertThat(nodes().read(DOMAINS)).contains("last");
        goOn.countDown();
        await().until(() -> values.contains("last"));
        assertThat(calls.get()).isLessThanOrEqualTo(1 + WatchEntry.MAX_PLACES);
    }

    /** As the one above, where the change is not at the end of the storm. */
    @Test
    void storm_afterAChange_doesNotHideIt() {
        open(Manners.C);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Watch ignored = store.watch(DOMAINS, where -> {
            told.add(where);
            inside.countDown();
            await(goOn);
        });
        await(inside);
        fake.put("/local/domain/3/name", "windows");
        fake.storm("/local/domain/4", 1000);
        assertThat(nodes().read(DOMAINS)).isPresent();
        told.clear();
        goOn.countDown();
        awaitTold(DOMAINS);
    }

    @Test
    void storm_onOneWatch_doesNotHoldUpAnother() {
        open(Manners.C);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Watch noisy = watchAndSettle(DOMAINS, where -> {
            told.add(where);
            if (where.equals(DOMAINS.child("gate"))) {
                inside.countDown();
                await(goOn);
            }
        });
        fake.put("/local/domain/gate", "");
        await(inside);
        fake.storm("/local/domain", WatchEntry.MAX_PLACES);
        assertThat(nodes().read(DOMAINS)).isPresent();
        Watch quiet = watch(XenstorePath.of("/quiet"));
        await().until(() -> fake.watches() == 2);
        // Answered after the watch's first event has been read.
        assertThat(nodes().read(DOMAINS)).isPresent();
        goOn.countDown();
        awaitTold(XenstorePath.of("/quiet"));
        awaitTold(DOMAINS.child(WatchEntry.MAX_PLACES - 1));
        assertThat(told.indexOf(XenstorePath.of("/quiet"))).isLessThan(WatchEntry.MAX_PLACES / 2);
        noisy.close();
        quiet.close();
    }

    @Test
    void event_whenItNamesNoPlaceOfTheWatch_tellsOfAllOfIt() {
        open(Manners.C);
        Watch ignored = watchAndSettle(DOMAINS);
        String token = fake.tokens(DOMAINS.text()).get(0);
        for (String path : List.of("/", "/local", "/local/domainother", "", "..", "/local/domain/\u001b[31m")) {
            told.clear();
            fake.sayEvent(path, token);
            awaitTold(DOMAINS);
            assertThat(told).containsOnly(DOMAINS);
        }
    }

    @Test
    void event_ofDomainsWithANumber_tellsOfDomains() {
        open(Manners.C);
        Watch ignored = watchAndSettle(DomainEvent.RELEASED);
        String token = fake.tokens(DomainEvent.RELEASED.text()).get(0);
        fake.sayEvent("@releaseDomain/7", token);
        awaitTold(DomainEvent.RELEASED);
    }

    @Test
    void event_withoutAToken_dropsTheConnection() {
        open(Manners.C);
        Watch ignored = watchAndSettle(DOMAINS);
        fake.say(FakeClient.message(FakeRequest.code("WATCH_EVENT"), 0, 0, "/local/domain\0")
                .array());
        await().until(() -> fake.accepted() == 2);
    }

    /** Linux leaves the ids of its own events as they were on the stack. */
    @Test
    void event_withAnyIds_isUnderstood() {
        open(Manners.C);
        Watch ignored = watchAndSettle(DOMAINS);
        String token = fake.tokens(DOMAINS.text()).get(0);
        fake.say(FakeClient.message(FakeRequest.code("WATCH_EVENT"), 0x1234, -1, "/local/domain/1\0" + token + "\0")
                .array());
        awaitTold(DOMAINS.child(1));
    }

    @Test
    void watch_whenRefused_isTriedAgainOverTheNextConnection() {
        open(Manners.C);
        fake.faults().refuse("WATCH", DOMAINS.text(), "ENOMEM");
        Watch refused = watch(DOMAINS);
        Watch other = watch(XenstorePath.of("/other"));
        awaitTold(XenstorePath.of("/other"));
        assertThat(fake.requests("WATCH")).isEqualTo(2);
        assertThat(told).doesNotContain(DOMAINS);
        fake.faults().allow();
        fake.cut();
        awaitTold(DOMAINS);
        refused.close();
        other.close();
    }

    @Test
    void watch_afterClose_fails() {
        open(Manners.C);
        store.close();
        assertThat(failure(() -> watch(DOMAINS)).code()).isEqualTo(BackendException.CLOSED);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
