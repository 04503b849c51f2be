package io.autousb.linux;

import io.autousb.api.Command;
import io.autousb.api.CommandResult;
import io.autousb.api.CommandRunner;
import io.autousb.api.RunningCommand;
import io.autousb.domain.model.UntrustedText;
import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Runs programs as child processes. Found by {@link java.util.ServiceLoader}. */
public final class ChildProcesses implements CommandRunner {

    /** Where programs are looked for: as sudo does, never where this process's own environment says. */
    private static final List<Path> FOLDERS = List.of(
            Path.of("/usr/local/sbin"),
            Path.of("/usr/local/bin"),
            Path.of("/usr/sbin"),
            Path.of("/usr/bin"),
            Path.of("/sbin"),
            Path.of("/bin"));

    private final List<Path> folders;
    private final Charset charset;

    /** For {@link java.util.ServiceLoader}. */
    public ChildProcesses() {
        this(FOLDERS, Charset.forName(System.getProperty("native.encoding", "UTF-8")));
    }

    /** With other folders, and in another locale, for tests. */
    ChildProcesses(List<Path> folders, Charset charset) {
        this.folders = folders;
        this.charset = charset;
    }

    @Override
    public RunningCommand start(Command command) {
        String program = command.argv().get(0);
        for (String argument : command.argv()) {
            // Java would put question marks there.
            if (!charset.newEncoder().canEncode(argument)) {
                return notStarted("'" + UntrustedText.of(argument) + "' cannot be said in this locale's " + charset);
            }
        }
        Optional<Path> file = find(program);
        if (file.isEmpty()) {
            String where = program.startsWith("/") ? "" : " in " + path();
            return notStarted("there is no program " + UntrustedText.of(program) + where);
        }
        try {
            return start(file.get(), command);
        } catch (IOException | LinkageError e) {
            return notStarted(UntrustedText.of(String.valueOf(e.getMessage())).toString());
        }
    }

    private static RunningCommand notStarted(String reason) {
        return () -> CommandResult.notStarted(reason);
    }

    private Optional<Path> find(String program) {
        return (program.startsWith("/") ? List.of(Path.of("/")) : folders)
                .stream()
                        .map(folder -> folder.resolve(program))
                        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                        .findFirst();
    }

    private String path() {
        return folders.stream().map(Path::toString).collect(Collectors.joining(":"));
    }

    private RunningCommand start(Path file, Command command) throws IOException {
        Deadline deadline = Deadline.after(command.timeout());
        ChildOutput output = ChildOutput.open();
        try {
            return new ChildProcess(output.start(builder(file, command)), output, deadline);
        } catch (IOException | RuntimeException | Error e) {
            output.close();
            throw e;
        }
    }

    private ProcessBuilder builder(Path file, Command command) {
        List<String> argv = new ArrayList<>(command.argv());
        argv.set(0, file.toString());
        ProcessBuilder builder = new ProcessBuilder(argv);
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("PATH", path());
        environment.put("LC_ALL", "C");
        return builder.directory(new File("/")).redirectInput(new File("/dev/null"));
    }
}
