package io.autousb.runtime.plugin;

import io.autousb.api.Provider;
import io.autousb.runtime.catalogue.Defect;
import io.autousb.runtime.catalogue.Found;
import io.autousb.runtime.catalogue.ProviderKind;
import io.autousb.runtime.catalogue.ProviderSource;
import io.autousb.runtime.catalogue.ServiceLoaderSource;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The program's own adapters, and those in folders of plugins: {@code <folder>/<name>/*.jar}. Each plugin has a class loader
 * that sees the packages for adapters, slf4j, jspecify and the JDK of what the program is made of. What is wrong with one is
 * said, and harms no other.
 *
 * <p>Folders are looked at when first asked for providers; plugins stay loaded until the process ends. Thread-safe.
 */
public final class Plugins implements ProviderSource {

    private final ProviderSource own;
    private final ClassLoader program;
    private final boolean careful;
    private final Set<Path> folders = new TreeSet<>();
    private final List<Loaded> loaded = new ArrayList<>();
    private final List<Defect> broken = new ArrayList<>();
    private boolean looked;

    /** A plugin that is there to be asked. */
    private record Loaded(URLClassLoader loader, ProviderSource source) {}

    /**
     * Makes a source that knows no folder yet. As root it takes only what nobody else can write.
     *
     * @param own the program's own adapters
     * @param program what has the classes that adapters share with the program
     */
    public Plugins(ProviderSource own, ClassLoader program) {
        this(own, program, PathTrust.isRoot());
    }

    Plugins(ProviderSource own, ClassLoader program, boolean careful) {
        this.own = own;
        this.program = program;
        this.careful = careful;
    }

    /**
     * Adds folders. One that is not there has no plugins.
     *
     * @param more where to look
     * @throws IllegalStateException after providers have been asked for
     */
    public synchronized void look(Collection<Path> more) {
        if (looked) {
            throw new IllegalStateException("plugins have been looked for already");
        }
        more.forEach(folder -> folders.add(folder.toAbsolutePath().normalize()));
    }

    @Override
    public <P extends Provider> Found<P> find(ProviderKind<P> kind) {
        Found<P> ours = own.find(kind);
        List<P> providers = new ArrayList<>(ours.providers());
        List<Defect> defects = new ArrayList<>(ours.broken());
        for (Loaded plugin : loaded()) {
            Found<P> theirs = plugin.source().find(kind);
            theirs.providers().stream()
                    .filter(provider -> provider.getClass().getClassLoader() == plugin.loader())
                    .forEach(providers::add);
            defects.addAll(theirs.broken());
        }
        return new Found<>(providers, defects);
    }

    @Override
    public List<Defect> broken() {
        List<Loaded> unused = loaded();
        synchronized (this) {
            return List.copyOf(broken);
        }
    }

    private synchronized List<Loaded> loaded() {
        if (!looked) {
            looked = true;
            folders.forEach(this::lookInto);
        }
        return List.copyOf(loaded);
    }

    private void lookInto(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        Set<Path> plugins = new TreeSet<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, Files::isDirectory)) {
            all.forEach(plugins::add);
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            broken.add(new Defect(folder.toString(), "plugins cannot be looked for: " + e, e));
            return;
        }
        plugins.forEach(this::load);
    }

    private void load(Path plugin) {
        try {
            URLClassLoader loader = new URLClassLoader(
                    "plugin " + plugin.getFileName(),
                    new PluginJars(plugin, careful).checked().toArray(java.net.URL[]::new),
                    new SharedClasses(program));
            loaded.add(new Loaded(loader, new ServiceLoaderSource(loader)));
        } catch (PluginRefusal e) {
            broken.add(new Defect(plugin.toString(), String.valueOf(e.getMessage()), e));
        }
    }
}
