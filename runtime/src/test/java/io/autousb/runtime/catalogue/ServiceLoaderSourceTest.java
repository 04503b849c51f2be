package io.autousb.runtime.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.api.Availability;
import io.autousb.api.DeviceSourceProvider;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceLoaderSourceTest {

    @TempDir
    Path folder;

    /** A sound provider. */
    public static final class Sound extends FakeProvider {
        public Sound() {
            super("sound", 1, () -> Availability.AVAILABLE);
        }
    }

    /** A provider whose constructor fails. */
    public static final class Failing extends FakeProvider {
        public Failing() {
            super("failing", 1, () -> Availability.AVAILABLE);
            throw new IllegalStateException("not today");
        }
    }

    @Test
    void find_readsServiceFiles() throws IOException {
        assertThat(find(Sound.class.getName()).providers()).hasExactlyElementsOfTypes(Sound.class);
    }

    @Test
    void find_constructorThatThrows_isReportedBesideTheOthers() throws IOException {
        Found<DeviceSourceProvider> found = find(Failing.class.getName(), Sound.class.getName());
        assertThat(found.providers()).hasSize(1);
        assertThat(found.broken()).singleElement().satisfies(broken -> {
            assertThat(broken.where()).isEqualTo(Failing.class.getName());
            assertThat(broken.what()).isEqualTo("IllegalStateException: not today");
        });
    }

    @Test
    void find_missingClass_isReportedBesideTheOthers() throws IOException {
        Found<DeviceSourceProvider> found = find("no.such.Provider", Sound.class.getName());
        assertThat(found.providers()).hasSize(1);
        assertThat(found.broken())
                .singleElement()
                .satisfies(it -> assertThat(it.what()).contains("no.such.Provider"));
    }

    @Test
    void find_classOfAnotherKind_isReported() throws IOException {
        assertThat(find(NearMatchTest.class.getName()).broken()).hasSize(1);
    }

    @Test
    void find_corruptClass_isReportedBesideTheOthers() throws IOException {
        Files.write(folder.resolve("Corrupt.class"), new byte[] {1, 2, 3});
        Found<DeviceSourceProvider> found = find("Corrupt", Sound.class.getName());
        assertThat(found.providers()).hasSize(1);
        assertThat(found.broken())
                .singleElement()
                .satisfies(it -> assertThat(it.what()).contains("ClassFormatError"));
    }

    @Test
    void find_unreadableServiceFile_comesToAnEnd() throws IOException {
        Found<DeviceSourceProvider> found = find("two words");
        assertThat(found.providers()).isEmpty();
        assertThat(found.broken()).isNotEmpty();
    }

    private Found<DeviceSourceProvider> find(String... classNames) throws IOException {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.write(services.resolve(DeviceSourceProvider.class.getName()), List.of(classNames));
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            return new ServiceLoaderSource(loader).find(ProviderKind.DEVICE_SOURCE);
        }
    }
}
