package io.autousb.runtime.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.autousb.api.DeviceSourceProvider;
import io.autousb.api.Provider;
import io.autousb.runtime.catalogue.Defect;
import io.autousb.runtime.catalogue.Found;
import io.autousb.runtime.catalogue.ProviderKind;
import io.autousb.runtime.catalogue.ProviderSource;
import io.autousb.runtime.catalogue.ServiceLoaderSource;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class PluginsTest {

    private static final ClassLoader PROGRAM = PluginsTest.class.getClassLoader();
    private static final ProviderSource NONE = new ProviderSource() {
        @Override
        public <P extends Provider> Found<P> find(ProviderKind<P> kind) {
            return new Found<>(List.of(), List.of());
        }
    };

    @TempDir
    private Path work;

    private Path folder;
    private Plugins plugins;

    @BeforeEach
    void look() {
        folder = work.resolve("plugins");
        plugins = new Plugins(NONE, PROGRAM, false);
        plugins.look(List.of(folder));
    }

    private PluginBuilder plugin(String owner, String name) {
        return new PluginBuilder(work).provider(owner, name, "");
    }

    private Path jar(String plugin) {
        return folder.resolve(plugin).resolve("it.jar");
    }

    private Found<DeviceSourceProvider> found() {
        return plugins.find(ProviderKind.DEVICE_SOURCE);
    }

    private List<String> names() {
        return found().providers().stream().map(Provider::name).toList();
    }

    private String broken() {
        assertThat(plugins.broken()).hasSize(1);
        Defect defect = plugins.broken().get(0);
        return defect.where() + " " + defect.what();
    }

    @Test
    void find_inAFolder_hasTheProvidersOfEachPlugin() {
        plugin("one", "first").write(jar("a"));
        plugin("two", "second").write(jar("b"));

        assertThat(names()).containsExactly("first", "second");
        assertThat(plugins.broken()).isEmpty();
        assertThat(found().providers())
                .extracting(provider -> provider.getClass().getClassLoader().getName())
                .containsExactly("plugin " + folder.resolve("a"), "plugin " + folder.resolve("b"));
    }

    @Test
    void find_always_keepsTheProgramsOwn() {
        plugins = new Plugins(new ServiceLoaderSource(PROGRAM), PROGRAM, false);
        List<String> own = names();
        plugins = new Plugins(new ServiceLoaderSource(PROGRAM), PROGRAM, false);
        plugins.look(List.of(folder));
        plugin("one", "first").write(jar("a"));

        List<String> all = new ArrayList<>(own);
        all.add("first");
        assertThat(names()).isEqualTo(all);
    }

    @Test
    void find_withoutAFolder_hasNone() {
        assertThat(names()).isEmpty();
        assertThat(plugins.broken()).isEmpty();
    }

    @Test
    void find_inANamedFolderThatIsNotThere_saysSo() {
        plugins = new Plugins(NONE, PROGRAM, false);
        plugins.lookWhereNamed(List.of(folder));

        assertThat(names()).isEmpty();
        assertThat(broken()).contains(folder + " there is no such folder: make it");
    }

    @Test
    void find_inANamedFolderWhichIsAPlugin_saysWhatToName() {
        plugin("one", "first").write(jar("a"));
        plugins = new Plugins(NONE, PROGRAM, false);
        plugins.lookWhereNamed(List.of(folder.resolve("a")));

        assertThat(names()).isEmpty();
        assertThat(broken()).contains("there is no plugin in it: a plugin is a folder");
    }

    @Test
    void find_inAFile_saysSo() throws IOException {
        Files.createFile(folder);

        assertThat(names()).isEmpty();
        assertThat(broken()).contains("it is no folder");
    }

    @Test
    void find_twoOfOneClassName_keepsThemApart() {
        plugin("same", "first").write(jar("a"));
        plugin("same", "second").write(jar("b"));

        assertThat(names()).containsExactly("first", "second");
    }

    @Test
    void find_aPluginOfSeveralJars_loadsThemTogether() {
        new PluginBuilder(work)
                .version(null)
                .source("lib.Helper", "package lib; public class Helper { public static void help() {} }")
                .write(folder.resolve("a/lib.jar"));
        new PluginBuilder(work)
                .source("lib.Helper", "package lib; public class Helper { public static void help() {} }")
                .provider("one", "first", "lib.Helper.help();")
                .write(jar("a"));

        assertThat(names()).containsExactly("first");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"io.autousb.runtime.Engine", "io.autousb.domain.plan.Planner", "org.junit.jupiter.api.Test"})
    void provider_thatUsesTheProgramsInsides_isBrokenAndHarmsNoOther(String inside) {
        plugin("good", "good").write(jar("a"));
        new PluginBuilder(work)
                .provider("bad", "bad", "System.out.print(" + inside + ".class);")
                .write(jar("b"));

        assertThat(names()).containsExactly("good");
        assertThat(found().broken()).singleElement().satisfies(defect -> {
            assertThat(defect.what()).contains("NoClassDefFoundError");
            assertThat(defect.where()).startsWith(folder.resolve("b") + ": bad.TheProvider");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.autousb.domain.model.PortPath",
                "io.autousb.domain.port.Hypervisor",
                "io.autousb.domain.ApiStatus",
                "org.slf4j.Logger",
                "org.jspecify.annotations.NullMarked"
            })
    void provider_thatUsesWhatIsShared_getsTheProgramsOwn(String shared) {
        new PluginBuilder(work)
                .provider(
                        "good",
                        "good",
                        "if (" + shared
                                + ".class.getClassLoader() == getClass().getClassLoader()) throw new IllegalStateException();")
                .write(jar("a"));

        assertThat(names()).containsExactly("good");
    }

    @Test
    void provider_thatThrows_isBrokenAndHarmsNoOther() {
        plugin("good", "good").write(jar("a"));
        new PluginBuilder(work)
                .provider("bad", "bad", "if (true) throw new IllegalStateException(\"no\");")
                .write(jar("b"));

        assertThat(names()).containsExactly("good");
        assertThat(found().broken()).hasSize(1);
    }

    @Test
    void provider_thatTheClassLoaderForbids_isBrokenAndHarmsNoOther() throws IOException {
        plugin("good", "good").write(jar("a"));
        try (InputStream anyClass = PluginsTest.class.getResourceAsStream("PluginsTest.class")) {
            new PluginBuilder(work)
                    .service("java.evil.TheProvider")
                    .entry("java/evil/TheProvider.class", anyClass.readAllBytes())
                    .write(jar("b"));
        }

        assertThat(names()).containsExactly("good");
        assertThat(found().broken())
                .singleElement()
                .satisfies(defect -> assertThat(defect.what()).contains("SecurityException"));
    }

    @Test
    void provider_thatIsNotInThePlugin_doesNotCount() {
        new PluginBuilder(work)
                .service("io.autousb.runtime.catalogue.FakeProvider")
                .service("no.such.Provider")
                .write(jar("a"));

        assertThat(names()).isEmpty();
        assertThat(found().broken()).isNotEmpty();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "1", "x.y", "9.9", "0.2", "1.0", "0.1x"})
    void plugin_ofNoVersionThatFits_isNotLoaded(@Nullable String version) {
        plugin("one", "first").version(version).write(jar("a"));
        plugin("good", "good").write(jar("b"));

        assertThat(names()).containsExactly("good");
        assertThat(broken()).startsWith(folder.resolve("a").toString()).contains(": ");
    }

    @Test
    void plugin_ofAPatchedVersion_isLoaded() {
        plugin("one", "first").version("0.1.7-SNAPSHOT").write(jar("a"));

        assertThat(names()).containsExactly("first");
    }

    @Test
    void plugin_whoseJarIsNone_isNotLoaded() throws IOException {
        Files.createDirectories(folder.resolve("a"));
        Files.writeString(jar("a"), "no zip at all");
        plugin("good", "good").write(jar("b"));

        assertThat(names()).containsExactly("good");
        assertThat(broken()).contains("it.jar cannot be read");
    }

    @Test
    void plugin_whoseSecondJarIsOfAnotherVersion_isNotLoaded() {
        plugin("one", "first").write(jar("a"));
        new PluginBuilder(work).version("9.9").write(folder.resolve("a/other.jar"));

        assertThat(names()).isEmpty();
        assertThat(broken()).contains("9.9");
    }

    @Test
    void plugin_whoseJarIsAFolder_isNotLoaded() throws IOException {
        plugin("one", "first").write(jar("a"));
        Files.createDirectory(folder.resolve("a/odd.jar"));

        assertThat(names()).isEmpty();
        assertThat(broken()).contains("odd.jar is no file: remove it");
    }

    @Test
    void plugin_ofTooManyJars_isNotLoaded() throws IOException {
        plugin("one", "first").write(jar("a"));
        for (int i = 0; i < 200; i++) {
            Files.createFile(folder.resolve("a/" + i + ".jar"));
        }

        assertThat(names()).isEmpty();
        assertThat(broken()).contains("more than 200 jars");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../x.jar",
                "file:/tmp/x.jar",
                "lib/x.jar",
                "x.jar /x.jar",
                "%2e%2e/x.jar",
                "http://localhost/x.jar"
            })
    void plugin_whoseClassPathLeadsElsewhere_isNotLoaded(String classPath) {
        plugin("one", "first").classPath(classPath).write(jar("a"));

        assertThat(names()).isEmpty();
        assertThat(broken()).contains("Class-Path");
    }

    @Test
    void plugin_whoseClassPathStays_isLoaded() {
        plugin("one", "first").classPath(" x.jar ./y.jar").write(jar("a"));

        assertThat(names()).containsExactly("first");
    }

    @Test
    void plugin_withAnIndexOfJars_isNotLoaded() {
        plugin("one", "first").entry("META-INF/INDEX.LIST").write(jar("a"));

        assertThat(names()).isEmpty();
        assertThat(broken()).contains("INDEX.LIST");
    }

    @Test
    void plugin_withoutAJar_isTold() throws IOException {
        Files.createDirectories(folder.resolve("a"));

        assertThat(names()).isEmpty();
        assertThat(broken()).contains("no jar");
    }

    @Test
    void plugin_thatOthersCanWrite_isNotLoadedByRoot() throws IOException {
        plugin("one", "first").write(jar("a"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        plugins = new Plugins(NONE, PROGRAM, true);
        plugins.look(List.of(folder));

        assertThat(names()).isEmpty();
        assertThat(broken()).containsAnyOf("others than root can write to " + folder, "belongs to user");
        assertThat(broken()).contains("copy the plugin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plugins", "plugins/a", "plugins/a/it.jar"})
    void plugin_thatOthersCanWriteAnywhere_isNotLoadedByRoot(String where) throws IOException {
        Assumptions.assumeTrue(PathTrust.isRoot(), "needs to be root");
        plugin("one", "first").write(jar("a"));
        Files.setAttribute(work.resolve(where), "unix:mode", 01777);
        plugins = new Plugins(NONE, PROGRAM, true);
        plugins.look(List.of(folder));

        assertThat(names()).isEmpty();
        assertThat(broken()).contains("others than root can write to " + work.resolve(where));
    }

    @Test
    void plugin_behindALinkThatOthersCanReplace_isNotLoadedByRoot() throws IOException {
        Assumptions.assumeTrue(PathTrust.isRoot(), "needs to be root");
        plugin("one", "first").write(work.resolve("good/a/it.jar"));
        Path open = Files.createDirectory(work.resolve("open"));
        Files.setAttribute(open, "unix:mode", 0777);
        Files.createSymbolicLink(open.resolve("plugins"), work.resolve("good"));
        plugins = new Plugins(NONE, PROGRAM, true);
        plugins.look(List.of(open.resolve("plugins")));

        assertThat(names()).isEmpty();
        assertThat(broken()).contains("others than root can write to " + open);
    }

    @Test
    void plugin_whoseLinkLeadsToWhatOthersCanWrite_isNotLoadedByRoot() throws IOException {
        Assumptions.assumeTrue(PathTrust.isRoot(), "needs to be root");
        plugin("one", "first").write(work.resolve("open/it.jar"));
        Files.setAttribute(work.resolve("open"), "unix:mode", 0777);
        Files.createDirectories(folder.resolve("a"));
        Files.createSymbolicLink(jar("a"), work.resolve("open/it.jar"));
        plugins = new Plugins(NONE, PROGRAM, true);
        plugins.look(List.of(folder));

        assertThat(names()).isEmpty();
        assertThat(broken()).contains("others than root can write to " + work.resolve("open"));
    }

    @Test
    void plugin_behindALink_isLoadedFromWhereItLeads() throws IOException {
        plugin("one", "first").write(work.resolve("good/it.jar"));
        Files.createDirectories(folder);
        Files.createSymbolicLink(folder.resolve("a"), work.resolve("good"));

        URLClassLoader loader =
                (URLClassLoader) found().providers().get(0).getClass().getClassLoader();
        assertThat(loader.getURLs())
                .containsExactly(
                        work.resolve("good/it.jar").toRealPath().toUri().toURL());
    }

    @Test
    void plugin_thatNobodyElseCanWrite_isLoadedByRoot() {
        Assumptions.assumeTrue(PathTrust.isRoot(), "needs to be root");
        plugin("one", "first").write(jar("a"));
        plugins = new Plugins(NONE, PROGRAM, true);
        plugins.look(List.of(folder));

        assertThat(names()).containsExactly("first");
    }

    @Test
    void plugin_whoseJarIsAnothers_isNotLoadedByRoot() throws IOException {
        Assumptions.assumeTrue(PathTrust.isRoot(), "needs to be root");
        plugin("one", "first").write(jar("a"));
        Files.setAttribute(jar("a"), "unix:uid", 65534);
        plugins = new Plugins(NONE, PROGRAM, true);
        plugins.look(List.of(folder));

        assertThat(names()).isEmpty();
        assertThat(broken()).contains("it.jar belongs to user 65534");
    }

    @Test
    void look_afterProvidersWereFound_isRefused() {
        found();

        assertThatThrownBy(() -> plugins.look(List.of(folder))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void version_ofTheApi_isThatOfTheArtifacts() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        String version = pom.substring(pom.indexOf("<version>") + 9, pom.indexOf("</version>"));

        assertThat(ApiVersion.parse(version)).contains(ApiVersion.CURRENT);
    }

    @ParameterizedTest
    @CsvSource({
        "1.2,1.2,true",
        "1.2,1.1,true",
        "1.2,1.3,false",
        "1.2,2.0,false",
        "0.1,0.1,true",
        "0.2,0.1,false",
        "0.1,0.2,false"
    })
    void supports_sameMajorAndNoLaterMinor_isTrue(String present, String written, boolean expected) {
        assertThat(ApiVersion.parse(present)
                        .orElseThrow()
                        .supports(ApiVersion.parse(written).orElseThrow()))
                .isEqualTo(expected);
    }
}
