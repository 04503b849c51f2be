package io.autousb.architecture;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Where the program's sources are. */
final class Sources {

    private Sources() {}

    /** The folder that holds all modules. */
    static Path tree() {
        Path tree = Path.of("").toAbsolutePath();
        while (!Files.exists(tree.resolve("mvnw"))) {
            tree = Objects.requireNonNull(tree.getParent());
        }
        return tree;
    }
}
