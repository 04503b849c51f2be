package io.autousb.cli.foreground;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.backend.sim.SimDevice;
import io.autousb.backend.sim.SimWorld;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.policy.PortSelector;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PlaceNotesTest {

    private final SimWorld world = SimWorld.create();

    @BeforeEach
    void plug() {
        world.host().plug(PortPath.parse("1-1"), SimDevice.hub(4));
        world.host().plug(PortPath.parse("1-2"), SimDevice.keyboard());
    }

    @Test
    void on_hubsThatAreThere_nothingIsToBeSaid() {
        assertThat(notes("usb1", "1-1", SimWorld.CONTROLLER, SimWorld.CONTROLLER + "-usb-0:1"))
                .isEmpty();
    }

    @Test
    void on_absentHubs_saysThatTheyAreWaitedFor() {
        assertThat(notes("usb7", "1-1.3", "pci-0000:07:00.0"))
                .containsExactly(
                        "hub usb7 is not there yet; waiting for it",
                        "hub 1-1.3 is not there yet; waiting for it",
                        "hub pci-0000:07:00.0 is not there yet; waiting for it");
    }

    @Test
    void on_aDevice_saysThatItIsTakenAsAPort() {
        assertThat(notes("1-2", SimWorld.CONTROLLER + "-usb-0:2"))
                .containsExactly(
                        "1-2 is a device, not a hub: it is taken as a port",
                        SimWorld.CONTROLLER + "-usb-0:2 is a device, not a hub: it is taken as a port");
    }

    private List<String> notes(String... selectors) {
        return PlaceNotes.on(
                world.host().topology(),
                Stream.of(selectors).map(PortSelector::parse).toList());
    }
}
