package io.autousb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.autousb.backend.sim.SimDevice;
import io.autousb.backend.sim.SimDeviceSourceProvider;
import io.autousb.backend.sim.SimStateStoreProvider;
import io.autousb.cli.console.ExitCode;
import io.autousb.domain.model.PortPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListingCommandsTest {

    private final ProgramFixture program = new ProgramFixture();

    @TempDir
    private Path folder;

    @Test
    void list_showsWhatIsPluggedIn() {
        program.world.host().plug(PortPath.parse("1-1"), SimDevice.keyboard());
        assertThat(program.run("list")).isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("|-- usb1", "`-- 1-1", "046d:c31c");
        assertThat(program.err()).isEmpty();
    }

    @Test
    void list_json_isJson() throws IOException {
        program.world.host().plug(PortPath.parse("1-1"), SimDevice.keyboard());
        assertThat(program.run("list", "--json")).isEqualTo(ExitCode.OK);
        assertThat(new ObjectMapper().readTree(program.out()).get("devices")).hasSize(3);
    }

    @Test
    void backends_showsWhichIsChosenAndWhyOthersAreNot() {
        program.with(new SimDeviceSourceProvider()).with(new FaultyProvider());
        assertThat(program.run("backends")).isEqualTo(ExitCode.OK);
        assertThat(program.out().lines())
                .anyMatch(line -> line.matches("\\* sim +priority +0 +available +.*"))
                .anyMatch(line -> line.matches("  faulty +priority +-1 +available +throws"))
                .anyMatch(line -> line.contains("its name sim is taken"));
    }

    @Test
    void backends_thatRunTogether_areAllMarked() throws IOException {
        program.with(new SecondSimProvider(program.world));
        assertThat(program.run("backends")).isEqualTo(ExitCode.OK);
        assertThat(program.out().lines()).anyMatch(line -> line.startsWith("* sim-two "));
        program.out.reset();

        assertThat(program.run("backends", "--json")).isEqualTo(ExitCode.OK);
        JsonNode kind = new ObjectMapper().readTree(program.out()).get("kinds").get(1);
        assertThat(kind.get("chosen").asText()).isEqualTo("sim");
        assertThat(kind.get("companions").toString()).isEqualTo("[\"sim-two\"]");
    }

    @Test
    void backends_thatCannotWork_sayWhatToDo() {
        program.withoutProviders().with(new SimDeviceSourceProvider());
        assertThat(program.run("backends")).isEqualTo(ExitCode.OK);
        assertThat(program.out())
                .contains("unavailable", "it is only for demonstrations and tests: run `auto-usb-attach demo`")
                .contains("! no device source can work here", "! no hypervisor can work here")
                .contains("! no state store can work here");
    }

    @Test
    void backends_withPlugins_saysWhichCannotBeLoaded() throws IOException {
        Files.createDirectories(folder.resolve("installed/a"));
        program.withPlugins(folder.resolve("installed"));
        assertThat(program.run(
                        "backends", "--plugin-path", folder.resolve("none").toString()))
                .isEqualTo(ExitCode.OK);
        assertThat(program.out())
                .contains("! broken: " + folder.resolve("installed/a") + ": there is no jar in it: put")
                .contains("! broken: " + folder.resolve("none") + ": there is no such folder: make it");
        program.out.reset();

        assertThat(program.run("--plugin-path", folder.resolve("none").toString(), "backends", "--json"))
                .isEqualTo(ExitCode.OK);
        assertThat(new ObjectMapper().readTree(program.out()).get("broken")).hasSize(2);
    }

    @Test
    void attach_whoseHypervisorMayBeInAPluginThatCannotBeLoaded_saysSo() {
        String none = folder.resolve("none").toString();
        assertThat(program.run("-d", "g", "-u", "usb1", "--hypervisor", "virsh", "--plugin-path", none))
                .isNotEqualTo(ExitCode.OK);
        assertThat(program.err())
                .contains("there is no hypervisor 'virsh'", none + " is broken, there is no such folder");
    }

    @Test
    void backends_ofStateStores_saysThatNothingUsesThemYet() {
        program.with(new SimStateStoreProvider(program.world));
        assertThat(program.run("backends")).isEqualTo(ExitCode.OK);
        assertThat(program.out())
                .contains("state stores (* is the one to use, which nothing does yet):")
                .doesNotContain("--state-store");
        assertThat(program.out().lines())
                .filteredOn(line -> line.startsWith("* sim"))
                .hasSize(3);
    }

    @Test
    void backends_json_isJson() throws IOException {
        assertThat(program.run("backends", "--json")).isEqualTo(ExitCode.OK);
        JsonNode kind = new ObjectMapper().readTree(program.out()).get("kinds").get(0);
        assertThat(kind.get("kind").asText()).isEqualTo("device source");
        assertThat(kind.get("chosen").asText()).isEqualTo("sim");
        assertThat(kind.get("option").asText()).isEqualTo("--device-source");
        assertThat(kind.get("problem").isNull()).isTrue();
        assertThat(kind.get("backends").get(0).get("available").asBoolean()).isTrue();
    }

    @Test
    void backends_json_hasNoOptionForStateStores() throws IOException {
        assertThat(program.run("backends", "--json")).isEqualTo(ExitCode.OK);
        JsonNode kind = new ObjectMapper().readTree(program.out()).get("kinds").get(2);
        assertThat(kind.get("kind").asText()).isEqualTo("state store");
        assertThat(kind.get("option").isNull()).isTrue();
    }
}
