package io.autousb.runtime.catalogue;

import io.autousb.api.Provider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Finds providers by their service files, {@code META-INF/services/<entry point>}. */
public final class ServiceLoaderSource implements ProviderSource {

    /** A loader that goes on failing without getting anywhere is given up. */
    private static final int MAX_ERRORS = 100;

    private final ClassLoader loader;

    /**
     * Makes a source.
     *
     * @param loader whose class path to search
     */
    public ServiceLoaderSource(ClassLoader loader) {
        this.loader = loader;
    }

    @Override
    public <P extends Provider> Found<P> find(ProviderKind<P> kind) {
        List<P> providers = new ArrayList<>();
        List<Defect> broken = new ArrayList<>();
        Iterator<ServiceLoader.Provider<P>> entries =
                ServiceLoader.load(kind.type(), loader).stream().iterator();
        while (broken.size() < MAX_ERRORS) {
            ServiceLoader.Provider<P> entry;
            try {
                if (!entries.hasNext()) {
                    break;
                }
                entry = entries.next();
            } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
                broken.add(Defect.of("a service file of " + kind.type().getName(), e));
                continue;
            }
            try {
                providers.add(entry.get());
            } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
                broken.add(Defect.of(className(entry), e.getCause() == null ? e : e.getCause()));
            }
        }
        return new Found<>(providers, broken);
    }

    private static String className(ServiceLoader.Provider<?> entry) {
        return entry.type().getName();
    }
}
