package io.autousb.xen.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * With a real daemon of either kind, whose socket or device {@code -Dautousb.xenstored=} names. Leaves nothing in it.
 *
 * <pre>{@code
 * ./mvnw verify -pl lib-xen -am -Dsurefire.failIfNoSpecifiedTests=false -Dtest=XenstoreClientIT \
 *     -Dautousb.xenstored=/run/xenstored/socket
 * }</pre>
 */
@EnabledIfSystemProperty(named = "autousb.xenstored", matches = "/.+")
@Timeout(120)
class XenstoreClientIT {

    private static final XenstorePath BASE = XenstorePath.of("/tool/autousb-it");
    private static final XenstorePath A = BASE.child("a");

    private Xenstore store;
    private Xenstore other;

    @BeforeEach
    void open() {
        Path place = Path.of(System.getProperty("autousb.xenstored"));
        XenstoreAddress address = XenstoreAddress.find(Path.of("/"), Map.of("XENSTORED_PATH", place.toString()));
        store = XenstoreClient.open(address);
        other = XenstoreClient.open(address);
        nodes().remove(BASE);
    }

    @AfterEach
    void close() {
        other.by(soon()).remove(BASE);
        store.close();
        other.close();
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(60));
    }

    private NodeWriter nodes() {
        return store.by(soon());
    }

    @Test
    void nodes_comeAndGo() {
        assertThat(nodes().read(A)).isEmpty();
        assertThat(nodes().list(A)).isEmpty();
        nodes().write(A.child("b").child("c"), "3-1.5");
        assertThat(nodes().read(A.child("b").child("c"))).contains("3-1.5");
        assertThat(nodes().read(A)).contains("");
        assertThat(nodes().list(A)).contains(List.of("b"));
        assertThat(nodes().list(A.child("b").child("c"))).contains(List.of());
        nodes().write(A, "");
        assertThat(nodes().read(A)).contains("");
        nodes().remove(A.child("none"));
        nodes().remove(A.child("none").child("below"));
        nodes().remove(A);
        assertThat(nodes().read(A.child("b"))).isEmpty();
    }

    @Test
    void value_ofAnyText_isReadAsItWasWritten() {
        for (String value : List.of("", "x", "\u0001\u001b[31m\n", "B\u00fcro \ud83d\udd0c", "y".repeat(2048))) {
            nodes().write(A, value);
            assertThat(nodes().read(A)).contains(value);
        }
    }

    @Test
    void value_atTheLimit_isTakenOrRefusedAndCostsNothing() {
        int longest = Xenstore.MAX_PAYLOAD - A.text().length() - 1;
        try {
            nodes().write(A, "x".repeat(longest));
            assertThat(nodes().read(A).orElseThrow()).hasSize(longest);
        } catch (BackendException e) {
            assertThat(e.code()).isEqualTo(BackendException.INVALID);
        }
        assertThat(nodes().read(BASE)).isNotNull();
    }

    @Test
    void longList_isComplete() {
        List<String> names =
                IntStream.range(0, 2500).mapToObj(i -> "guest-" + i).toList();
        for (String name : names) {
            nodes().write(A.child(name), "");
        }
        assertThat(nodes().list(A).orElseThrow()).containsExactlyInAnyOrderElementsOf(names);
        List<String> seen = store.transaction(soon(), tx -> tx.list(A).orElseThrow());
        assertThat(seen).hasSize(2500);
    }

    @Test
    void transaction_whenAnotherIsFirst_isRedone() {
        nodes().write(A, "1");
        AtomicInteger runs = new AtomicInteger();
        store.change(soon(), tx -> {
            String before = tx.read(A).orElseThrow();
            if (runs.incrementAndGet() == 1) {
                other.by(soon()).write(A, "10");
            }
            tx.write(A.child("sum"), before + "+1");
            tx.setPermissions(A.child("sum"), XenstorePermissions.CONTROL_DOMAIN_ONLY);
        });
        assertThat(runs).hasValue(2);
        assertThat(nodes().read(A.child("sum"))).contains("10+1");
    }

    @Test
    void transaction_whenBodyThrows_changesNothing() {
        IllegalStateException ours = new IllegalStateException("ours");
        IllegalStateException thrown = catchThrowableOfType(
                IllegalStateException.class,
                () -> store.change(soon(), tx -> {
                    tx.write(A, "x");
                    throw ours;
                }));
        assertThat(thrown).isSameAs(ours);
        assertThat(nodes().read(A)).isEmpty();
    }

    @Test
    void transactions_thatCompete_loseNoChange() throws Exception {
        nodes().write(A, "0");
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (Xenstore each : List.of(store, store, other, other)) {
            all.add(CompletableFuture.runAsync(() -> {
                for (int done = 0; done < 25; ) {
                    try {
                        each.change(soon(), tx -> {
                            int value = Integer.parseInt(tx.read(A).orElseThrow());
                            tx.write(A, Integer.toString(value + 1));
                        });
                        done++;
                    } catch (BackendException e) {
                        assertThat(e.code()).isEqualTo(Xenstore.CONFLICT);
                    }
                }
            }));
        }
        for (CompletableFuture<Void> each : all) {
            each.get(90, TimeUnit.SECONDS);
        }
        assertThat(nodes().read(A)).contains("100");
    }

    @Test
    void watch_tellsOfAllThatHappensBelow() {
        List<WatchTarget> told = new CopyOnWriteArrayList<>();
        Watch watch = store.watch(A, told::add);
        Watch domains = store.watch(DomainEvent.RELEASED, told::add);
        await(told, A);
        await(told, DomainEvent.RELEASED);
        other.by(soon()).write(A.child("b"), "x");
        await(told, A.child("b"));
        nodes().write(A.child("own"), "x");
        await(told, A.child("own"));
        other.change(soon(), tx -> tx.write(A.child("c"), "x"));
        await(told, A.child("c"));
        told.clear();
        other.by(soon()).remove(BASE);
        await(told, A);
        watch.close();
        domains.close();
    }

    @Test
    void watch_underAStorm_endsWithWhatIsThere() {
        List<String> seen = new CopyOnWriteArrayList<>();
        Watch watch = store.watch(A, where -> {
            Optional<String> value = nodes().read(A);
            value.ifPresent(seen::add);
        });
        for (int i = 0; i < 5000; i++) {
            other.by(soon()).write(A.child(i % 500), "x");
        }
        other.by(soon()).write(A, "last");
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> seen.contains("last"));
        watch.close();
    }

    @Test
    void long_pathsAreTakenOrRefusedAndCostNothing() {
        for (int length : List.of(1024, 1025, 2048, 2049, XenstorePath.MAX_LENGTH)) {
            XenstorePath path = XenstorePath.of("/" + "a".repeat(length - 1));
            try {
                assertThat(nodes().read(path)).isEmpty();
            } catch (BackendException e) {
                assertThat(e.code()).isEqualTo(BackendException.REFUSED);
            }
        }
        assertThat(nodes().read(XenstorePath.ROOT)).isPresent();
    }

    private static void await(List<WatchTarget> told, WatchTarget where) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> told.contains(where));
    }
}
