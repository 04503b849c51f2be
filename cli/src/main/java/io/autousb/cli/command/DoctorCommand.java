package io.autousb.cli.command;

import io.autousb.cli.console.CommandException;
import io.autousb.cli.console.Console;
import io.autousb.cli.console.ExitCode;
import io.autousb.cli.listing.DoctorReport;
import io.autousb.cli.listing.Json;
import io.autousb.runtime.doctor.Diagnosis;
import io.autousb.runtime.doctor.Doctor;
import io.autousb.runtime.doctor.DoctorRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says what would stop the program working here. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Show each thing that would stop it working here, with the remedy. Changes nothing.",
        footer = {"", "Exit codes: 0 nothing stops it, 5 something does; otherwise as without a command."})
public final class DoctorCommand implements Callable<Integer> {

    private final Doctor doctor;
    private final Console console;

    @Mixin
    private final TalkOptions talk = new TalkOptions();

    @Option(
            names = {"-d", "--guest"},
            paramLabel = "GUEST",
            description = "Look at this guest too. Repeatable.")
    private List<String> guests = new ArrayList<>();

    @Mixin
    private final DeviceSourceOption deviceSource = new DeviceSourceOption();

    @Option(
            names = "--hypervisor",
            paramLabel = "NAME",
            description = "Look at this hypervisor; by default at the best that works here (see: backends).")
    private @Nullable String hypervisor;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    /**
     * Makes the command.
     *
     * @param doctor who looks
     * @param console where to speak
     */
    public DoctorCommand(Doctor doctor, Console console) {
        this.doctor = doctor;
        this.console = console;
    }

    @Override
    public Integer call() {
        talk.apply(console);
        if (guests.stream().anyMatch(String::isBlank)) {
            throw CommandException.usage("-d names no guest", "", "give the name that its hypervisor knows it by");
        }
        List<Diagnosis> all = new ArrayList<>();
        DoctorRequest request = new DoctorRequest(deviceSource.name(), Optional.ofNullable(hypervisor), guests);
        doctor.examine(request, diagnosis -> {
            all.add(diagnosis);
            if (!json) {
                console.data(DoctorReport.line(diagnosis));
            }
        });
        if (json) {
            Json.write(DoctorReport.of(all)).lines().forEach(console::data);
        }
        return all.stream().anyMatch(Diagnosis::isProblem) ? ExitCode.PROBLEM_FOUND : ExitCode.OK;
    }
}
