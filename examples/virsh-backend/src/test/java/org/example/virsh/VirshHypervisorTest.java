package org.example.virsh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.autousb.contract.Gadget;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.Hypervisor;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is libvirt's own; all else is in the contract. */
class VirshHypervisorTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private VirshFixture world;
    private Hypervisor hypervisor;

    @BeforeEach
    void open() throws Exception {
        world = new VirshFixture();
        hypervisor = world.open();
    }

    @AfterEach
    void close() {
        hypervisor.close();
        world.close();
    }

    private List<Guest> guests(String... names) {
        hypervisor.configure(List.of(names).stream().map(world::spec).toList());
        return hypervisor.guests(LONG);
    }

    @ParameterizedTest
    @CsvSource({
        "running (migration canceled),RUNNING",
        "running (save canceled),RUNNING",
        "running (migrated),RUNNING",
        "paused (saving),TRANSIENT",
        "paused (migrating),TRANSIENT",
        "paused (user),PAUSED",
        "something new (odd),UNKNOWN"
    })
    void guests_haveTheStateThatHolds(String said, GuestState state) {
        world.start("alpha");
        world.says("alpha", said);

        assertThat(guests("alpha")).extracting(Guest::state).containsExactly(state);
    }

    /** The other guest's id is 1. */
    @Test
    void guests_whoseNameIsAnothersId_areNotTheOther() {
        world.start("alpha");

        assertThat(guests("1")).isEmpty();
    }

    @Test
    void attach_whenTheDaemonEndsMeanwhile_hasAnUnknownOutcome() {
        world.start("alpha");
        Guest guest = guests("alpha").get(0);
        GuestPort port = hypervisor.inspect(guest, LONG).controllers().get(0).ports().get(0);
        AttachRequest request = new AttachRequest(guest, world.plug(Gadget.keyboard()), port, LONG);
        world.disconnectInNextChange("alpha");

        assertThatThrownBy(() -> hypervisor.attach(request))
                .isInstanceOfSatisfying(BackendException.class, e -> assertThat(e.outcomeUnknown()).isTrue());
    }
}
