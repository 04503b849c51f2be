package io.autousb.linux;

import java.io.IOException;

/** The name of a host controller that stays the same over boots, as udev's {@code ID_PATH} has it. */
final class ControllerName {

    private ControllerName() {}

    /**
     * Reads it, as udev does ({@code src/udev/udev-builtin-path_id.c}): from the root hub upwards, the
     * nearest device of each subsystem that has lasting addresses.
     *
     * @param tree sysfs
     * @param devpath the root hub's canonical path: {@code /devices/pci0000:00/0000:00:14.0/usb1}
     * @return {@code pci-0000:00:14.0}
     * @throws IOException if reading fails
     */
    static String of(SysfsTree tree, String devpath) throws IOException {
        StringBuilder name = new StringBuilder();
        String below = null;
        for (String folder = parent(devpath); folder.length() > "/devices".length(); folder = parent(folder)) {
            String subsystem = tree.linkNameAt(folder, "subsystem");
            if (subsystem != null && !subsystem.equals(below) && isLasting(subsystem)) {
                name.insert(0, subsystem + '-' + SysfsNames.last(folder) + (name.length() == 0 ? "" : "-"));
            }
            below = subsystem;
        }
        return name.length() == 0 ? "other-" + SysfsNames.last(parent(devpath)) : name.toString();
    }

    private static boolean isLasting(String subsystem) {
        return switch (subsystem) {
            case "pci", "platform", "acpi" -> true;
            default -> false;
        };
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }
}
