package io.autousb.cli.command;

import io.autousb.cli.console.CommandException;
import io.autousb.cli.console.Console;
import io.autousb.cli.foreground.ForegroundLauncher;
import io.autousb.cli.foreground.ForegroundRequest;
import io.autousb.cli.foreground.ForegroundRequest.Backends;
import io.autousb.cli.foreground.ForegroundRequest.Manners;
import io.autousb.domain.model.UsbId;
import io.autousb.domain.policy.GuestWish;
import io.autousb.domain.policy.PortSelector;
import io.autousb.runtime.EngineMode;
import io.autousb.runtime.plugin.Plugins;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The original's form of the program: serves one guest in the foreground. */
@Command(
        name = Console.PROGRAM,
        mixinStandardHelpOptions = true,
        sortOptions = false,
        versionProvider = ProgramVersion.class,
        subcommands = {ListCommand.class, BackendsCommand.class, DoctorCommand.class, DemoCommand.class},
        description = "Plug a USB device into a chosen port or hub, and it is in the virtual machine.",
        synopsisHeading = "Usage: ",
        customSynopsis = {
            "auto-usb-attach -d GUEST -u HUB [-u HUB]... [-x VID:PID]... [OPTIONS]",
            "       auto-usb-attach COMMAND"
        },
        footer = {
            "",
            "Examples:",
            "  auto-usb-attach list",
            "  auto-usb-attach -d windows -u usb3 -u 1-1",
            "  auto-usb-attach -d windows -x 28de:1142 -s /run/qmp/windows.sock -w",
            "",
            "Exit codes: 0 done, 1 defect of the program, 2 wrong command line, 3 guest not",
            "running (with -n), 4 no backend or no permission, 130 and 143 ended by a signal."
        })
public final class AttachCommand implements Callable<Integer> {

    private final ForegroundLauncher launcher;
    private final Console console;
    private final Plugins plugins;

    @Option(
            names = {"-d", "--guest"},
            paramLabel = "GUEST",
            description = "The guest that is to have the devices.")
    private @Nullable String guest;

    @Option(
            names = {"-u", "--hub"},
            paramLabel = "HUB",
            description = "A hub or port: what is plugged in there or below it. A root hub (usb3), a port (1-1.4), or"
                    + " its name that stays over boots (pci-0000:00:14.0-usb-0:1.4). Repeatable.")
    private List<String> hubs = new ArrayList<>();

    @Option(
            names = {"-x", "--device"},
            paramLabel = "VID:PID",
            description = "A device, wherever it is plugged in (046d:c31c). Repeatable.")
    private List<String> devices = new ArrayList<>();

    @Option(
            names = {"-s", "--qmp-socket"},
            paramLabel = "PATH",
            description = "QEMU's monitor socket; without it, that of the running guest is looked for.")
    private @Nullable String qmpSocket;

    @Option(
            names = {"-n", "--no-wait"},
            description = "End if the guest is not running, rather than wait for it.")
    private boolean noWait;

    @Option(
            names = {"-w", "--wait-on-shutdown"},
            description = "When the guest ends, wait for its return, rather than end as well.")
    private boolean waitOnShutdown;

    @Option(
            names = "--usb-version",
            paramLabel = "1|2|3",
            defaultValue = "3",
            description = "The version of virtual controllers that are made if no port is free (default: 3).")
    private String usbVersion = "3";

    @Option(
            names = "--hypervisor",
            paramLabel = "NAME",
            description = "What drives the guest; by default the best that works here (see: backends).")
    private @Nullable String hypervisor;

    @Option(names = "--dry-run", description = "Print what would be done, and do nothing.")
    private boolean dryRun;

    @Option(
            names = "--detach-on-exit",
            description = "At the end take away what was attached, rather than leave it in the guest.")
    private boolean detachOnExit;

    @Option(
            names = "--no-repair",
            description = "Only report what unplugged devices have left behind in guests, rather than clear it.")
    private boolean noRepair;

    @Mixin
    private final TalkOptions talk = new TalkOptions();

    @Mixin
    private final DeviceSourceOption deviceSource = new DeviceSourceOption();

    /**
     * Makes the command.
     *
     * @param launcher runs the session
     * @param console where to speak
     * @param plugins where adapters come from
     */
    public AttachCommand(ForegroundLauncher launcher, Console console, Plugins plugins) {
        this.launcher = launcher;
        this.console = console;
        this.plugins = plugins;
    }

    @Option(
            names = "--plugin-path",
            paramLabel = "FOLDER",
            scope = ScopeType.INHERIT,
            description = "A folder with adapters of others, each in a folder of its own. Repeatable.")
    void pluginPath(Path[] folders) {
        plugins.lookWhereNamed(List.of(folders));
    }

    @Override
    public Integer call() {
        talk.apply(console);
        return launcher.run(request());
    }

    private ForegroundRequest request() {
        if (guest == null || guest.isBlank()) {
            throw CommandException.usage(
                    "no guest is named", "-d", "say which with -d GUEST; --help tells all options and commands");
        }
        if (hubs.isEmpty() && devices.isEmpty()) {
            throw CommandException.usage(
                    "nothing is named that guest " + guest + " is to have",
                    "-u, -x",
                    "name a hub or port with -u or a device with -x; `auto-usb-attach list` shows what there is");
        }
        GuestWish wish = new GuestWish(
                guest, parse("-u", hubs, PortSelector::parse), parse("-x", devices, UsbId::parse), version());
        Backends backends = new Backends(deviceSource.name(), Optional.ofNullable(hypervisor));
        Manners manners = new Manners(!noWait, waitOnShutdown, mode(), detachOnExit);
        return new ForegroundRequest(wish, settings(), backends, manners);
    }

    private EngineMode mode() {
        if (dryRun) {
            return noRepair ? EngineMode.PLAN_WITHOUT_REPAIR : EngineMode.PLAN;
        }
        return noRepair ? EngineMode.SERVE_WITHOUT_REPAIR : EngineMode.SERVE;
    }

    private static <T> List<T> parse(String option, List<String> texts, Function<String, T> parser) {
        List<T> values = new ArrayList<>();
        for (String text : texts) {
            try {
                values.add(parser.apply(text));
            } catch (IllegalArgumentException e) {
                throw CommandException.usage(option + " " + e.getMessage(), "", "");
            }
        }
        return values;
    }

    private int version() {
        return switch (usbVersion) {
            case "1" -> 1;
            case "2" -> 2;
            case "3" -> 3;
            default ->
                throw CommandException.usage(
                        "there is no USB " + usbVersion + " for controllers", "--usb-version", "write 1, 2 or 3");
        };
    }

    private Map<String, String> settings() {
        if (qmpSocket == null) {
            return Map.of();
        }
        try {
            return Map.of("qmp-socket", Path.of(qmpSocket).toAbsolutePath().toString());
        } catch (InvalidPathException e) {
            throw CommandException.usage(
                    "'" + qmpSocket + "' is no path",
                    "-s",
                    "name QEMU's monitor socket, such as /run/qmp/windows.sock");
        }
    }
}
