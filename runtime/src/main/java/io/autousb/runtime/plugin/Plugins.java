package io.autousb.runtime.plugin;

import io.autousb.api.Provider;
import io.autousb.domain.model.UntrustedText;
import io.autousb.runtime.catalogue.Defect;
import io.autousb.runtime.catalogue.Found;
import io.autousb.runtime.catalogue.ProviderKind;
import io.autousb.runtime.catalogue.ProviderSource;
import io.autousb.runtime.catalogue.ServiceLoaderSource;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
    private final Set<Path> named = new TreeSet<>();
    private final List<Loaded> loaded = new ArrayList<>();
    private final List<Defect> broken = new ArrayList<>();
    private boolean looked;

    /** A plugin that is there to be asked. */
    private record Loaded(Path folder, URLClassLoader loader, ProviderSource source) {}

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
     * Adds folders that may be there. One that is not there has no plugins.
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

    /**
     * Adds folders that a person named: one without a plugin is told as broken.
     *
     * @param more where to look
     * @throws IllegalStateException after providers have been asked for
     */
    public synchronized void lookWhereNamed(Collection<Path> more) {
        look(more);
        more.forEach(folder -> named.add(folder.toAbsolutePath().normalize()));
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
            theirs.broken().stream().map(defect -> in(plugin.folder(), defect)).forEach(defects::add);
        }
        return new Found<>(providers, defects);
    }

    private static Defect in(Path folder, Defect defect) {
        return new Defect(folder + ": " + defect.where(), defect.what(), defect.cause());
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
        if (Files.notExists(folder) && !named.contains(folder)) {
            return;
        }
        try {
            Set<Path> plugins = pluginsIn(folder);
            if (plugins.isEmpty() && named.contains(folder)) {
                throw new PluginRefusal(
                        "there is no plugin in it",
                        "a plugin is a folder with its jars: name the folder that such folders are in");
            }
            plugins.forEach(this::load);
        } catch (PluginRefusal e) {
            refuse(folder, e);
        }
    }

    private static Set<Path> pluginsIn(Path folder) throws PluginRefusal {
        Set<Path> plugins = new TreeSet<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, Files::isDirectory)) {
            all.forEach(plugins::add);
        } catch (NoSuchFileException e) {
            throw new PluginRefusal("there is no such folder", "make it, or name another one", e);
        } catch (IOException | DirectoryIteratorException e) {
            throw new PluginRefusal("it is no folder, or cannot be read: " + e, "look at its owner and rights", e);
        }
        return plugins;
    }

    private void load(Path plugin) {
        try {
            URLClassLoader loader = new URLClassLoader(
                    "plugin " + plugin,
                    new PluginJars(plugin, careful).checked().toArray(URL[]::new),
                    new SharedClasses(program));
            loaded.add(new Loaded(plugin, loader, new ServiceLoaderSource(loader)));
        } catch (PluginRefusal e) {
            refuse(plugin, e);
        }
    }

    private void refuse(Path place, PluginRefusal why) {
        broken.add(new Defect(
                UntrustedText.of(place.toString()).toString(),
                UntrustedText.of(String.valueOf(why.getMessage())).toString(),
                why));
    }
}
