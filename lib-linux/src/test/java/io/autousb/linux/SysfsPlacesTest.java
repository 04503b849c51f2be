package io.autousb.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.PortPath;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SysfsPlacesTest {

    private static final PortPath PLACE = PortPath.parse("1-1");

    @TempDir
    Path root;

    private FakeSysfs host;
    private DeviceAddress address;

    @BeforeEach
    void plug() {
        host = new FakeSysfs(root);
        host.rootHub(1, "/devices/pci0000:00/0000:00:14.0", 4);
        address = host.plug(PLACE, FakeGadget.keyboard());
    }

    @Test
    void addressAt_whatIsThere_isItsAddress() throws IOException {
        assertThat(new SysfsPlaces(root).addressAt(PLACE)).contains(address);
    }

    @Test
    void addressAt_nothing_isEmpty() throws IOException {
        assertThat(new SysfsPlaces(root).addressAt(PortPath.parse("1-2"))).isEmpty();
    }

    @Test
    void addressAt_aDeviceThatIsBeingReset_isStillItsAddress() throws IOException {
        host.reset(PLACE);
        assertThat(new SysfsPlaces(root).addressAt(PLACE)).contains(address);
    }

    @Test
    void addressAt_aDeviceThatIsBeingResetAndHasNoNode_isEmpty() throws IOException {
        host.reset(PLACE);
        host.replace(PLACE, "dev", null);
        assertThat(new SysfsPlaces(root).addressAt(PLACE)).isEmpty();
    }
}
