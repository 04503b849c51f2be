package io.autousb.linux;

import io.autousb.domain.model.Port;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbClass;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.model.UsbInterface;
import io.autousb.linux.SlowValue.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is remembered of a device between snapshots. Not thread-safe. */
final class DeviceEntry {

    private final SysfsTree tree;
    final Stay stay;
    final Optional<String> controller;
    private boolean authorized = true;
    private boolean initialized;
    private List<String> interfaceNames = List.of();
    private List<UsbInterface> interfaces = List.of();
    private List<Port> ports = List.of();
    private @Nullable UsbDevice device;
    private boolean fresh = true;

    /** The snapshot this was last seen in. */
    long round;

    DeviceEntry(SysfsTree tree, Stay stay) throws IOException {
        this.tree = tree;
        this.stay = stay;
        this.controller = stay.identity.path().isRootHub()
                ? Optional.of(ControllerName.of(tree, stay.identity.devpath()))
                : Optional.empty();
    }

    /**
     * Reads what may change and answers at once, and lets workers read the rest.
     *
     * @param listing all names in the folder of devices
     * @return false if it is another stay by now: then all is as it was
     * @throws IOException if something cannot be read: then all is as it was
     */
    boolean read(String[] listing) throws IOException {
        boolean nowInitialized = initialized || tree.initialized(stay.identity.minor());
        List<String> names = interfacesIn(listing);
        boolean nowAuthorized;
        List<UsbInterface> nowInterfaces;
        try (HeldFolder folder = tree.open(stay.identity.name())) {
            if (folder == null) {
                return false;
            }
            nowAuthorized = readAuthorized(folder);
            nowInterfaces = readInterfaces(folder, names);
        }
        if (!stay.identity.isStillThere(tree)) {
            return false;
        }
        if (nowAuthorized && !authorized) {
            stay.strings.request();
        } else {
            stay.strings.requestIfFailed();
        }
        if (stay.identity.isHub() || names.equals(interfaceNames)) {
            stay.interfaceCount.requestIfFailed();
        } else if (fresh) {
            // What was asked for while the kernel was adding them is as good as an answer from now.
            stay.interfaceCount.requestOnce();
        } else {
            stay.interfaceCount.request();
        }
        fresh = false;
        authorized = nowAuthorized;
        initialized = nowInitialized;
        interfaceNames = names;
        interfaces = nowInterfaces;
        return true;
    }

    private static List<UsbInterface> readInterfaces(HeldFolder device, List<String> names) throws IOException {
        List<UsbInterface> fresh = new ArrayList<>(names.size());
        for (String name : names) {
            UsbClass usbClass = DeviceIdentity.usbClass(device, name + "/bInterface");
            int number = device.number(name + "/bInterfaceNumber", 16);
            if (usbClass != null && number >= 0) {
                fresh.add(new UsbInterface(number, usbClass, driver(device, name)));
            }
        }
        return fresh;
    }

    private static Optional<String> driver(HeldFolder device, String name) throws IOException {
        return Optional.ofNullable(device.linkName(name + "/driver"));
    }

    /**
     * Reads the ports of a hub.
     *
     * @return whether they changed
     * @throws IOException if they cannot be read: then they are as they were
     */
    boolean readPorts() throws IOException {
        String folder = hubInterface();
        if (folder == null && ports.isEmpty()) {
            return false;
        }
        List<Port> fresh = folder == null ? List.of() : HubPorts.read(tree, stay.identity, folder);
        boolean changed = !fresh.equals(ports);
        ports = fresh;
        return changed;
    }

    private @Nullable String hubInterface() {
        if (interfaces.size() == interfaceNames.size()) {
            for (int i = 0; i < interfaces.size(); i++) {
                if (interfaces.get(i).usbClass().code() == UsbClass.HUB) {
                    return interfaceNames.get(i);
                }
            }
        }
        return null;
    }

    /**
     * Makes the device, waiting for the workers if this stay has not been waited for yet.
     *
     * @param settling whether the kernel is still at it: then there is no use in waiting, and the device
     *     is not ready
     * @param deadline how long to wait at most
     * @param calm the count of haste with which to wait
     * @return false if there was haste: then the device is not ready, and has to be made again
     */
    boolean build(boolean settling, Deadline deadline, long calm) {
        Deadline until = settling ? deadline : deadline.orEarlier(stay.patience());
        Answer count = settling || !isCounted() ? Answer.THERE : stay.interfaceCount.await(until, calm);
        Answer text = settling ? Answer.LATE : stay.strings.await(until, calm);
        boolean putOff = count == Answer.PUT_OFF || text == Answer.PUT_OFF;
        Stay.Strings strings = text == Answer.THERE ? stay.strings.value() : null;
        DeviceIdentity identity = stay.identity;
        UsbDevice.Builder builder = UsbDevice.builder(
                        identity.path(), identity.address(), identity.generation(), identity.id())
                .usbClass(identity.usbClass())
                .interfaces(!settling && !putOff && isComplete(count) ? interfaces : List.of())
                .speed(identity.speed())
                .removable(identity.removable())
                .authorized(authorized)
                .initialized(initialized);
        if (strings != null) {
            builder.strings(strings.manufacturer(), strings.product(), strings.serial());
        }
        device = builder.build();
        return !putOff;
    }

    private boolean isCounted() {
        return !stay.identity.isHub() && !interfaceNames.isEmpty();
    }

    /**
     * Whether all interfaces are there: half of a device, while the kernel is still adding them, may look
     * harmless to a rule that the other half breaks.
     */
    private boolean isComplete(Answer answer) {
        if (!isCounted() || answer != Answer.THERE) {
            return !isCounted();
        }
        Integer count = stay.interfaceCount.value();
        return count == null || count == Stay.NO_COUNT || count == interfaces.size();
    }

    /** Whether a cheap look, which reads no more than it must, sees something else than was read. */
    boolean looksChanged(String[] listing) throws IOException {
        try (HeldFolder folder = tree.open(stay.identity.name())) {
            return folder == null || looksChanged(folder, listing);
        }
    }

    private boolean looksChanged(HeldFolder folder, String[] listing) throws IOException {
        if (stay.identity.presence(folder) != DeviceIdentity.Presence.THERE
                || readAuthorized(folder) != authorized
                || (!initialized && tree.initialized(stay.identity.minor()))
                || !interfacesIn(listing).equals(interfaceNames)
                || interfaces.size() != interfaceNames.size()) {
            return true;
        }
        for (int i = 0; i < interfaces.size(); i++) {
            if (!driver(folder, interfaceNames.get(i)).equals(interfaces.get(i).driver())) {
                return true;
            }
        }
        return false;
    }

    private static boolean readAuthorized(HeldFolder folder) throws IOException {
        return !"0".equals(folder.attribute("authorized"));
    }

    private List<String> interfacesIn(String[] listing) {
        PortPath path = stay.identity.path();
        String prefix = SysfsNames.interfacePrefix(path);
        List<String> names = new ArrayList<>();
        for (String name : listing) {
            if (name.startsWith(prefix)) {
                names.add(name);
            }
        }
        if (names.size() > 1) {
            names.sort(null);
        }
        return names;
    }

    /** Whether others may be plugged into it: Linux drives a hub interface of a device of any class. */
    boolean isHub() {
        return stay.identity.isHub() || hubInterface() != null;
    }

    List<Port> ports() {
        return ports;
    }

    /** The device as of the last {@link #build}. */
    UsbDevice device() {
        if (device == null) {
            throw new IllegalStateException("not built yet");
        }
        return device;
    }
}
