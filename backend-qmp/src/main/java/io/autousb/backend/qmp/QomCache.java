package io.autousb.backend.qmp;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What need not be asked twice in one session: facts of an object that hold as long as it lives. An
 * object is known by a name that is not used again meanwhile: a bus counts its entries upwards, and
 * whoever deletes an object is heard of. Thread-safe.
 */
final class QomCache {

    private final Map<String, Controller> controllers = new ConcurrentHashMap<>();
    private final Map<String, UsbObject> devices = new ConcurrentHashMap<>();
    private volatile @Nullable List<Controller> onboard;

    @Nullable
    Controller controller(String path) {
        return controllers.get(path);
    }

    void put(Controller controller) {
        controllers.put(controller.path(), controller);
    }

    /** A device by its entry on a bus. */
    @Nullable
    UsbObject device(String entry) {
        return devices.get(entry);
    }

    void put(String entry, UsbObject device) {
        devices.put(entry, device);
    }

    @Nullable
    List<Controller> onboard() {
        return onboard;
    }

    void onboard(List<Controller> value) {
        onboard = value;
    }

    /** An object is deleted, with all below it. */
    void forget(String path) {
        controllers.keySet().removeIf(each -> isAtOrBelow(each, path));
        devices.entrySet()
                .removeIf(each -> isAtOrBelow(each.getKey(), path)
                        || isAtOrBelow(each.getValue().path(), path));
    }

    /** Keeps only what an inspection has seen. */
    void retain(Set<String> controllerPaths, Set<String> entries) {
        controllers.keySet().retainAll(controllerPaths);
        devices.keySet().retainAll(entries);
    }

    private static boolean isAtOrBelow(String path, String root) {
        return path.equals(root) || path.startsWith(root + "/");
    }
}
