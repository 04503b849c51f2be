package io.autousb.xen.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.autousb.api.Availability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XenProbeTest {

    @TempDir
    private Path root;

    private Availability look(Map<String, String> environment) {
        return new XenProbe(root, environment).look();
    }

    private Path file(String name, String content) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    @Test
    void look_whereThereIsNoXenstore_saysSo() {
        assertThat(look(Map.of())).satisfies(why -> assertThat(why.reason()).contains("no xenstore"));
    }

    @Test
    void look_inTheControlDomain_isAvailable() throws IOException {
        file("var/run/xenstored/socket", "");
        file("proc/xen/capabilities", "control_d\n");

        assertThat(look(Map.of())).isEqualTo(Availability.AVAILABLE);
    }

    @Test
    void look_whereTheKernelDoesNotSay_isAvailable() throws IOException {
        file("var/run/xenstored/socket", "");

        assertThat(look(Map.of())).isEqualTo(Availability.AVAILABLE);
    }

    @Test
    void look_inAGuest_saysSo() throws IOException {
        file("dev/xen/xenbus", "");
        file("proc/xen/capabilities", "");

        assertThat(look(Map.of())).satisfies(why -> assertThat(why.reason()).contains("guest of Xen"));
    }

    /** What the kernel says is a few words. */
    @Test
    void look_whereCapabilitiesHaveNoEnd_readsTheirBeginning() throws IOException {
        file("dev/xen/xenbus", "");
        file("proc/xen/capabilities", ",".repeat(1000) + "control_d\n");

        assertThat(look(Map.of())).satisfies(why -> assertThat(why.reason()).contains("guest of Xen"));
    }

    @Test
    void look_byTheEnvironment_looksThere() throws IOException {
        Path elsewhere = file("elsewhere", "");

        assertThat(look(Map.of("XENSTORED_PATH", elsewhere.toString()))).isEqualTo(Availability.AVAILABLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"---------", "r--r--r--", "-w--w--w-"})
    void look_withoutPermission_saysToRunAsRoot(String permissions) throws IOException {
        Path socket = file("var/run/xenstored/socket", "");
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString(permissions));
        assumeThat(Files.isReadable(socket) && Files.isWritable(socket))
                .as("root may do anything")
                .isFalse();

        assertThat(look(Map.of())).satisfies(why -> assertThat(why.remedy()).contains("root"));
    }
}
