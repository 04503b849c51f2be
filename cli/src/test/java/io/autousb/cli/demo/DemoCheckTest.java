package io.autousb.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.backend.sim.DemoScript;
import io.autousb.backend.sim.SimGuest;
import io.autousb.backend.sim.SimWorld;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoCheckTest {

    @Test
    void complaints_whenNothingHappened_nameAllThatIsMissing() {
        SimWorld world = DemoScript.create().world();
        List<String> complaints = new DemoCheck()
                .complaints(
                        DemoScript.HUB,
                        world.host().topology(),
                        world.guests().find(DemoScript.GUEST).flatMap(SimGuest::look));
        assertThat(complaints)
                .contains(
                        "nothing of the kind Attached has happened",
                        "nothing of the kind ControllerAdded has happened",
                        "1-1.1 046d:c31c \"USB Keyboard\" is not in the guest")
                .hasSize(7);
    }
}
