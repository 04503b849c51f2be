package io.autousb.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.api.CommandOutcome;
import io.autousb.api.CommandOutput;
import io.autousb.api.CommandResult;
import java.io.IOException;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChildOutputTest {

    @Test
    void await_afterTheEndOfBothStreams_waitsUntilItIsWoken() throws Exception {
        try (ChildOutput output = ChildOutput.open()) {
            assertThat(output.start(new ProcessBuilder("echo", "said")).waitFor())
                    .isZero();
            output.take();
            output.take();
            Thread waiter = new Thread(() -> await(output));
            waiter.start();
            Awaitility.await().until(() -> isPolling(waiter));
            assertThat(waiter.isAlive()).isTrue();
            output.wake();
            waiter.join();
            CommandOutcome outcome = CommandOutcome.exited(0);
            assertThat(output.result(outcome))
                    .isEqualTo(new CommandResult(outcome, new CommandOutput("said\n", false), CommandOutput.NONE));
        }
    }

    @Test
    void wake_onceItIsClosed_doesNothing() throws Exception {
        ChildOutput output = ChildOutput.open();
        output.close();
        output.wake();
        assertThat(output.result(CommandOutcome.exited(0)).stdout()).isEqualTo(CommandOutput.NONE);
    }

    private static void await(ChildOutput output) {
        try {
            output.await(Deadline.NEVER);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isPolling(Thread thread) {
        return List.of(thread.getStackTrace()).stream()
                .anyMatch(frame -> frame.getMethodName().equals("poll"));
    }
}
