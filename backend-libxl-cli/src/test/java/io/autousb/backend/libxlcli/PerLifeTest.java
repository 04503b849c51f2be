package io.autousb.backend.libxlcli;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.xen.guest.XenGuest;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PerLifeTest {

    private static final int MANY = 256;

    private final PerLife<String> things = new PerLife<>();

    private static XenGuest guest(int domid) {
        return XenGuest.builder(domid, new UUID(1, domid), "windows").build();
    }

    @Test
    void of_aLife_isWhatWasAddedForIt() {
        things.add(guest(1), "a");
        things.add(guest(1), "b");
        things.add(guest(1), "b");
        things.add(guest(2), "c");

        assertThat(things.of(guest(1))).containsExactlyInAnyOrder("a", "b");
        assertThat(things.of(guest(2))).containsExactly("c");
        assertThat(things.of(guest(3))).isEmpty();
    }

    @Test
    void remove_ofOneThing_leavesTheOthers() {
        things.add(guest(1), "a");
        things.add(guest(1), "b");

        things.remove(guest(1), "a");
        things.remove(guest(1), "never there");
        things.remove(guest(2), "a");

        assertThat(things.of(guest(1))).containsExactly("b");
    }

    @Test
    void add_forTooManyLives_forgetsTheOneNotAskedAboutForLongest() {
        for (int domid = 1; domid <= MANY; domid++) {
            things.add(guest(domid), "a");
        }
        assertThat(things.of(guest(1))).hasSize(1);

        things.add(guest(MANY + 1), "a");

        assertThat(things.of(guest(2))).isEmpty();
        assertThat(things.of(guest(1))).hasSize(1);
        assertThat(things.of(guest(MANY + 1))).hasSize(1);
    }

    /** An empty one would push out one that has something. */
    @Test
    void remove_ofTheLastThing_forgetsTheLife() {
        for (int domid = 1; domid <= MANY; domid++) {
            things.add(guest(domid), "a");
        }
        things.remove(guest(MANY), "a");

        things.add(guest(MANY + 1), "a");

        assertThat(things.of(guest(1))).hasSize(1);
    }
}
