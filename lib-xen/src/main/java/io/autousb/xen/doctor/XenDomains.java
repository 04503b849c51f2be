package io.autousb.xen.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Whether the service {@code xendomains} saves guests when the host goes down. It does where its variable {@code
 * XENDOMAINS_SAVE} names a folder (xen {@code tools/hotplug/Linux/xendomains.in}); Debian and Fedora ship it so.
 */
final class XenDomains {

    private static final int MAX_SETTINGS = 1 << 16;
    private static final Pattern SAVE = Pattern.compile("(?m)^\\s*XENDOMAINS_SAVE=[\"']?([^\"'#\\s]*)");
    private static final List<String> SETTINGS = List.of("etc/default/xendomains", "etc/sysconfig/xendomains");
    private static final String UNIT = "etc/systemd/system/multi-user.target.wants/xendomains.service";
    private static final List<String> RUN_LEVELS = List.of("etc/rc2.d", "etc/rc3.d", "etc/rc5.d");

    private final Path root;

    XenDomains(Path root) {
        this.root = root;
    }

    /** Whether guests that run are saved at the host's shutdown. */
    boolean saves() {
        return isEnabled() && SETTINGS.stream().anyMatch(this::namesAFolder);
    }

    private boolean isEnabled() {
        return Files.exists(root.resolve(UNIT), LinkOption.NOFOLLOW_LINKS)
                || RUN_LEVELS.stream().anyMatch(this::starts);
    }

    private boolean starts(String level) {
        try (Stream<Path> links = Files.list(root.resolve(level))) {
            return links.anyMatch(link -> link.getFileName().toString().matches("S[0-9]{2}xendomains"));
        } catch (IOException e) {
            return false;
        }
    }

    /** The last one counts, as for the shell that reads it. */
    private boolean namesAFolder(String settings) {
        try (var in = Files.newInputStream(root.resolve(settings))) {
            String text = new String(in.readNBytes(MAX_SETTINGS), StandardCharsets.UTF_8);
            Matcher match = SAVE.matcher(text);
            String folder = "";
            while (match.find()) {
                folder = match.group(1);
            }
            return !folder.isEmpty();
        } catch (IOException e) {
            return false;
        }
    }
}
