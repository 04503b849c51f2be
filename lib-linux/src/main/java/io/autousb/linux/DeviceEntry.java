package io.autousb.linux;

import io.autousb.domain.model.Port;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbClass;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.model.UsbInterface;
import io.autousb.linux.SlowValue.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is remembered of a device between snapshots. Not thread-safe. */
final class DeviceEntry {

    private static final Deadline PASSED = Deadline.after(Duration.ZERO);

    private final SysfsTree tree;
    final Stay stay;
    final Optional<String> controller;
    private Progress progress = Progress.ARRIVING;
    private boolean authorized = true;
    private boolean initialized;
    private List<String> interfaceNames = List.of();
    private @Nullable List<String> completeNames;
    private @Nullable List<String> countedNames;
    private List<UsbInterface> interfaces = List.of();
    private List<Port> ports = List.of();
    private @Nullable UsbDevice device;

    /** The snapshot this was last seen in. */
    long round;

    /** How far the kernel is with a device, as far as it has been told. */
    enum Progress {
        /** It is at it. */
        ARRIVING,
        /** It has just configured it: all interfaces are there. */
        CONFIGURED,
        /** It should be done; how much of the device there is has to be looked up. */
        UNTOLD
    }

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
     * @param now how far the kernel was, at the latest when it was listed
     * @return false if it is another stay by now: then all is as it was
     * @throws IOException if something cannot be read: then all is as it was
     */
    boolean read(String[] listing, Progress now) throws IOException {
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
            if (stay.identity.presence(folder) != DeviceIdentity.Presence.THERE) {
                return false;
            }
        }
        progress = now;
        if (now != Progress.ARRIVING) {
            requestStrings(nowAuthorized && !authorized);
            requestCount(names);
        }
        authorized = nowAuthorized;
        initialized = nowInitialized;
        interfaceNames = names;
        interfaces = nowInterfaces;
        return true;
    }

    private void requestStrings(boolean anew) {
        if (anew) {
            stay.strings.request();
        } else {
            stay.strings.requestOnce();
            stay.strings.requestIfFailed();
        }
    }

    private void requestCount(List<String> names) {
        if (progress == Progress.CONFIGURED) {
            completeNames = names;
        } else if (isCounted(names)) {
            if (names.equals(countedNames)) {
                stay.interfaceCount.requestIfFailed();
            } else {
                stay.interfaceCount.request();
                countedNames = names;
            }
        }
    }

    /** Whether it takes the number of interfaces to tell if these are all. */
    private boolean isCounted(List<String> names) {
        return !stay.identity.isHub() && !names.isEmpty() && !names.equals(completeNames);
    }

    private static List<UsbInterface> readInterfaces(HeldFolder device, List<String> names) throws IOException {
        List<UsbInterface> fresh = new ArrayList<>(names.size());
        for (String name : names) {
            InterfaceAlias alias = InterfaceAlias.parse(device.attribute(name + "/modalias"));
            if (alias != null) {
                fresh.add(new UsbInterface(alias.number(), alias.usbClass(), driver(device, name)));
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

    /** Lets the time run for which workers are waited for: before many are built, for all at once. */
    void beginPatience() {
        if (progress == Progress.UNTOLD) {
            stay.patience();
        }
    }

    /**
     * Makes the device, waiting for the workers if this stay has not been waited for yet. While the kernel is at it the
     * device is not ready; as soon as it is configured it is ready, with strings to follow.
     *
     * @param deadline how long to wait at most
     * @param calm the count of haste with which to wait
     * @return false if there was haste: then the device is not ready, and has to be made again
     */
    boolean build(Deadline deadline, long calm) {
        boolean settling = progress == Progress.ARRIVING;
        boolean counted = !settling && isCounted(interfaceNames);
        Deadline until = progress == Progress.UNTOLD ? deadline.orEarlier(stay.patience()) : PASSED;
        Answer count = counted ? stay.interfaceCount.await(until, calm) : Answer.THERE;
        Answer text = settling ? Answer.LATE : stay.strings.await(until, calm);
        boolean putOff = count == Answer.PUT_OFF || text == Answer.PUT_OFF;
        Stay.Strings strings = text == Answer.THERE ? stay.strings.value() : null;
        DeviceIdentity identity = stay.identity;
        UsbDevice.Builder builder = UsbDevice.builder(
                        identity.path(), identity.address(), identity.generation(), identity.id())
                .usbClass(identity.usbClass())
                .interfaces(!settling && !putOff && isComplete(counted, count) ? interfaces : List.of())
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

    /**
     * Whether all interfaces are there: half of a device, while the kernel is still adding them, may look
     * harmless to a rule that the other half breaks.
     */
    private boolean isComplete(boolean counted, Answer answer) {
        if (!counted) {
            return interfaces.size() == interfaceNames.size() || stay.identity.isHub();
        }
        if (answer != Answer.THERE) {
            return false;
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
