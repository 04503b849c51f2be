package io.autousb.backend.file;

import io.autousb.backend.file.StateFormat.Spoilt;
import io.autousb.domain.port.BackendException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was found in the place of a state and could not be used: kept beside it as {@code <name>.bad-1} and
 * so on, the latest few. Used by who holds the state's lock.
 */
final class Asides {

    private static final Logger LOG = LoggerFactory.getLogger(Asides.class);

    private static final int MOST = 5;
    private static final int MAX_DIGITS = 9;

    private final Path file;
    private final Path folder;
    private final Disk disk;
    private final Pattern names;

    Asides(Path file, Disk disk) {
        this.file = file;
        this.folder = Objects.requireNonNull(file.getParent());
        this.disk = disk;
        this.names = Pattern.compile(
                Pattern.quote(file.getFileName() + ".bad-") + "([1-9][0-9]{0," + (MAX_DIGITS - 1) + "})");
    }

    /** Puts aside what has the place of the state, whatever it is. */
    BackendException take(Spoilt spoilt) throws IOException {
        List<Integer> kept = kept();
        int number = kept.isEmpty() ? 1 : kept.get(kept.size() - 1) + 1;
        Path aside = name(number);
        disk.move(file, aside);
        kept.add(number);
        kept.subList(0, Math.max(0, kept.size() - MOST)).forEach(this::forget);
        return BackendException.of(spoilt.code(), spoilt.what())
                .where(Failures.safe(aside))
                .remedy(remedy(spoilt.code()))
                .build();
    }

    /** What is to be said if that was not possible. */
    BackendException left(Spoilt spoilt, Exception why) {
        return BackendException.of(spoilt.code(), spoilt.what() + " and cannot be put aside: " + Failures.describe(why))
                .where(Failures.safe(file))
                .remedy(remedy(spoilt.code()))
                .build();
    }

    private static String remedy(String code) {
        return code.equals(BackendException.NEWER)
                ? "put it back for that version of the program, or remove it"
                : "see what it is, and remove it";
    }

    /** The numbers in use, the smallest first. */
    private List<Integer> kept() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> names.matcher(path.getFileName().toString()))
                    .filter(name -> name.matches())
                    .map(name -> Integer.valueOf(name.group(1)))
                    .sorted()
                    .collect(ArrayList::new, List::add, List::addAll);
        }
    }

    private void forget(int number) {
        try {
            disk.delete(name(number));
        } catch (IOException e) {
            LOG.debug("cannot remove {}", Failures.safe(name(number)), e);
        }
    }

    private Path name(int number) {
        return folder.resolve(file.getFileName() + ".bad-" + number);
    }
}
