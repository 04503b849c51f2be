package io.autousb.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.plan.Failure;
import io.autousb.domain.plan.FailureKey;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FailureBookTest {

    private static final Guest GUEST = new Guest(FakeHypervisor.id("a"), "a", "a#1", GuestState.RUNNING);
    private static final Generation DEVICE = generation(1);

    private final FailureKey key = FailureKey.attach(GUEST, DEVICE);

    private static Generation generation(int number) {
        return Generation.of("1-1", new DeviceAddress(1, 1), number, "boot");
    }

    private static FailureBook book(double random) {
        return new FailureBook(Timings.DEFAULT, () -> random);
    }

    @Test
    void delay_doublesUpToTheCap() {
        FailureBook book = book(0.5);
        assertThat(book.delay(1)).isEqualTo(Duration.ofMillis(100));
        assertThat(book.delay(2)).isEqualTo(Duration.ofMillis(200));
        assertThat(book.delay(9)).isEqualTo(Duration.ofMillis(25600));
        assertThat(book.delay(10)).isEqualTo(Duration.ofSeconds(30));
        assertThat(book.delay(Integer.MAX_VALUE)).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void delay_differsByAFifthEitherWay() {
        assertThat(book(0).delay(1)).isEqualTo(Duration.ofMillis(80));
        assertThat(book(0.9999).delay(1)).isEqualTo(Duration.ofMillis(120));
    }

    @Test
    void backOff_restsWithTheEighth() {
        FailureBook book = book(0.5);
        for (int i = 1; i < 8; i++) {
            assertThat(book.backOff(key, 0, "x")).isPresent();
        }
        assertThat(book.backOff(key, 0, "x")).isEmpty();
        assertThat(book.all().get(key).nextTry()).isEqualTo(Failure.NEVER);
    }

    @Test
    void backOff_afterALongTime_isTheFirstOfAnotherRow() {
        FailureBook book = book(0.5);
        for (int i = 1; i < 8; i++) {
            book.backOff(key, 0, "x");
        }
        assertThat(book.backOff(key, Duration.ofHours(1).toMillis(), "x")).contains(Duration.ofMillis(100));
    }

    @Test
    void await_doesNotCount() {
        FailureBook book = book(0.5);
        for (int i = 0; i < 100; i++) {
            book.await(key, 0, true, "x");
        }
        assertThat(book.all().get(key)).isEqualTo(new Failure(0, 5000, true, "x"));
        assertThat(book.backOff(key, 0, "x")).isEqualTo(Optional.of(Duration.ofMillis(100)));
    }

    @Test
    void succeeded_beginsAfresh() {
        FailureBook book = book(0.5);
        book.backOff(key, 0, "x");
        book.succeeded(key);
        assertThat(book.all()).isEmpty();
    }

    @Test
    void forget_ofADevice_dropsWhatIsAboutIt() {
        FailureBook book = book(0.5);
        FailureKey other = FailureKey.attach(GUEST, generation(2));
        book.backOff(key, 0, "x");
        book.rest(FailureKey.cure(GUEST, DEVICE), "x");
        book.backOff(other, 0, "x");
        book.forget(DEVICE);
        assertThat(book.all()).containsOnlyKeys(other);
    }

    @Test
    void forget_ofAGuest_dropsWhatIsAboutIt() {
        FailureBook book = book(0.5);
        Guest other = new Guest(FakeHypervisor.id("b"), "b", "b#1", GuestState.RUNNING);
        book.backOff(key, 0, "x");
        book.backOff(FailureKey.controller(other), 0, "x");
        book.forget(GUEST.id());
        assertThat(book.all()).containsOnlyKeys(FailureKey.controller(other));
    }
}
