package io.autousb.backend.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.autousb.backend.file.FaultyDisk.Killed;
import io.autousb.backend.file.FaultyDisk.Moment;
import io.autousb.domain.port.LoadedState;
import io.autousb.domain.port.StoredState;
import io.autousb.linux.Deadline;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The end of the program, and of the machine, in the midst of a save. */
@Timeout(120)
class StateFileKillTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final StoredState FORMER = new StoredState(Map.of("a", "former"));
    private static final StoredState NEW = new StoredState(Map.of("b", "new", "c", "x".repeat(2000)));
    private static final List<String> STEPS =
            List.of("delete", "create", "write", "force-file", "move", "force-folder");

    @TempDir
    private Path root;

    @TestFactory
    Stream<DynamicTest> save_whenKilledAtAnyStep_leavesTheFormerOrTheNewState() {
        return STEPS.stream()
                .flatMap(step -> Stream.of(Moment.values())
                        .map(moment -> DynamicTest.dynamicTest(moment + " " + step, () -> killed(step, moment))));
    }

    private void killed(String step, Moment moment) throws IOException {
        Path folder = root.resolve(step + "-" + moment);
        FaultyDisk disk = new FaultyDisk();
        file(folder, disk).save(FORMER, Deadline.after(LONG));
        disk.kill(step, moment);

        assertThatThrownBy(() -> file(folder, disk).save(NEW, Deadline.after(LONG)))
                .isInstanceOf(Killed.class);

        boolean moved = STEPS.indexOf(step) > STEPS.indexOf("move") || step.equals("move") && moment == Moment.AFTER;
        StateFile next = file(folder, new FaultyDisk());
        assertThat(next.load(Deadline.after(LONG))).isEqualTo(LoadedState.of(moved ? NEW : FORMER));
        next.save(FORMER, Deadline.after(LONG));
        assertThat(next.load(Deadline.after(LONG))).isEqualTo(LoadedState.of(FORMER));
        assertThat(FileStateStoreFixture.names(folder)).containsExactly("state", "state.lock");
    }

    @TestFactory
    Stream<DynamicTest> save_whenKilledOverWhatCannotBeUsed_losesNothing() {
        return Stream.of(Moment.values())
                .map(moment -> DynamicTest.dynamicTest(moment + " move", () -> {
                    Path folder = root.resolve("aside-" + moment);
                    FaultyDisk disk = new FaultyDisk();
                    file(folder, disk).save(FORMER, Deadline.after(LONG));
                    Files.writeString(folder.resolve("state"), "mine");
                    disk.kill("move", moment);

                    assertThatThrownBy(() -> file(folder, disk).save(NEW, Deadline.after(LONG)))
                            .isInstanceOf(Killed.class);

                    file(folder, new FaultyDisk()).save(NEW, Deadline.after(LONG));
                    assertThat(FileStateStoreFixture.names(folder))
                            .containsExactly("state", "state.bad-1", "state.lock");
                    assertThat(folder.resolve("state.bad-1")).hasContent("mine");
                }));
    }

    /** By the kernel, in a process of its own. */
    @RepeatedTest(3)
    void save_inAProcessThatIsKilled_leavesAWholeState() throws Exception {
        Path folder = root.resolve("killed");
        Process saver = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Saver.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        int told = 0;
        try (BufferedReader lines = saver.inputReader()) {
            while (told < 20) {
                told = Integer.parseInt(lines.readLine());
            }
        } finally {
            saver.destroyForcibly().waitFor();
        }

        StateFile next = file(folder, new FaultyDisk());
        LoadedState loaded = next.load(Deadline.after(LONG));
        assertThat(loaded.unusable()).isEmpty();
        int saved = Integer.parseInt(loaded.state().entries().get("k0"));
        assertThat(loaded.state()).isEqualTo(numbered(saved));
        assertThat(saved).isGreaterThanOrEqualTo(told);
        next.save(NEW, Deadline.after(LONG));
        assertThat(FileStateStoreFixture.names(folder)).containsExactly("state", "state.lock");
    }

    /** Saves again and again, and tells which save was done. */
    static final class Saver {
        private Saver() {}

        public static void main(String[] args) throws IOException {
            StateFile file = file(Path.of(args[0]), new HostDisk());
            for (int i = 1; ; i++) {
                file.save(numbered(i), Deadline.after(LONG));
                System.out.println(i);
            }
        }
    }

    private static StoredState numbered(int number) {
        Map<String, String> entries = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            entries.put("k" + i, Integer.toString(number));
        }
        return new StoredState(entries);
    }

    private static StateFile file(Path folder, Disk disk) {
        return new StateFile(folder.resolve("state"), disk, new OwnPlace());
    }
}
