package io.autousb.cli.listing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.autousb.backend.sim.SimDevice;
import io.autousb.backend.sim.SimDevice.Strings;
import io.autousb.backend.sim.SimWorld;
import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.PortPath;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TopologyListingTest {

    private static final String EVIL = "\u001b[2J\n`-- 9-9 \u202e";

    private final SimWorld world = SimWorld.create();

    @BeforeEach
    void plug() {
        SimDevice hub = SimDevice.hub(4).with(2, SimDevice.keyboard()).with(4, SimDevice.mouse());
        world.host().plug(PortPath.parse("1-1"), hub);
        world.host().plug(PortPath.parse("1-3"), SimDevice.stick().unauthorized());
        world.host()
                .plug(
                        PortPath.parse("1-5"),
                        SimDevice.headset()
                                .withStrings(new Strings(Optional.of(EVIL), Optional.of(EVIL), Optional.of(EVIL))));
    }

    @Test
    void tree_showsEachDeviceBelowItsHub() {
        List<String> places = tree().stream()
                .map(line -> line.replaceFirst("(-- \\S+).*", "$1"))
                .toList();
        assertThat(places)
                .containsExactly(
                        SimWorld.CONTROLLER,
                        "|-- usb1",
                        "|   |-- 1-1",
                        "|   |   |-- 1-1.2",
                        "|   |   `-- 1-1.4",
                        "|   |-- 1-3",
                        "|   `-- 1-5",
                        "`-- usb2");
    }

    @Test
    void tree_saysWhatADeviceIs() {
        assertThat(line("1-1.2")).containsSubsequence("046d:c31c", "12 Mb/s", "keyboard [usbhid]", "\"USB Keyboard\"");
        assertThat(line("-- 1-1 ")).containsSubsequence("05e3:0608", "480 Mb/s", "hub, 4 ports", "\"USB2.0 Hub\"");
    }

    @Test
    void tree_saysWhatIsNotReady() {
        assertThat(line("1-3")).endsWith("NOT AUTHORIZED");
    }

    @Test
    void tree_ofAHostileDevice_isPlainAscii() {
        assertThat(tree()).allMatch(line -> line.matches("[ -~]+")).hasSize(8);
        assertThat(line("1-5")).contains("serial \"\\x1b[2J\\x0a`-- 9-9 \\u202e\"");
    }

    @Test
    void tree_withADeviceWhoseHubIsGone_showsItNevertheless() {
        HostTopology whole = world.host().topology();
        HostTopology torn = new HostTopology(
                whole.controllers(),
                whole.hubs().stream()
                        .filter(hub -> !hub.path().toString().equals("1-1"))
                        .toList(),
                whole.devices());
        assertThat(TopologyTree.of(torn))
                .filteredOn(line -> line.contains("1-1."))
                .hasSize(2);
    }

    @Test
    void json_hasEachDeviceWithItsFacts() throws IOException {
        JsonNode json = json();
        assertThat(json.get("version").asInt()).isEqualTo(1);
        assertThat(json.get("controllers").get(0).get("name").asText()).isEqualTo(SimWorld.CONTROLLER);
        JsonNode keyboard = device(json, "1-1.2");
        assertThat(keyboard.get("parent").asText()).isEqualTo("1-1");
        assertThat(keyboard.get("id").asText()).isEqualTo("046d:c31c");
        assertThat(keyboard.get("megabits").asInt()).isEqualTo(12);
        assertThat(keyboard.get("ready").asBoolean()).isTrue();
        assertThat(keyboard.get("serial").isNull()).isTrue();
        assertThat(keyboard.get("interfaces").get(0).get("driver").asText()).isEqualTo("usbhid");
        assertThat(device(json, "1-1").get("hub").asBoolean()).isTrue();
        assertThat(device(json, "1-1").get("ports").asInt()).isEqualTo(4);
        assertThat(device(json, "1-3").get("ready").asBoolean()).isFalse();
        assertThat(device(json, "usb1").get("parent").isNull()).isTrue();
    }

    @Test
    void json_ofAHostileDevice_isPlainAscii() throws IOException {
        assertThat(Json.write(TopologyJson.of(world.host().topology())).lines())
                .allMatch(line -> line.matches("[ -~]+"));
        assertThat(device(json(), "1-5").get("product").asText()).isEqualTo("\\x1b[2J\\x0a`-- 9-9 \\u202e");
    }

    private List<String> tree() {
        return TopologyTree.of(world.host().topology());
    }

    private String line(String part) {
        return tree().stream().filter(line -> line.contains(part)).findFirst().orElseThrow();
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper()
                .readTree(Json.write(TopologyJson.of(world.host().topology())));
    }

    private static JsonNode device(JsonNode json, String path) {
        for (JsonNode device : json.get("devices")) {
            if (device.get("path").asText().equals(path)) {
                return device;
            }
        }
        throw new AssertionError("no device at " + path);
    }
}
