package io.autousb.runtime.plugin;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/** The jars in a plugin's folder, checked before a class of them is loaded. */
final class PluginJars {

    private static final int MOST = 200;
    private static final String INDEX = "META-INF/INDEX.LIST";

    private final Path folder;
    private final boolean careful;

    /**
     * Reads nothing yet.
     *
     * @param folder the plugin's folder
     * @param careful whether only what nobody but root can write is good enough
     */
    PluginJars(Path folder, boolean careful) {
        this.folder = folder;
        this.careful = careful;
    }

    /**
     * Checks them all.
     *
     * @return where they are, links resolved, in the order of their names
     * @throws PluginRefusal if they must not or cannot be loaded
     */
    List<URL> checked() throws PluginRefusal {
        if (careful) {
            requireTrust(folder);
        }
        List<Path> jars = list();
        if (jars.isEmpty()) {
            throw new PluginRefusal("there is no jar in it", "put the plugin's jars there, or remove the folder");
        }
        if (careful) {
            for (Path jar : jars) {
                requireTrust(jar);
            }
        }
        requireVersion(jars);
        return urls(jars);
    }

    /** The files themselves: what is checked is what is loaded, whatever becomes of a link. */
    private List<Path> list() throws PluginRefusal {
        List<Path> jars = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder.toRealPath(), "*.jar")) {
            for (Path jar : all) {
                if (jars.size() == MOST) {
                    throw new PluginRefusal(
                            "there are more than " + MOST + " jars in it", "give each plugin its own folder");
                }
                jars.add(regular(jar));
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw new PluginRefusal("it cannot be read: " + e, "look at its owner and rights", e);
        }
        jars.sort(null);
        return jars;
    }

    private static Path regular(Path jar) throws PluginRefusal, IOException {
        Path file = jar.toRealPath();
        if (!Files.isRegularFile(file)) {
            throw new PluginRefusal(jar.getFileName() + " is no file", "remove it");
        }
        return file;
    }

    private static void requireTrust(Path path) throws PluginRefusal {
        Optional<String> weakness;
        try {
            weakness = PathTrust.weakness(path);
        } catch (IOException e) {
            throw new PluginRefusal("its rights cannot be read: " + e, "look at " + path, e);
        }
        if (weakness.isPresent()) {
            throw new PluginRefusal(
                    weakness.get() + ", and it would run as root",
                    "copy the plugin, as root, to where only root can write, such as a folder in /opt");
        }
    }

    private static void requireVersion(List<Path> jars) throws PluginRefusal {
        boolean found = false;
        for (Path jar : jars) {
            Optional<String> named = version(jar);
            if (named.isPresent()) {
                requireSupported(jar, named.get());
                found = true;
            }
        }
        if (!found) {
            throw new PluginRefusal(
                    "no jar in it says for which version of this program's API it was written",
                    "have its author add " + ApiVersion.ATTRIBUTE + ": " + ApiVersion.CURRENT + " to the manifest");
        }
    }

    private static void requireSupported(Path jar, String named) throws PluginRefusal {
        Optional<ApiVersion> written = ApiVersion.parse(named);
        if (written.isEmpty()) {
            throw new PluginRefusal(
                    jar.getFileName() + " names no version of the API: " + named, "report this to its author");
        }
        if (!ApiVersion.CURRENT.supports(written.get())) {
            throw new PluginRefusal(
                    "it was written for version " + written.get() + " of the API, and this program has "
                            + ApiVersion.CURRENT,
                    "install the plugin's version for " + ApiVersion.CURRENT);
        }
    }

    private static Optional<String> version(Path jar) throws PluginRefusal {
        try (JarFile file = new JarFile(jar.toFile())) {
            Manifest manifest = file.getManifest();
            requireToStay(jar, file, manifest);
            return manifest == null
                    ? Optional.empty()
                    : Optional.ofNullable(manifest.getMainAttributes().getValue(ApiVersion.ATTRIBUTE));
        } catch (IOException | RuntimeException e) {
            throw new PluginRefusal(jar.getFileName() + " cannot be read: " + e, "install it anew", e);
        }
    }

    /** A class loader follows a jar to others that it names, which nobody has checked. */
    private static void requireToStay(Path jar, JarFile file, @Nullable Manifest manifest) throws PluginRefusal {
        if (file.getEntry(INDEX) != null) {
            throw new PluginRefusal(jar.getFileName() + " has a list of other jars, " + INDEX, "have it built without");
        }
        String others = manifest == null ? null : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
        for (String other : others == null ? new String[0] : others.strip().split("\\s+")) {
            if (!other.matches("(\\./)?[^/:%\\\\]*")) {
                throw new PluginRefusal(
                        jar.getFileName() + " names a jar elsewhere in its Class-Path: " + other,
                        "have it name only jars beside it");
            }
        }
    }

    private static List<URL> urls(List<Path> jars) {
        List<URL> urls = new ArrayList<>();
        for (Path jar : jars) {
            try {
                urls.add(jar.toUri().toURL());
            } catch (MalformedURLException e) {
                throw new IllegalStateException(e);
            }
        }
        return urls;
    }
}
