package io.autousb.runtime.plugin;

import java.util.List;

/**
 * What a plugin sees of the program: the packages that adapters are written against, and nothing else, so that it may bring
 * libraries of any version. Resources of the program are not seen: a plugin's service files are its own.
 */
final class SharedClasses extends ClassLoader {

    private static final List<String> SHARED = List.of(
            "io.autousb.domain.model.",
            "io.autousb.domain.port.",
            "io.autousb.domain.ApiStatus",
            "io.autousb.api.",
            "org.slf4j.",
            "org.jspecify.annotations.");

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader program;

    SharedClasses(ClassLoader program) {
        super("autousb-shared", ClassLoader.getPlatformClassLoader());
        this.program = program;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        if (SHARED.stream().noneMatch(name::startsWith)) {
            throw new ClassNotFoundException(name);
        }
        return program.loadClass(name);
    }
}
