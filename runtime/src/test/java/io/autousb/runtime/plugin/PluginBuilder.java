package io.autousb.runtime.plugin;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Compiles sources and packs them as a plugin. */
final class PluginBuilder {

    private static final String PROVIDER = """
            package %1$s;
            import io.autousb.api.*;
            import io.autousb.domain.port.DeviceSource;
            public final class TheProvider implements DeviceSourceProvider {
                public TheProvider() { %3$s }
                @Override public String name() { return "%2$s"; }
                @Override public String description() { return "a plugin"; }
                @Override public Availability probe(ProviderContext context) { return Availability.AVAILABLE; }
                @Override public int priority() { return 1; }
                @Override public DeviceSource create(OptionValues options, ProviderContext context) { throw new IllegalStateException(); }
            }
            """;

    private final Path work;
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final StringBuilder services = new StringBuilder();
    private final Map<String, byte[]> more = new LinkedHashMap<>();
    private @Nullable String classPath;
    private @Nullable String version = ApiVersion.CURRENT.toString();

    PluginBuilder(Path work) {
        this.work = work;
    }

    /** With a provider that does something when it is made. */
    PluginBuilder provider(String owner, String name, String constructor) {
        source(owner + ".TheProvider", PROVIDER.formatted(owner, name, constructor));
        return service(owner + ".TheProvider");
    }

    PluginBuilder source(String name, String text) {
        sources.put(name, text);
        return this;
    }

    PluginBuilder service(String className) {
        services.append(className).append('\n');
        return this;
    }

    /** What the manifest says, or null for nothing. */
    PluginBuilder version(@Nullable String text) {
        version = text;
        return this;
    }

    /** With other jars named in the manifest. */
    PluginBuilder classPath(String jars) {
        classPath = jars;
        return this;
    }

    /** With an entry that is not compiled. */
    PluginBuilder entry(String name, byte... content) {
        more.put(name, content);
        return this;
    }

    /** Writes the jar. */
    void write(Path jar) {
        try {
            Files.createDirectories(jar.getParent());
            Path classes = compile();
            try (OutputStream out = Files.newOutputStream(jar);
                    JarOutputStream entries = new JarOutputStream(out, manifest());
                    Stream<Path> files = Files.walk(classes)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    put(entries, classes.relativize(file).toString(), Files.readAllBytes(file));
                }
                for (Map.Entry<String, byte[]> each : more.entrySet()) {
                    put(entries, each.getKey(), each.getValue());
                }
                put(
                        entries,
                        "META-INF/services/io.autousb.api.DeviceSourceProvider",
                        services.toString().getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void put(JarOutputStream entries, String name, byte[] content) throws IOException {
        entries.putNextEntry(new JarEntry(name));
        entries.write(content);
        entries.closeEntry();
    }

    private Manifest manifest() {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        if (version != null) {
            manifest.getMainAttributes().putValue(ApiVersion.ATTRIBUTE, version);
        }
        if (classPath != null) {
            manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath);
        }
        return manifest;
    }

    private Path compile() throws IOException {
        Path folder = Files.createTempDirectory(work, "plugin");
        Path classes = Files.createDirectory(folder.resolve("classes"));
        Stream<String> files = sources.entrySet().stream().map(entry -> {
            Path file = folder.resolve(entry.getKey().replace('.', '/') + ".java");
            try {
                Files.createDirectories(file.getParent());
                Files.writeString(file, entry.getValue());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return file.toString();
        });
        List<String> options =
                List.of("-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
        String[] words = Stream.concat(options.stream(), files).toArray(String[]::new);
        if (!sources.isEmpty() && ToolProvider.getSystemJavaCompiler().run(null, null, null, words) != 0) {
            throw new IllegalStateException("the plugin does not compile");
        }
        return classes;
    }
}
