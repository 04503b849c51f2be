package io.autousb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.autousb.api.Availability;
import io.autousb.api.Finding;
import io.autousb.api.HypervisorProvider;
import io.autousb.api.OptionValues;
import io.autousb.api.ProviderContext;
import io.autousb.backend.sim.SimGuest;
import io.autousb.backend.sim.SimHypervisorProvider;
import io.autousb.backend.sim.SimWorld;
import io.autousb.cli.console.ExitCode;
import io.autousb.domain.port.Hypervisor;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DoctorTest {

    private final ProgramFixture program = new ProgramFixture();

    private List<String> lines() {
        return program.out().lines().toList();
    }

    /** A hypervisor above {@code sim} that says of itself what a test says. */
    private void candid(boolean available, Supplier<List<Finding>> findings) {
        candid("candid", available, findings);
    }

    private void candid(String name, boolean available, Supplier<List<Finding>> findings) {
        int priority = 90 - name.length();
        program.with(new Candid(name, priority, available, findings, program.world));
    }

    @Test
    void doctor_whereAllIsWell_saysSoLineByLine() {
        assertThat(program.run("doctor")).isEqualTo(ExitCode.OK);
        assertThat(lines())
                .containsExactly(
                        "ok       device source sim can be used",
                        "ok       host its USB devices can be read",
                        "ok       host has 1 USB host controller",
                        "ok       hypervisor sim can be used");
        assertThat(program.err()).isEmpty();
    }

    @Test
    void doctor_whenAPluginCannotBeLoaded_saysSo() {
        assertThat(program.run("doctor", "--plugin-path", "/no/such/folder")).isEqualTo(ExitCode.OK);
        assertThat(lines()).first().asString().contains("plugin", "/no/such/folder", "there is no such folder");
    }

    @Test
    void doctor_withoutBackends_namesBothAsProblems() {
        program.withoutProviders();

        assertThat(program.run("doctor")).isEqualTo(ExitCode.PROBLEM_FOUND);
        assertThat(lines())
                .hasSize(2)
                .anyMatch(line -> line.startsWith("problem  device source no device source can work here"))
                .anyMatch(line -> line.startsWith("problem  hypervisor no hypervisor can work here"));
    }

    @Test
    void doctor_aHypervisorThatWasNamedAndIsNotThere_isAProblem() {
        assertThat(program.run("doctor", "--hypervisor", "smi")).isEqualTo(ExitCode.PROBLEM_FOUND);
        assertThat(program.out())
                .contains("problem  hypervisor there is no hypervisor 'smi' (--hypervisor): there are sim");
    }

    @Test
    void doctor_aGuestThatRuns_isInspected() {
        program.world.guests().define("g1").start();

        assertThat(program.run("doctor", "-d", "g1")).isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("ok       guest g1 answers to sim, with 1 USB controller and 4 free ports");
    }

    @Test
    void doctor_aGuestThatDoesNotRun_isAWarning() {
        assertThat(program.run("doctor", "-d", "g1")).isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("warning  guest g1 is not running, or is called otherwise: start it");
    }

    @Test
    void doctor_aGuestOfTheSecondHypervisor_isNotMissed() {
        SimWorld second = SimWorld.create();
        second.guests().define("g2").start();
        program.with(new SecondSimProvider(second));

        assertThat(program.run("doctor", "-d", "g2")).isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("guest g2 answers to sim-two").doesNotContain("not running");
    }

    @Test
    void doctor_ofAGuestWithoutAName_isAWrongCommandLine() {
        assertThat(program.run("doctor", "-d", " ")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void doctor_changesNothing() {
        SimGuest guest = program.world.guests().define("g1");
        guest.start();
        guest.leaveBehind("a dead port");
        var before = guest.look();

        program.run("doctor", "-d", "g1");

        assertThat(guest.look()).isEqualTo(before);
        assertThat(guest.leftovers()).hasSize(1);
    }

    @Test
    void doctor_whatAHypervisorFindsWrong_isPrintedWithTheRemedy() {
        candid(true, () -> List.of(Finding.problem("has no licence", "/etc/licence", "buy one")));

        assertThat(program.run("doctor")).isEqualTo(ExitCode.PROBLEM_FOUND);
        assertThat(program.out()).contains("problem  hypervisor candid has no licence (/etc/licence): buy one");
    }

    @Test
    void doctor_aWarning_stopsNothing() {
        candid(true, () -> List.of(Finding.warning("is old", "", "upgrade it")));

        assertThat(program.run("doctor")).isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("warning  hypervisor candid is old: upgrade it");
    }

    @Test
    void doctor_aFindingOfTwoHypervisors_isPrintedOnce() {
        Finding same = Finding.warning("is old", "", "upgrade it");
        candid("candid", true, () -> List.of(same));
        candid("as-candid", true, () -> List.of(same, Finding.warning("is odd", "", "even it")));

        program.run("doctor");

        assertThat(lines())
                .filteredOn(line -> line.startsWith("warning"))
                .containsExactly(
                        "warning  hypervisor candid is old: upgrade it",
                        "warning  hypervisor as-candid is odd: even it");
    }

    @Test
    void doctor_aProviderThatThrows_isAProblemAndTheRestIsLookedAt() {
        candid(true, () -> {
            throw new IllegalStateException("oops\u001b");
        });

        assertThat(program.run("doctor", "-d", "g1")).isEqualTo(ExitCode.PROBLEM_FOUND);
        assertThat(program.out())
                .contains("problem  hypervisor candid its examination failed: IllegalStateException: oops\\x1b")
                .contains("guest g1 is not running");
    }

    @Test
    void doctor_aHypervisorThatWouldBeBetter_saysWhyItIsNotUsed() {
        candid(false, List::of);

        assertThat(program.run("doctor")).isEqualTo(ExitCode.OK);
        assertThat(program.out())
                .contains("ok       hypervisor candid is not for this host: it has no heart; give it one");
    }

    @Test
    void doctor_inJson_saysTheSame() throws Exception {
        candid(true, () -> List.of(Finding.problem("has no licence", "/etc/licence", "buy one")));

        assertThat(program.run("doctor", "--json")).isEqualTo(ExitCode.PROBLEM_FOUND);
        JsonNode report = new ObjectMapper().readTree(program.out());
        assertThat(report.get("version").asInt()).isEqualTo(1);
        assertThat(report.get("works").asBoolean()).isFalse();
        JsonNode last = report.get("findings").get(report.get("findings").size() - 1);
        assertThat(last.toString())
                .isEqualTo("{\"level\":\"problem\",\"subject\":\"hypervisor candid\","
                        + "\"what\":\"has no licence\",\"where\":\"/etc/licence\",\"remedy\":\"buy one\"}");
    }

    private record Candid(
            String name, int priority, boolean available, Supplier<List<Finding>> findings, SimWorld world)
            implements HypervisorProvider {

        @Override
        public String platform() {
            return "candid";
        }

        @Override
        public String description() {
            return "says what is wrong with it";
        }

        @Override
        public Availability probe(ProviderContext context) {
            return available ? Availability.AVAILABLE : Availability.unavailable("it has no heart", "give it one");
        }

        @Override
        public List<Finding> examine(ProviderContext context, Set<String> guests, Duration timeout) {
            return findings.get();
        }

        @Override
        public Hypervisor create(OptionValues options, ProviderContext context) {
            return new SimHypervisorProvider(world).create(options, context);
        }
    }
}
