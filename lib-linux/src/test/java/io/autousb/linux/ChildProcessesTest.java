package io.autousb.linux;

import static io.autousb.linux.OwnProcess.descriptors;
import static io.autousb.linux.OwnProcess.inThread;
import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.api.Command;
import io.autousb.api.CommandOutcome;
import io.autousb.api.CommandOutput;
import io.autousb.api.CommandResult;
import io.autousb.api.CommandRunner;
import io.autousb.api.RunningCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With programs that each Linux has. */
@Timeout(60)
class ChildProcessesTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(200);

    @TempDir
    private Path folder;

    private final CommandRunner commands = new ChildProcesses();

    @Test
    void run_whenTheProgramSucceeds_hasWhatItSaid() {
        CommandResult result = script("echo said; echo complained >&2");
        assertThat(result.succeeded()).isTrue();
        assertThat(result.stdout()).isEqualTo(new CommandOutput("said\n", false));
        assertThat(result.stderr()).isEqualTo(new CommandOutput("complained\n", false));
    }

    @Test
    void run_whenTheProgramFails_hasItsExitCode() {
        CommandResult result = script("exit 3");
        assertThat(result.outcome()).isEqualTo(CommandOutcome.exited(3));
        assertThat(result.succeeded()).isFalse();
    }

    @Test
    void run_whenASignalEndsTheProgram_hasItsNumber() {
        assertThat(script("kill -9 $$").outcome()).isEqualTo(CommandOutcome.signalled(9));
    }

    @Test
    void run_withExitCodesAroundThoseOfSignals_takesThemAsTheyAre() {
        assertThat(script("exit 128").outcome()).isEqualTo(CommandOutcome.exited(128));
        assertThat(script("exit 193").outcome()).isEqualTo(CommandOutcome.exited(193));
    }

    @Test
    void run_withHostileArguments_passesThemAsTheyAre() {
        String hostile = "$(touch x); `id` \"'\\ \n* -n";
        assertThat(run(LONG, "printf", "%s", hostile).stdout().raw()).isEqualTo(hostile);
        assertThat(run(LONG, "printf", "%s|", "", "a").stdout().raw()).isEqualTo("|a|");
    }

    @Test
    void run_always_givesTheSameEnvironment() {
        assertThat(run(LONG, "env").stdout().lines())
                .containsExactlyInAnyOrder(
                        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C");
    }

    @Test
    void run_always_worksInTheRootFolderWithoutInput() {
        assertThat(script("pwd; cat").stdout().raw()).isEqualTo("/\n");
    }

    @Test
    void run_always_keepsOurDescriptorsFromTheProgram() throws IOException {
        try (var inheritable = Files.newByteChannel(Files.createFile(folder.resolve("secret")))) {
            assertThat(inheritable.isOpen()).isTrue();
            assertThat(script("for fd in /proc/$$/fd/*; do readlink \"$fd\"; done")
                            .stdout()
                            .lines())
                    .hasSize(3)
                    .contains("/dev/null")
                    .filteredOn(target -> target.startsWith("pipe:"))
                    .hasSize(2);
        }
    }

    @Test
    void run_withAnArgumentThatTheLocaleLacks_doesNotStart() {
        CommandRunner ascii = new ChildProcesses(List.of(Path.of("/bin")), StandardCharsets.US_ASCII);
        assertThat(ascii.run(Command.of(LONG, "echo", "gr\u00fcn")).outcome())
                .isEqualTo(CommandOutcome.notStarted("'gr\\xfcn' cannot be said in this locale's US-ASCII"));
        assertThat(run(LONG, "echo", "\ud83d").outcome())
                .extracting(CommandOutcome::kind)
                .isEqualTo(CommandOutcome.Kind.NOT_STARTED);
    }

    @Test
    void run_whenOutputIsNoUtf8_replacesIt() {
        assertThat(script("printf 'a\\377b'").stdout().raw()).isEqualTo("a\ufffdb");
    }

    @Test
    void run_whenOutputIsTooLong_keepsTheBeginningAndMarksIt() {
        CommandResult result = script("printf begin; yes | head -c 1000000; yes n | head -c 1000000 >&2; exit 5");
        assertThat(result.outcome()).isEqualTo(CommandOutcome.exited(5));
        assertThat(result.stdout().raw()).startsWith("beginy").hasSize(CommandOutput.MAX_BYTES);
        assertThat(result.stdout().cut()).isTrue();
        assertThat(result.stderr().raw()).hasSize(CommandOutput.MAX_BYTES);
        assertThat(result.stderr().cut()).isTrue();
    }

    @Test
    void run_whenOutputIsJustNotTooLong_keepsAll() {
        CommandResult result = script("head -c " + CommandOutput.MAX_BYTES + " /dev/zero");
        assertThat(result.stdout().raw()).hasSize(CommandOutput.MAX_BYTES);
        assertThat(result.stdout().cut()).isFalse();
    }

    @Test
    void run_whenTheProgramClosesItsOutput_waitsForItsEnd() {
        assertThat(script("exec >&- 2>&-; i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done; exit 4")
                        .outcome())
                .isEqualTo(CommandOutcome.exited(4));
    }

    @Test
    void run_whenSomethingIsLeftInTheBackground_doesNotWaitForIt() {
        CommandResult result = script("sleep 40 & echo $!");
        assertThat(result.outcome()).isEqualTo(CommandOutcome.exited(0));
        assertThat(isDead(pid(result))).isFalse();
        kill(pid(result));
    }

    @Test
    void run_whenWhatIsLeftInTheBackgroundWritesOn_doesNotReadOn() {
        CommandResult result = script("yes & echo $! >&2; exit 6");
        assertThat(result.outcome()).isEqualTo(CommandOutcome.exited(6));
        awaitDead(Long.parseLong(result.stderr().lines().get(0)));
    }

    @Test
    void await_whenTheProgramHasEndedBefore_hasWhatItSaid() throws IOException {
        RunningCommand running =
                commands.start(Command.of(LONG, "sh", "-c", "echo said; echo $$ >\"$1\"", "sh", said().toString()));
        Path process = Path.of("/proc", Long.toString(awaitSaid()));
        Awaitility.await().until(() -> !Files.exists(process));
        assertThat(running.await().stdout().raw()).isEqualTo("said\n");
        assertThat(running.await().outcome()).isEqualTo(CommandOutcome.exited(0));
    }

    @Test
    void run_whenTheTimeIsUp_endsTheProgram() {
        assertThat(run(SHORT, "sleep", "40").outcome()).isEqualTo(CommandOutcome.TIMED_OUT);
    }

    @Test
    void close_always_asksTheProgramToEnd() throws Exception {
        CommandResult result = closed("trap 'echo asked; exit 0' TERM; echo $$ >\"$1\"; while :; do :; done");
        assertThat(result.outcome()).isEqualTo(CommandOutcome.CANCELLED);
        assertThat(result.stdout().raw()).isEqualTo("asked\n");
        assertThat(isDead(awaitSaid())).isTrue();
    }

    @Test
    void close_whenTheProgramDoesNotEndWhenAsked_endsIt() throws Exception {
        CommandResult result = closed("trap '' TERM; echo $$ >\"$1\"; while :; do sleep 40; done");
        assertThat(result.outcome()).isEqualTo(CommandOutcome.CANCELLED);
        awaitDead(awaitSaid());
    }

    @Test
    void close_always_endsWhatTheProgramHasStarted() throws Exception {
        CommandResult result = closed("sh -c 'sleep 40 & echo $! >\"$1\"; wait' sh \"$1\"; :");
        assertThat(result.outcome()).isEqualTo(CommandOutcome.CANCELLED);
        awaitDead(awaitSaid());
    }

    @Test
    void close_whenWhatTheProgramHasStartedDoesNotEndWhenAsked_endsIt() throws Exception {
        CommandResult result =
                closed("sh -c 'trap \"\" TERM; echo $$ >\"$1\"; while :; do sleep 40; done' sh \"$1\"; :");
        assertThat(result.outcome()).isEqualTo(CommandOutcome.CANCELLED);
        awaitDead(awaitSaid());
    }

    @Test
    void close_whenTheProgramWritesAllTheTime_endsIt() throws Exception {
        CommandResult result =
                closed("head -c 100000 /dev/zero; head -c 100000 /dev/zero >&2; echo $$ >\"$1\"; yes & yes >&2");
        assertThat(result.outcome()).isEqualTo(CommandOutcome.CANCELLED);
        assertThat(result.stdout().cut()).isTrue();
        assertThat(result.stderr().cut()).isTrue();
        awaitDead(awaitSaid());
    }

    @Test
    void run_whenThereIsNoTime_endsItAtOnce() {
        assertThat(run(Duration.ZERO, "sleep", "40").outcome()).isEqualTo(CommandOutcome.TIMED_OUT);
    }

    @Test
    void run_whenInterrupted_goesOnAndStaysInterrupted() {
        Thread.currentThread().interrupt();
        CommandResult result = script("echo said");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(result.succeeded()).isTrue();
        assertThat(result.stdout().raw()).isEqualTo("said\n");
    }

    @Test
    void run_whenThereIsNoSuchProgram_saysWhereItWasLookedFor() {
        CommandResult result = run(LONG, "no-such-\u001bprogram");
        assertThat(result.outcome())
                .isEqualTo(CommandOutcome.notStarted("there is no program no-such-\\x1bprogram in "
                        + "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"));
        assertThat(result.succeeded()).isFalse();
    }

    @Test
    void run_ofAPathWithoutProgram_saysSo() {
        Path none = folder.resolve("none");
        assertThat(run(LONG, none.toString()).outcome())
                .isEqualTo(CommandOutcome.notStarted("there is no program " + none));
    }

    @Test
    void run_ofAFileThatCannotBeRun_saysWhy() throws IOException {
        Path file = Files.writeString(program("broken"), "#!/no/such/interpreter\n");
        assertThat(run(LONG, file.toString()).outcome().reason())
                .contains("No such file or directory")
                .doesNotContain("\n");
    }

    @Test
    void run_ofAName_takesTheFirstInTheFolders() throws IOException {
        Path first = Files.createDirectory(folder.resolve("first"));
        Path second = Files.createDirectory(folder.resolve("second"));
        Files.createDirectory(first.resolve("tool"));
        Files.writeString(program("second/tool"), "#!/bin/sh\necho second \"$@\"\n");
        assertThat(new ChildProcesses(List.of(first, second), StandardCharsets.UTF_8)
                        .run(Command.of(LONG, "tool", "a b"))
                        .stdout()
                        .raw())
                .isEqualTo("second a b\n");
    }

    @Test
    void run_howeverItEnds_leavesNoThreadAndNoDescriptor() throws IOException {
        Path broken = Files.writeString(program("broken"), "#!/no/such/interpreter\n");
        script("exit 0");
        Set<Thread> threads = threads();
        int before = descriptors();
        for (int i = 0; i < 10; i++) {
            script("exit 0");
            CommandResult left = script("sleep 40 & echo $!");
            run(LONG, broken.toString());
            run(Duration.ZERO, "sleep", "40");
            kill(pid(left));
        }
        assertThat(threads).containsAll(threads());
        assertThat(descriptors()).isLessThan(before + 10);
    }

    @Test
    void close_whenNobodyWaits_endsTheProgram() {
        RunningCommand running = commands.start(Command.of(LONG, "sleep", "40"));
        running.close();
        assertThat(running.await().outcome()).isEqualTo(CommandOutcome.CANCELLED);
    }

    @Test
    void close_whenTheProgramHasEnded_keepsItsResult() {
        RunningCommand running = commands.start(Command.of(LONG, "echo", "said"));
        CommandResult result = running.await();
        running.close();
        running.close();
        assertThat(running.await()).isSameAs(result);
        assertThat(result.succeeded()).isTrue();
    }

    @Test
    void childProcesses_whenLookedFor_areFound() {
        assertThat(ServiceLoader.load(CommandRunner.class)).hasExactlyElementsOfTypes(ChildProcesses.class);
    }

    /** What became of a program that was closed once it had said a number of a process. */
    private CommandResult closed(String script) throws Exception {
        RunningCommand running = commands.start(Command.of(LONG, "sh", "-c", script, "sh", said().toString()));
        CompletableFuture<CommandResult> result = inThread("waiter", running::await);
        assertThat(awaitSaid()).isPositive();
        running.close();
        return result.get(30, TimeUnit.SECONDS);
    }

    /** Where a program says a number. */
    private Path said() {
        return folder.resolve("said");
    }

    private long awaitSaid() throws IOException {
        Awaitility.await()
                .until(() -> Files.exists(said()) && Files.readString(said()).endsWith("\n"));
        return Long.parseLong(Files.readString(said()).strip());
    }

    private CommandResult script(String script) {
        return run(LONG, "sh", "-c", script);
    }

    private CommandResult run(Duration timeout, String... argv) {
        return commands.run(Command.of(timeout, argv));
    }

    private Path program(String name) throws IOException {
        return Files.createFile(
                folder.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }

    /** The number of a process that a program has said first. */
    private static long pid(CommandResult result) {
        return Long.parseLong(result.stdout().lines().get(0));
    }

    private static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    private static void awaitDead(long pid) {
        Awaitility.await().until(() -> isDead(pid));
    }

    /** Also if nobody has asked yet how it died. */
    private static boolean isDead(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
        } catch (IOException e) {
            return true;
        }
    }

    /** But for those that Java and JNA keep for themselves. */
    private static Set<Thread> threads() {
        ThreadGroup ours = Thread.currentThread().getThreadGroup();
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getThreadGroup() != null && ours.parentOf(thread.getThreadGroup()))
                .filter(thread -> !thread.getName().startsWith("ForkJoinPool.commonPool"))
                .filter(thread -> !thread.getName().startsWith("JNA Cleaner"))
                .collect(Collectors.toSet());
    }
}
