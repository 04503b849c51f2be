package io.autousb.backend.sim;

import java.util.List;

/**
 * What a guest has each time it starts.
 *
 * @param controllers its controllers
 * @param room how many more it can take
 * @param privileged whether it may open the nodes of devices that udev has not seen yet
 */
record GuestHardware(List<SimController> controllers, int room, boolean privileged) {

    GuestHardware {
        controllers = List.copyOf(controllers);
    }
}
