package io.autousb.backend.qmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.linux.PeerCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QemuProcessesTest {

    @TempDir
    private Path root;

    private final AtomicLong now = new AtomicLong();

    @Test
    void find_whenQemuOfThatNameRuns_givesItsSockets() throws Exception {
        process(10, "S", "/usr/bin/qemu-system-x86_64", "-name", "guest=win", "-qmp", "unix:/run/w.sock,server");
        assertThat(find("win")).isEqualTo(claims(root.resolve("run/w.sock")));
        assertThat(find("wi")).isEqualTo(new MonitorSearch.Absent());
    }

    @Test
    void find_whenPathIsRelative_resolvesItByTheWorkingFolder() throws Exception {
        Path process = process(10, "S", "qemu-system-x86_64", "-name", "win", "-qmp", "unix:./w.sock,server");
        Files.createSymbolicLink(process.resolve("cwd"), Path.of("/var/lib/guests"));
        assertThat(find("win")).isEqualTo(claims(root.resolve("var/lib/guests/w.sock")));
    }

    @Test
    void find_whenPathClimbs_staysBelowTheRoot() throws Exception {
        process(10, "S", "qemu-system-x86_64", "-name", "win", "-qmp", "unix:/../../w.sock,server");
        assertThat(find("win")).isEqualTo(claims(root.resolve("w.sock")));
    }

    @Test
    void find_whenNoMonitor_saysWhichProcessItIs() throws Exception {
        process(10, "S", "qemu-system-x86_64", "-name", "win");
        assertThat(find("win")).isEqualTo(claims());
    }

    @Test
    void find_whenProcessHasEndedOrIsNoQemu_findsNothing() throws Exception {
        process(10, "Z", "qemu-system-x86_64", "-name", "win", "-qmp", "unix:/run/w.sock");
        process(11, "S", "vim", "-name", "win", "-qmp", "unix:/run/w.sock");
        process(12, "S");
        Files.createDirectories(root.resolve("proc/self"));
        assertThat(find("win")).isEqualTo(new MonitorSearch.Absent());
    }

    @Test
    void find_whenThereIsNoProc_findsNothing() {
        assertThat(find("win")).isEqualTo(new MonitorSearch.Absent());
    }

    @Test
    void startTime_whenNameIsHostile_readsTheRightField() throws Exception {
        process(10, "S", "x");
        assertThat(new HostProcesses(root).startTime(10)).contains("4711");
    }

    @Test
    void uid_whenPrivilegesWereDropped_isTheEffectiveOne() throws Exception {
        Path process = process(10, "S", "x");
        Files.writeString(process.resolve("status"), "Name:\tUid: 7\nUid:\t0\t65534\t65534\t65534\n");
        assertThat(new HostProcesses(root).uid(10)).contains(65534L);
        assertThat(new HostProcesses(root).uid(11)).isEmpty();
    }

    @Test
    void uid_whenLargerThanAnInt_isRead() throws Exception {
        Path process = process(10, "S", "x");
        Files.writeString(process.resolve("status"), "Uid:\t4294967294\t4294967294\t4294967294\t4294967294\n");
        assertThat(new HostProcesses(root).uid(10)).contains(4_294_967_294L);
    }

    @Test
    void find_whenSeveralHaveTheName_givesAll() throws Exception {
        process(10, "S", "qemu-system-x86_64", "-name", "win", "-qmp", "unix:/run/a.sock");
        process(9, "S", "qemu-system-x86_64", "-name", "win", "-qmp", "unix:/run/b.sock");
        assertThat(find("win"))
                .isEqualTo(new MonitorSearch.Claims(List.of(
                        new MonitorSearch.Claim(9, "4711", List.of(root.resolve("run/b.sock"))),
                        new MonitorSearch.Claim(10, "4711", List.of(root.resolve("run/a.sock"))))));
    }

    @Test
    void find_whenOneProcessHangs_findsTheOthers() throws Exception {
        Path hanging = process(10, "S", "qemu-system-x86_64");
        Files.delete(hanging.resolve("cmdline"));
        assertThat(new ProcessBuilder("mkfifo", hanging.resolve("cmdline").toString())
                        .start()
                        .waitFor())
                .isZero();
        process(11, "S", "qemu-system-x86_64", "-name", "win");
        MonitorSearch search = new QemuProcesses(new HostProcesses(root)).named("win");
        assertThat(CompletableFuture.supplyAsync(search::find).get(30, TimeUnit.SECONDS))
                .isEqualTo(new MonitorSearch.Claims(List.of(new MonitorSearch.Claim(11, "4711", List.of()))));
        // Lets the thread that hangs go.
        Files.writeString(hanging.resolve("cmdline"), "");
    }

    @Test
    void find_whenProcessIsNamedOtherwise_knowsItByItsProgram() throws Exception {
        Path process = process(10, "S", "qemu-system-x86_64", "-name", "win,process=other");
        Files.writeString(process.resolve("comm"), "other\n");
        Files.createSymbolicLink(process.resolve("exe"), Path.of("/usr/bin/qemu-system-x86_64"));
        assertThat(find("win")).isEqualTo(claims());
    }

    @Test
    void find_whenProcessIsNoQemu_readsNoArguments() throws Exception {
        Path process = process(10, "S", "qemu-system-x86_64", "-name", "win");
        Files.writeString(process.resolve("comm"), "vim\n");
        assertThat(find("win")).isEqualTo(new MonitorSearch.Absent());
    }

    @Test
    void find_whenProcessBecomesQemu_findsItAtOnceIfItIsYoung() throws Exception {
        process(9, "S", "bash");
        MonitorSearch search = new QemuProcesses(new HostProcesses(root)).named("win");
        assertThat(search.find()).isEqualTo(new MonitorSearch.Absent());
        process(10, "S", "bash");
        assertThat(search.find()).isEqualTo(new MonitorSearch.Absent());
        process(10, "S", "qemu-system-x86_64", "-name", "win");
        assertThat(search.find()).isEqualTo(claims());
    }

    @Test
    void find_whenNoProcessHasBegun_doesNotListThemUntilLater() throws Exception {
        births("2/138 10");
        process(9, "S", "bash");
        MonitorSearch search = search();
        assertThat(search.find()).isEqualTo(new MonitorSearch.Absent());
        process(10, "S", "qemu-system-x86_64", "-name", "win");
        births("3/138 10");
        assertThat(search.find()).isEqualTo(new MonitorSearch.Absent());
        pass(Duration.ofSeconds(31));
        assertThat(search.find()).isEqualTo(claims());
    }

    @Test
    void find_whenAProcessHasBegun_findsItAtOnce() throws Exception {
        births("2/138 9");
        MonitorSearch search = search();
        assertThat(search.find()).isEqualTo(new MonitorSearch.Absent());
        process(10, "S", "qemu-system-x86_64", "-name", "win");
        births("2/138 10");
        assertThat(search.find()).isEqualTo(claims());
    }

    @Test
    void find_whenAnotherHasEndedSince_findsWhoHasItsNumber() throws Exception {
        births("2/138 9");
        MonitorSearch search = search();
        assertThat(search.find()).isEqualTo(new MonitorSearch.Absent());
        process(10, "S", "qemu-system-x86_64", "-name", "win");
        births("2/139 9");
        assertThat(search.find()).isEqualTo(claims());
    }

    @Test
    void find_whenAnOldProcessBecomesQemu_findsItInTheEnd() throws Exception {
        births("2/138 10");
        process(10, "S", "bash");
        MonitorSearch search = search();
        assertThat(search.find()).isEqualTo(new MonitorSearch.Absent());
        process(10, "S", "qemu-system-x86_64", "-name", "win");
        pass(Duration.ofSeconds(31));
        assertThat(search.find()).isEqualTo(claims());
    }

    @Test
    void find_whenAnOldProcessBecomesQemuUnderTheSameName_findsItInTheEnd() throws Exception {
        births("2/138 10");
        process(10, "S", "bash");
        MonitorSearch search = search();
        assertThat(search.find()).isEqualTo(new MonitorSearch.Absent());
        Path process = process(10, "S", "qemu-system-x86_64", "-name", "win,process=bash");
        Files.writeString(process.resolve("comm"), "bash\n");
        Files.createSymbolicLink(process.resolve("exe"), Path.of("/usr/bin/qemu-system-x86_64"));
        pass(Duration.ofSeconds(31));
        assertThat(search.find()).isEqualTo(new MonitorSearch.Absent());
        pass(Duration.ofMinutes(5));
        assertThat(search.find()).isEqualTo(claims());
    }

    @Test
    void isProvenBy_whenPeerIsAnotherProcessOrUser_isFalse() {
        MonitorSearch.Claim claim = new MonitorSearch.Claim(10, "4711", List.of());
        assertThat(claim.isProvenBy(new PeerCredentials(10, 0, 0), 1000)).isTrue();
        assertThat(claim.isProvenBy(new PeerCredentials(10, 1000, 0), 1000)).isTrue();
        assertThat(claim.isProvenBy(new PeerCredentials(10, 65534, 0), 1000)).isFalse();
        assertThat(claim.isProvenBy(new PeerCredentials(11, 0, 0), 1000)).isFalse();
    }

    private static MonitorSearch.Claims claims(Path... sockets) {
        return new MonitorSearch.Claims(List.of(new MonitorSearch.Claim(10, "4711", List.of(sockets))));
    }

    private MonitorSearch search() {
        return new QemuProcesses(new HostProcesses(root), now::get).named("win");
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private void births(String threadsAndLast) throws IOException {
        Files.writeString(
                Files.createDirectories(root.resolve("proc")).resolve("loadavg"),
                "1.81 2.16 2.62 " + threadsAndLast + "\n");
    }

    private MonitorSearch.Result find(String name) {
        return new QemuProcesses(new HostProcesses(root)).named(name).find();
    }

    private Path process(int pid, String state, String... arguments) throws IOException {
        Path folder = Files.createDirectories(root.resolve("proc/" + pid));
        Files.writeString(folder.resolve("cmdline"), arguments.length == 0 ? "" : String.join("\0", arguments) + "\0");
        String program = arguments.length == 0 ? "x" : arguments[0].substring(arguments[0].lastIndexOf('/') + 1);
        Files.writeString(folder.resolve("comm"), program.substring(0, Math.min(15, program.length())) + "\n");
        Files.writeString(
                folder.resolve("stat"),
                pid + " (q) S 1 (x) " + state + " 1 1 1 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 4711 99 1\n");
        return folder;
    }
}
