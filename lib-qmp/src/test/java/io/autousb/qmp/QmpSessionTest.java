package io.autousb.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.linux.UnixSocketConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class QmpSessionTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final QmpCommand STATUS = QmpCommand.query("query-status").build();
    private static final QmpCommand DELETE =
            QmpCommand.change("device_del").with("id", "x").build();

    private static final QmpCommand SAME =
            QmpCommand.change("device_del").with("id", "x").build();
    private static final QmpCommand SAME_NAME =
            QmpCommand.change("device_del").with("id", "z").build();
    private static final String DRAFT = "{\"execute\":\"device_del\",\"arguments\":{\"id\":\"x\"},\"id\":1";
    private static final String WITHDRAWAL = ",\"withdrawn\":true}";

    @TempDir
    private Path folder;

    private Path socket;
    private FakeQmpServer server;
    private FakeQmpServer.Client qemu;
    private QmpSession session;
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final CompletableFuture<BackendException> ended = new CompletableFuture<>();

    private final QmpListener listener = new QmpListener() {
        @Override
        public void event(QmpEvent event) {
            events.add(event.name() + event.data());
        }

        @Override
        public void ended(BackendException why) {
            ended.complete(why);
        }
    };

    @BeforeEach
    void listen() throws Exception {
        socket = folder.resolve("qmp");
        server = new FakeQmpServer(socket);
    }

    @AfterEach
    void end() throws Exception {
        if (session != null) {
            session.close();
        }
        server.close();
        assertThat(readers()).isZero();
    }

    @Test
    void open_whenGreeted_negotiatesWithoutOob() throws Exception {
        CompletableFuture<QmpSession> opening = start(this::open);
        qemu = server.accept();
        qemu.say(FakeQmpServer.GREETING);
        String negotiation = qemu.read();
        qemu.answer(negotiation, "{}");
        session = result(opening);
        assertThat(negotiation).isEqualTo("{\"execute\":\"qmp_capabilities\",\"id\":0}");
        assertThat(session.version()).isEqualTo("7.2.22");
        assertThat(session.peer().pid()).isEqualTo((int) ProcessHandle.current().pid());
    }

    @Test
    void open_whenNoGreeting_saysBusyWithRemedy() throws Exception {
        UnixSocketConnection connection = UnixSocketConnection.connect(socket, LONG);
        BackendException failure = failure(() -> QmpSession.open(connection, "here", SHORT, listener));
        assertThat(failure.code()).isEqualTo(BackendException.BUSY);
        assertThat(failure.getMessage()).contains("another client", "here", "-qmp unix:");
    }

    @Test
    void complete_whenMonitorGetsFree_goesOnFromItsPlaceInTheQueue() throws Exception {
        QmpHandshake handshake = new QmpHandshake(UnixSocketConnection.connect(socket, LONG), "here");
        assertThat(failure(() -> handshake.complete(SHORT, listener)).is(BackendException.BUSY))
                .isTrue();
        CompletableFuture<QmpSession> opening = start(() -> handshake.complete(LONG, listener));
        qemu = server.accept().negotiate();
        session = result(opening);
        assertThat(session.isOpen()).isTrue();
    }

    @Test
    void open_whenMonitorIsNotQmp_saysSoWithRemedy() throws Exception {
        CompletableFuture<QmpSession> opening = start(this::open);
        server.accept().say("QEMU 7.2.22 monitor - type 'help' for more information");
        assertThatThrownBy(() -> result(opening))
                .isInstanceOfSatisfying(
                        BackendException.class, e -> assertThat(e.code()).isEqualTo(BackendException.PROTOCOL))
                .hasMessageContaining("-qmp");
    }

    @Test
    void open_whenQemuCloses_fails() throws Exception {
        CompletableFuture<QmpSession> opening = start(this::open);
        server.accept().close();
        assertThatThrownBy(() -> result(opening))
                .isInstanceOfSatisfying(
                        BackendException.class, e -> assertThat(e.code()).isEqualTo(BackendException.IO));
    }

    @Test
    void execute_whenAnswered_returnsTheValue() throws Exception {
        connect();
        CompletableFuture<JsonNode> call = start(() -> session.execute(STATUS, Deadline.after(LONG)));
        String command = qemu.read();
        assertThat(command).isEqualTo("{\"execute\":\"query-status\",\"id\":1}");
        qemu.answer(command, "{\"status\": \"prelaunch\"}");
        assertThat(result(call).path("status").asText()).isEqualTo("prelaunch");
    }

    @Test
    void execute_whenAnswerComesInPieces_putsThemTogether() throws Exception {
        connect();
        CompletableFuture<JsonNode> call = start(() -> session.execute(STATUS, Deadline.after(LONG)));
        qemu.read();
        for (byte b : "{\"return\": {\"status\": \"running\"}, \"id\": 1}\r\n".getBytes(StandardCharsets.UTF_8)) {
            qemu.send(new byte[] {b});
        }
        assertThat(result(call).path("status").asText()).isEqualTo("running");
    }

    @Test
    void execute_whenEventsComeBetween_tellsThemInOrderBeforeItReturns() throws Exception {
        connect();
        CompletableFuture<JsonNode> call = start(() -> session.execute(STATUS, Deadline.after(LONG)));
        String command = qemu.read();
        qemu.send("{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"STOP\"}\r\n"
                + "{\"event\": \"DEVICE_DELETED\", \"data\": {\"path\": \"/machine/peripheral-anon/device[1]\"}}\r\n");
        qemu.answer(command, "{}");
        result(call);
        assertThat(events).containsExactly("STOP{}", "DEVICE_DELETED{\"path\":\"/machine/peripheral-anon/device[1]\"}");
    }

    @Test
    void execute_whenRefused_throwsWithClassAndSafeDescription() throws Exception {
        connect();
        CompletableFuture<JsonNode> call = start(() -> session.execute(DELETE, Deadline.after(LONG)));
        qemu.refuse(qemu.read(), "DeviceNotFound", "Device 'x\\u001b[31m' not found");
        QmpErrorException failure = catchThrowableOfType(QmpErrorException.class, () -> result(call));
        assertThat(failure.is(QmpErrorException.DEVICE_NOT_FOUND)).isTrue();
        assertThat(failure.getMessage()).matches("[ -~]+").contains("not found");
        assertThat(session.isOpen()).isTrue();
    }

    @Test
    void execute_whenSeveralThreads_sendsOneAtATime() throws Exception {
        connect();
        List<CompletableFuture<JsonNode>> calls = List.of(
                start(() -> session.execute(STATUS, Deadline.after(LONG))),
                start(() -> session.execute(STATUS, Deadline.after(LONG))),
                start(() -> session.execute(STATUS, Deadline.after(LONG))));
        for (int i = 1; i <= calls.size(); i++) {
            String command = qemu.read();
            assertThat(FakeQmpServer.Client.id(command)).isEqualTo(i);
            qemu.answer(command, Integer.toString(i));
        }
        int sum = 0;
        for (CompletableFuture<JsonNode> call : calls) {
            sum += result(call).asInt();
        }
        assertThat(sum).isEqualTo(6);
    }

    @Test
    void execute_whenItsTurnDoesNotCome_timesOutWithoutHavingSentAnything() throws Exception {
        connect();
        CompletableFuture<JsonNode> first = start(() -> session.execute(STATUS, Deadline.after(LONG)));
        String command = qemu.read();
        BackendException failure = failure(() -> session.execute(DELETE, Deadline.after(SHORT)));
        assertThat(failure.code()).isEqualTo(BackendException.TIMEOUT);
        assertThat(failure.outcomeUnknown()).isFalse();
        qemu.answer(command, "{}");
        result(first);
        assertThat(session.isOpen()).isTrue();
    }

    @Test
    void execute_whenChangeIsNotAnswered_hasUnknownOutcomeAndEndsTheSession() throws Exception {
        connect();
        BackendException failure = failure(() -> session.execute(DELETE, Deadline.after(SHORT)));
        assertThat(failure.code()).isEqualTo(BackendException.TIMEOUT);
        assertThat(failure.outcomeUnknown()).isTrue();
        assertThat(ended.get(30, TimeUnit.SECONDS).code()).isEqualTo(BackendException.TIMEOUT);
        qemu.read();
        assertThat(qemu.read()).isEmpty();
    }

    @Test
    void execute_whenQueryIsNotAnswered_hasNoUnknownOutcome() throws Exception {
        connect();
        BackendException failure = failure(() -> session.execute(STATUS, Deadline.after(SHORT)));
        assertThat(failure.code()).isEqualTo(BackendException.TIMEOUT);
        assertThat(failure.outcomeUnknown()).isFalse();
    }

    @Test
    void execute_whenQemuEndsInMidCommand_hasUnknownOutcome() throws Exception {
        connect();
        CompletableFuture<JsonNode> call = start(() -> session.execute(DELETE, Deadline.after(LONG)));
        qemu.read();
        qemu.send("{\"return\": {}");
        qemu.close();
        assertThatThrownBy(() -> result(call)).isInstanceOfSatisfying(BackendException.class, e -> {
            assertThat(e.code()).isEqualTo(BackendException.IO);
            assertThat(e.outcomeUnknown()).isTrue();
        });
        assertThat(ended.get(30, TimeUnit.SECONDS).getMessage()).contains("QEMU closed the connection");
    }

    @Test
    void execute_whenEndedBefore_failsAtOnce() throws Exception {
        connect();
        qemu.close();
        ended.get(30, TimeUnit.SECONDS);
        BackendException failure = failure(() -> session.execute(DELETE, Deadline.after(LONG)));
        assertThat(failure.code()).isEqualTo(BackendException.IO);
        assertThat(failure.outcomeUnknown()).isFalse();
    }

    @Test
    void execute_whenInterrupted_waitsForTheAnswerAndKeepsTheInterrupt() throws Exception {
        connect();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            session.execute(STATUS, Deadline.after(LONG));
            interrupted.complete(Thread.currentThread().isInterrupted());
        });
        caller.start();
        String command = qemu.read();
        caller.interrupt();
        qemu.answer(command, "{}");
        assertThat(interrupted.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void execute_whenCalledByListener_isRefused() throws Exception {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        CompletableFuture<QmpSession> opening = new CompletableFuture<>();
        start(() -> opening.complete(QmpSession.open(connection(), "here", LONG, new QmpListener() {
            @Override
            public void event(QmpEvent event) {
                try {
                    opening.join().execute(STATUS, Deadline.after(LONG));
                } catch (IllegalStateException e) {
                    failure.complete(e);
                }
            }

            @Override
            public void ended(BackendException why) {}
        })));
        qemu = server.accept().negotiate();
        qemu.say("{\"event\": \"STOP\"}");
        session = result(opening);
        assertThat(failure.get(30, TimeUnit.SECONDS)).hasMessageContaining("query-status");
    }

    @Test
    void draft_always_sendsAllButTheEnd() throws Exception {
        connect();
        assertThat(session.draft(DELETE, Deadline.after(LONG))).isTrue();
        assertThat(qemu.readStart(DRAFT.length())).isEqualTo(DRAFT);
        assertThat(qemu.isQuiet()).isTrue();
    }

    @Test
    void draft_theSameAgain_sendsNothing() throws Exception {
        draft();
        assertThat(session.draft(DELETE, Deadline.after(LONG))).isTrue();
        assertThat(qemu.isQuiet()).isTrue();
    }

    @Test
    void execute_whatWasDrafted_sendsTheEnd() throws Exception {
        draft();
        CompletableFuture<JsonNode> call = start(() -> session.execute(SAME, Deadline.after(LONG)));
        assertThat(qemu.read()).isEqualTo("}");
        qemu.answer(DRAFT, "3");
        assertThat(result(call).asInt()).isEqualTo(3);
        assertThat(executed()).isEqualTo("{\"execute\":\"query-status\",\"id\":2}");
    }

    @Test
    void execute_anotherThanWasDrafted_takesThatBackFirst() throws Exception {
        draft();
        CompletableFuture<JsonNode> call = start(() -> session.execute(STATUS, Deadline.after(LONG)));
        assertThat(qemu.read()).isEqualTo(WITHDRAWAL);
        qemu.refuse(DRAFT, "GenericError", "QMP input member 'withdrawn' is unexpected");
        String command = qemu.read();
        assertThat(command).isEqualTo("{\"execute\":\"query-status\",\"id\":2}");
        qemu.answer(command, "4");
        assertThat(result(call).asInt()).isEqualTo(4);
    }

    @Test
    void draft_another_takesTheFirstBack() throws Exception {
        draft();
        QmpCommand other = QmpCommand.change("device_del").with("id", "y").build();
        CompletableFuture<Boolean> call = start(() -> session.draft(other, Deadline.after(LONG)));
        assertThat(qemu.read()).isEqualTo(WITHDRAWAL);
        qemu.refuse(DRAFT, "GenericError", "unexpected");
        assertThat(result(call)).isTrue();
        assertThat(qemu.readStart(DRAFT.length())).contains("\"id\":\"y\"}", "\"id\":2");
    }

    @Test
    void withdraw_takesBackWhatWasDraftedAndNothingElse() throws Exception {
        draft();
        CompletableFuture<Boolean> call = start(() -> {
            session.withdraw(Deadline.after(LONG));
            return true;
        });
        assertThat(qemu.read()).isEqualTo(WITHDRAWAL);
        qemu.refuse(DRAFT, "GenericError", "unexpected");
        result(call);
        session.withdraw(Deadline.after(LONG));
        assertThat(qemu.isQuiet()).isTrue();
    }

    @Test
    void draft_whileACommandIsUnderWay_doesNothing() throws Exception {
        connect();
        CompletableFuture<JsonNode> call = start(() -> session.execute(STATUS, Deadline.after(LONG)));
        String command = qemu.read();
        assertThat(session.draft(DELETE, Deadline.after(LONG))).isFalse();
        assertThat(qemu.isQuiet()).isTrue();
        qemu.answer(command, "{}");
        result(call);
    }

    @Test
    void draft_afterTheEnd_isFalse() throws Exception {
        connect();
        session.close();
        assertThat(session.draft(DELETE, Deadline.after(LONG))).isFalse();
    }

    @Test
    void withdraw_whenNotAnswered_endsTheSessionWithNothingDone() throws Exception {
        draft();
        BackendException failure = failure(() -> session.execute(SAME_NAME, Deadline.after(SHORT)));
        assertThat(failure.code()).isEqualTo(BackendException.TIMEOUT);
        assertThat(failure.outcomeUnknown()).isFalse();
        assertThat(qemu.read()).isEqualTo(WITHDRAWAL);
        assertThat(qemu.read()).isEmpty();
    }

    @Test
    void withdraw_whenExecutedAllTheSame_endsTheSessionAndSaysSo() throws Exception {
        draft();
        CompletableFuture<JsonNode> call = start(() -> session.execute(STATUS, Deadline.after(LONG)));
        qemu.read();
        qemu.answer(DRAFT, "{}");
        assertThatThrownBy(() -> result(call)).hasMessageContaining("device_del, which was withdrawn");
        assertThat(ended.get(30, TimeUnit.SECONDS).code()).isEqualTo(BackendException.PROTOCOL);
    }

    @Test
    void read_whenADraftIsAnswered_dropsTheConnection() throws Exception {
        draft();
        qemu.answer(DRAFT, "{}");
        assertProtocolEnd();
    }

    private void draft() throws Exception {
        connect();
        assertThat(session.draft(DELETE, Deadline.after(LONG))).isTrue();
        assertThat(qemu.readStart(DRAFT.length())).isEqualTo(DRAFT);
    }

    /** A command that is executed now, as it comes. */
    private String executed() throws Exception {
        CompletableFuture<JsonNode> call = start(() -> session.execute(STATUS, Deadline.after(LONG)));
        String command = qemu.read();
        qemu.answer(command, "{}");
        result(call);
        return command;
    }

    @Test
    void read_whenAnswerHasNoId_dropsTheConnection() throws Exception {
        connect();
        qemu.say("{\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON parse error, expecting value\"}}");
        assertProtocolEnd();
    }

    @Test
    void read_whenAnswerIsNotAskedFor_dropsTheConnection() throws Exception {
        connect();
        qemu.say("{\"return\": {}, \"id\": 7}");
        assertProtocolEnd();
    }

    @Test
    void read_whenLineIsHuge_dropsTheConnection() throws Exception {
        connect();
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
            try {
                qemu.send(new byte[3 << 20]);
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        assertProtocolEnd();
        sending.handle((done, failed) -> failed).get(30, TimeUnit.SECONDS);
    }

    @Test
    void read_whenNestedTooDeep_dropsTheConnection() throws Exception {
        connect();
        qemu.say("{\"return\": " + "[".repeat(5000) + "]".repeat(5000) + ", \"id\": 1}");
        assertProtocolEnd();
    }

    @Test
    void read_whenBytesLookLikeAnotherEncoding_dropsTheConnection() throws Exception {
        connect();
        qemu.send(new byte[] {0, 0, 0x7b, 0, 0, 0, 0x7d, 0, '\n'});
        assertProtocolEnd();
    }

    @Test
    void read_whenListenerDies_endsTheSessionAndSaysSo() throws Exception {
        CompletableFuture<BackendException> told = new CompletableFuture<>();
        QmpListener broken = new QmpListener() {
            @Override
            public void event(QmpEvent event) {
                throw new StackOverflowError("a defect");
            }

            @Override
            public void ended(BackendException why) {
                told.complete(why);
            }
        };
        CompletableFuture<QmpSession> opening = start(() -> QmpSession.open(connection(), "here", LONG, broken));
        qemu = server.accept().negotiate();
        session = result(opening);
        qemu.say("{\"event\": \"STOP\"}");
        assertThat(told.get(30, TimeUnit.SECONDS).code()).isEqualTo(BackendException.PROTOCOL);
        assertThat(session.isOpen()).isFalse();
    }

    @Test
    void read_whenAnswerIsLong_takesIt() throws Exception {
        connect();
        String text = "x".repeat(900_000);
        CompletableFuture<JsonNode> call = start(() -> session.execute(STATUS, Deadline.after(LONG)));
        qemu.answer(qemu.read(), "\"" + text + "\"");
        assertThat(result(call).asText()).isEqualTo(text);
    }

    @Test
    void read_whenGarbage_endsTheSessionAndNeverHangs() throws Exception {
        Random random = new Random(20261122);
        for (int round = 0; round < 40; round++) {
            CompletableFuture<QmpSession> opening = start(this::open);
            try (FakeQmpServer.Client client = server.accept().negotiate()) {
                QmpSession each = result(opening);
                byte[] garbage = new byte[1 + random.nextInt(3000)];
                random.nextBytes(garbage);
                garbage[garbage.length - 1] = '\n';
                client.send(garbage);
                client.close();
                Awaitility.await().until(() -> !each.isOpen());
                each.close();
            }
        }
    }

    @Test
    void close_whenCommandUnderWay_endsItAtOnce() throws Exception {
        connect();
        CompletableFuture<JsonNode> call = start(() -> session.execute(DELETE, Deadline.after(LONG)));
        qemu.read();
        session.close();
        assertThatThrownBy(() -> result(call)).isInstanceOfSatisfying(BackendException.class, e -> {
            assertThat(e.code()).isEqualTo(BackendException.CLOSED);
            assertThat(e.outcomeUnknown()).isTrue();
        });
    }

    @Test
    void end_whenClosedAfterATimeout_isTheTimeout() throws Exception {
        connect();
        assertThat(session.end()).isEmpty();
        failure(() -> session.execute(STATUS, Deadline.after(SHORT)));
        session.close();
        assertThat(session.end()).get().extracting(BackendException::code).isEqualTo(BackendException.TIMEOUT);
    }

    @Test
    void close_whenCalledTwice_tellsNobodyAndLeavesNoThread() throws Exception {
        connect();
        session.close();
        session.close();
        assertThat(ended).isNotDone();
        assertThat(readers()).isZero();
        assertThat(qemu.read()).isEmpty();
    }

    private void assertProtocolEnd() throws Exception {
        assertThat(ended.get(30, TimeUnit.SECONDS).code()).isEqualTo(BackendException.PROTOCOL);
        assertThat(failure(() -> session.execute(STATUS, Deadline.after(LONG))).code())
                .isEqualTo(BackendException.PROTOCOL);
    }

    private void connect() throws Exception {
        CompletableFuture<QmpSession> opening = start(this::open);
        qemu = server.accept().negotiate();
        session = result(opening);
    }

    private QmpSession open() {
        return QmpSession.open(connection(), "here", LONG, listener);
    }

    private UnixSocketConnection connection() {
        try {
            return UnixSocketConnection.connect(socket, LONG);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static <T> CompletableFuture<T> start(Supplier<T> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(call.get());
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    private static <T> T result(CompletableFuture<T> call) throws Exception {
        try {
            return call.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw (RuntimeException) e.getCause();
        }
    }

    private static BackendException failure(Supplier<?> call) {
        return catchThrowableOfType(BackendException.class, call::get);
    }

    private static long readers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("autousb-qmp"))
                .count();
    }
}
