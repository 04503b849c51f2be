package io.autousb.xen.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XenDomainsTest {

    @TempDir
    private Path root;

    private void settings(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private void enabled(String link) throws IOException {
        Path path = root.resolve(link);
        Files.createDirectories(path.getParent());
        Files.createSymbolicLink(path, Path.of("/nowhere"));
    }

    private boolean saves() {
        return new XenDomains(root).saves();
    }

    @ParameterizedTest
    @ValueSource(strings = {"etc/systemd/system/multi-user.target.wants/xendomains.service", "etc/rc2.d/S03xendomains"})
    void saves_whereEnabledAndAFolderIsNamed(String link) throws IOException {
        settings("etc/default/xendomains", "XENDOMAINS_SAVE=/var/lib/xen/save\n");
        assertThat(saves()).isFalse();
        enabled(link);
        assertThat(saves()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "XENDOMAINS_SAVE=\n",
                "XENDOMAINS_SAVE=\"\"\n",
                "# XENDOMAINS_SAVE=/var/lib/xen/save\n",
                "",
                "XENDOMAINS_SAVE=/a\nXENDOMAINS_SAVE=\n"
            })
    void saves_whereNoFolderIsNamed_isFalse(String text) throws IOException {
        enabled("etc/systemd/system/multi-user.target.wants/xendomains.service");
        settings("etc/default/xendomains", text);
        assertThat(saves()).isFalse();
    }

    @Test
    void saves_whereFedoraKeepsTheSettings() throws IOException {
        enabled("etc/systemd/system/multi-user.target.wants/xendomains.service");
        settings("etc/sysconfig/xendomains", "XENDOMAINS_SAVE='/var/lib/xen/save'\n");
        assertThat(saves()).isTrue();
    }

    @Test
    void saves_whereThereIsNone_isFalse() {
        assertThat(saves()).isFalse();
    }
}
