package io.autousb.backend.file;

import io.autousb.api.Availability;
import io.autousb.api.Option;
import io.autousb.api.OptionValues;
import io.autousb.api.ProviderContext;
import io.autousb.api.StateStoreProvider;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.StateStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Provides the state store {@code file}. */
public final class FileStateStoreProvider implements StateStoreProvider {

    private static final String PATH = "path";
    private static final String DEFAULT = "/var/lib/auto-usb-attach/state";
    private static final List<Option> OPTIONS = List.of(new Option(
            PATH,
            Option.Type.PATH,
            Optional.of(DEFAULT),
            "the file, in a folder that only this program's user can write to; the folder is made if it is missing"));
    private static final int PRIORITY = 50;

    /** For {@link java.util.ServiceLoader}. */
    public FileStateStoreProvider() {}

    @Override
    public String name() {
        return "file";
    }

    @Override
    public String description() {
        return "a file, which outlives a restart of the host";
    }

    @Override
    public List<Option> options() {
        return OPTIONS;
    }

    /** Looks at the place that the option {@code path} has unless somebody says otherwise. */
    @Override
    public Availability probe(ProviderContext context) {
        Path folder =
                Objects.requireNonNull(below(context.root(), Path.of(DEFAULT)).getParent());
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            folder = Objects.requireNonNull(folder.getParent());
        }
        if (!Files.isDirectory(folder)) {
            return Availability.unavailable("there is no folder " + Failures.safe(folder), "make it");
        }
        if (!Files.isWritable(folder)) {
            return Availability.unavailable("this user may not write to " + Failures.safe(folder), "run as root");
        }
        return Availability.AVAILABLE;
    }

    @Override
    public int priority() {
        return PRIORITY;
    }

    @Override
    public StateStore create(OptionValues options, ProviderContext context) {
        Path path = options.path(PATH).orElseThrow();
        if (path.getFileName() == null) {
            throw BackendException.of(BackendException.INVALID, "option path: " + path + " is a folder")
                    .where(name())
                    .remedy("name a file in it")
                    .build();
        }
        Path file = below(context.root(), path);
        return new FileStateStore(file, new StateFile(file, new HostDisk(), new OwnPlace()));
    }

    private static Path below(Path root, Path absolute) {
        return root.resolve(Path.of("/").relativize(absolute));
    }
}
