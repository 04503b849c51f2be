package io.autousb.backend.qmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.GuestState;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class RunStateTest {

    /** All of QEMU 10.0's {@code RunState}, and something else. */
    @TestFactory
    Stream<DynamicTest> parse_whenEachStatus_saysWhetherDevicesMayChange() {
        return Map.ofEntries(
                        Map.entry("debug", GuestState.RUNNING),
                        Map.entry("inmigrate", GuestState.TRANSIENT),
                        Map.entry("internal-error", GuestState.STOPPED),
                        Map.entry("io-error", GuestState.PAUSED),
                        Map.entry("paused", GuestState.PAUSED),
                        Map.entry("postmigrate", GuestState.TRANSIENT),
                        Map.entry("prelaunch", GuestState.PRELAUNCH),
                        Map.entry("finish-migrate", GuestState.TRANSIENT),
                        Map.entry("restore-vm", GuestState.TRANSIENT),
                        Map.entry("running", GuestState.RUNNING),
                        Map.entry("save-vm", GuestState.TRANSIENT),
                        Map.entry("shutdown", GuestState.STOPPED),
                        Map.entry("suspended", GuestState.SUSPENDED),
                        Map.entry("watchdog", GuestState.PAUSED),
                        Map.entry("guest-panicked", GuestState.PAUSED),
                        Map.entry("colo", GuestState.TRANSIENT),
                        Map.entry("something-new", GuestState.UNKNOWN))
                .entrySet()
                .stream()
                .map(each -> DynamicTest.dynamicTest(
                        each.getKey(),
                        () -> assertThat(RunState.parse(each.getKey())).isEqualTo(each.getValue())));
    }
}
