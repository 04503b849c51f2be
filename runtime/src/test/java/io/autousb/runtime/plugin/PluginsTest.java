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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
                .containsExactly("plugin a", "plugin b");
    }

    @Test
    void find_always_keepsTheProgramsOwn() {
        plugins = new Plugins(new ServiceLoaderSource(PROGRAM), PROGRAM, false);
        List<String> own = names();
        plugins = new Plugins(new ServiceLoaderSource(PROGRAM), PROGRAM, false);
        plugins.look(List.of(folder));
        plugin("one", "first").write(jar("a"));

        assertThat(names()).containsAll(own).contains("first");
    }

    @Test
    void find_withoutAFolder_hasNone() {
        assertThat(names()).isEmpty();
        assertThat(plugins.broken()).isEmpty();
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
        assertThat(found().broken())
                .singleElement()
                .satisfies(defect -> assertThat(defect.what()).contains("NoClassDefFoundError"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"io.autousb.domain.model.PortPath", "io.autousb.domain.port.Hypervisor", "org.slf4j.Logger"})
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
        assertThat(broken()).contains("others than root can write to", "chmod go-w");
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
    void plugin_whoseJarIsAnothersInAStickyFolder_isNotLoadedByRoot() throws IOException {
        Assumptions.assumeTrue(PathTrust.isRoot(), "needs to be root");
        plugin("one", "first").write(jar("a"));
        Files.setAttribute(folder.resolve("a"), "unix:mode", 01777);
        Files.setAttribute(jar("a"), "unix:uid", 65534);
        plugins = new Plugins(NONE, PROGRAM, true);
        plugins.look(List.of(folder));

        assertThat(names()).isEmpty();
        assertThat(broken()).contains("it.jar");
    }

    @Test
    void look_afterProvidersWereFound_isRefused() {
        found();

        assertThatThrownBy(() -> plugins.look(List.of(folder))).isInstanceOf(IllegalStateException.class);
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
