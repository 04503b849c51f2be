package io.autousb.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.port.GuestSpec;
import io.autousb.runtime.EngineEvent.GuestContested;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuestListingsTest {

    private static final Guest BY_SOCKET = guest("qmp", "/run/a.sock");
    private static final Guest BY_UUID = guest("xen", "1b4e28ba");

    private final Bench bench = new Bench();
    private final GuestList high = list("high");
    private final GuestList low = list("low");
    private final GuestListings listings = new GuestListings();
    private final List<EngineEvent> told = new ArrayList<>();

    GuestListingsTest() {
        listings.add(high);
        listings.add(low);
    }

    private static Guest guest(String authority, String key) {
        return new Guest(new GuestId(authority, key), "a", "1", GuestState.RUNNING);
    }

    private GuestList list(String name) {
        EngineLoop loop = new EngineLoop(bench.threads.serial(name, 5), bench.clock, bench.scheduler, () -> {});
        return new GuestList(
                name, bench.hypervisor, bench.threads.serial(name, 5), loop, Timings.DEFAULT, new Nobody());
    }

    private List<GuestListings.Served> served() {
        return List.copyOf(listings.served(told::add).values());
    }

    @Test
    void served_ofOneNameUnderTwoIds_isTheHigherRankingOnes() {
        listings.listed(low, List.of(BY_SOCKET), true);
        listings.listed(high, List.of(BY_UUID), true);

        assertThat(served()).containsExactly(new GuestListings.Served(high, BY_UUID));
        assertThat(told).containsExactly(new GuestContested(BY_SOCKET, "high", "low"));
    }

    @Test
    void served_byOneThatListsAGuestTwice_isTheFirstAndNoContest() {
        listings.listed(high, List.of(BY_UUID, BY_UUID), true);

        assertThat(served()).containsExactly(new GuestListings.Served(high, BY_UUID));
        assertThat(told).isEmpty();
    }

    @Test
    void allHeard_whenNoneHasListed_isFalse() {
        listings.failed(high);
        listings.failed(low);

        assertThat(listings.allHeard()).isFalse();
    }

    @Test
    void allHeard_whenOneFailsAfterItHasListedForOthers_isTrueOnceTheOtherHas() {
        listings.failed(high);
        assertThat(listings.allHeard()).isFalse();
        listings.listed(low, List.of(), false);
        assertThat(listings.allHeard()).isFalse();
        listings.listed(low, List.of(), true);

        assertThat(listings.allHeard()).isTrue();
    }

    private static final class Nobody implements GuestList.Sink {
        @Override
        public void listed(GuestList list, List<Guest> guests, List<GuestSpec> specs) {}

        @Override
        public void failed(GuestList list, io.autousb.domain.port.BackendException cause) {}

        @Override
        public void attachmentsChanged(GuestId guest) {}
    }
}
