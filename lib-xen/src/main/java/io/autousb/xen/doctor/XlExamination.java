package io.autousb.xen.doctor;

import io.autousb.api.Command;
import io.autousb.api.CommandOutcome;
import io.autousb.api.CommandResult;
import io.autousb.api.CommandRunner;
import io.autousb.api.Finding;
import io.autousb.domain.model.UntrustedText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Looks at {@code xl}: whether it works, and which faults with USB its version is known for. */
final class XlExamination {

    private static final String INFO = "xl info";
    /** In all versions: libxl asks sysfs for what it stored itself, and its own configuration knows no USB devices. */
    private static final String ALWAYS =
            "xl cannot detach a device that was pulled out, which keeps it from attaching any other, and forgets"
                    + " USB devices when a guest reboots: both are repaired while this program serves";

    private final CommandRunner commands;

    XlExamination(CommandRunner commands) {
        this.commands = commands;
    }

    List<Finding> examine(Duration timeout) {
        CommandResult result = commands.run(Command.of(timeout, "xl", "info"));
        CommandOutcome outcome = result.outcome();
        if (outcome.kind() == CommandOutcome.Kind.NOT_STARTED) {
            return List.of(Finding.warning(
                    "xl cannot be run, so that PV guests cannot be served",
                    UntrustedText.of(outcome.reason()),
                    "install Xen's tools (Debian: xen-utils)"));
        }
        if (!result.succeeded()) {
            return List.of(failed(result));
        }
        return XenVersion.parse(result.stdout())
                .map(XlExamination::judge)
                .orElseGet(() -> List.of(Finding.warning(
                        "xl does not say which version it is",
                        INFO,
                        "report what it prints, together with the version of your Xen's packages")));
    }

    private static Finding failed(CommandResult result) {
        String said = result.stderr().toString();
        boolean forbidden = result.stderr().raw().contains("Permission denied");
        return Finding.problem(
                "xl does not work here",
                said.isEmpty() ? INFO : INFO + " says " + said,
                forbidden ? "run this as root" : "see to it that `xl info` works: is this Xen's control domain?");
    }

    static List<Finding> judge(XenVersion version) {
        List<Finding> findings = new ArrayList<>();
        if (version.isBefore(4, 8)) {
            return List.of(Finding.problem(
                    "xl " + version + " attaches no USB devices to HVM guests", INFO, "upgrade Xen to 4.13 or later"));
        }
        findings.add(Finding.ok("xl is of Xen " + version, ""));
        findings.add(Finding.ok(ALWAYS, ""));
        if (version.isBefore(4, 13)) {
            findings.add(Finding.warning(
                    "xl " + version + " takes no turns at a QEMU's monitor: two commands at a time run into each other",
                    INFO,
                    "upgrade Xen to 4.13 or later, or give guests a monitor of their own"));
        }
        if (version.sendsNumbersAsText()) {
            findings.add(Finding.warning(
                    "xl " + version + " sends numbers as text, which QEMU 9.2 and later refuse:"
                            + " xl usbdev-attach fails there for HVM guests",
                    INFO,
                    "with such a QEMU use xen-qmp, or upgrade Xen (4.19.5, 4.20.3, 4.21.1, 4.22)"));
        }
        return findings;
    }
}
