package io.autousb.xen.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.repair.Leftover.Kind;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FirstSeenTest {

    private static final int MANY = 1024;
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final AtomicLong now = new AtomicLong();
    private final FirstSeen seen = new FirstSeen(now::get);

    private static XenGuest guest(int domid, String startTime) {
        return XenGuest.builder(domid, new UUID(1, domid), "windows")
                .startTime(startTime)
                .build();
    }

    private static Leftover leftover(int domid, String text) {
        return new Leftover(guest(domid, "1795383260.10"), Kind.EMPTY_PORT, true, text, List.of());
    }

    private Duration ageAfterASecond(Leftover leftover) {
        now.addAndGet(SECOND.toNanos());
        return seen.age(leftover);
    }

    @Test
    void age_countsFromTheFirstLook() {
        assertThat(seen.age(leftover(1, "a"))).isZero();

        assertThat(ageAfterASecond(leftover(1, "a"))).isEqualTo(SECOND);
        assertThat(ageAfterASecond(leftover(1, "a"))).isEqualTo(SECOND.multipliedBy(2));
        assertThat(seen.age(leftover(1, "b"))).isZero();
        assertThat(seen.age(leftover(2, "a"))).isZero();
    }

    @Test
    void age_inAnotherLifeOfTheGuest_beginsAnew() {
        assertThat(seen.age(leftover(1, "a"))).isZero();
        now.addAndGet(SECOND.toNanos());

        Leftover later = new Leftover(guest(1, "1795383999.00"), Kind.EMPTY_PORT, true, "a", List.of());

        assertThat(seen.age(later)).isZero();
    }

    @Test
    void retain_forgetsWhatIsNotThereAnyMore() {
        assertThat(seen.age(leftover(1, "a"))).isZero();
        assertThat(seen.age(leftover(1, "b"))).isZero();

        seen.retain(guest(1, "1795383260.10"), List.of(leftover(1, "b")));

        assertThat(ageAfterASecond(leftover(1, "a"))).isZero();
        assertThat(seen.age(leftover(1, "b"))).isEqualTo(SECOND);
    }

    @Test
    void retain_ofNothing_forgetsAll() {
        assertThat(seen.age(leftover(1, "a"))).isZero();

        seen.retain(guest(1, "1795383260.10"), List.of());

        assertThat(ageAfterASecond(leftover(1, "a"))).isZero();
    }

    @Test
    void age_ofTooManyGuests_forgetsTheOneNotLookedAtForLongest() {
        for (int domid = 1; domid <= MANY; domid++) {
            assertThat(seen.age(leftover(domid, "a"))).isZero();
        }
        assertThat(ageAfterASecond(leftover(1, "a"))).isEqualTo(SECOND);

        assertThat(seen.age(leftover(MANY + 1, "a"))).isZero();

        assertThat(seen.age(leftover(1, "a"))).isEqualTo(SECOND);
        assertThat(seen.age(leftover(2, "a"))).isZero();
    }

    /** An empty one would push out one that has something. */
    @Test
    void retain_ofNothing_makesRoom() {
        for (int domid = 1; domid <= MANY; domid++) {
            assertThat(seen.age(leftover(domid, "a"))).isZero();
        }
        seen.retain(guest(MANY, "1795383260.10"), List.of());

        assertThat(seen.age(leftover(MANY + 1, "a"))).isZero();

        assertThat(ageAfterASecond(leftover(1, "a"))).isEqualTo(SECOND);
    }
}
