package io.autousb.xen.guest;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Tells whether libxl is done with making a guest. xenstore does not: a device model says that it runs before libxl
 * gives it the controllers of the guest's configuration, and who adds one at that moment takes its number. libxl
 * stores the configuration when all is done ({@code libxl_create.c}, {@code domcreate_complete}), in {@code
 * /var/lib/xen/userdata-d.<domid>.<uuid>.libxl-json}; since Xen 4.5.
 */
final class LibxlCreation {

    private final Path folder;

    /** Looks below a root folder. */
    LibxlCreation(Path root) {
        this.folder = root.resolve("var/lib/xen");
    }

    /** Whether it is; true as well where libxl stores nothing at all. */
    boolean isDone(XenGuest guest) {
        String file = "userdata-d." + guest.domid() + "." + guest.uuid() + ".libxl-json";
        return Files.exists(folder.resolve(file)) || !Files.isDirectory(folder);
    }
}
