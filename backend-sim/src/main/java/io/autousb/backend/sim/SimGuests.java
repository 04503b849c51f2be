package io.autousb.backend.sim;

import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.GuestListener;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The guests of a simulated hypervisor. Thread-safe. Hints come on the thread that makes the change. */
public final class SimGuests {

    private final SimHost host;
    private final Hints<GuestListener> hints = new Hints<>();
    private final Map<String, SimGuest> guests = new ConcurrentSkipListMap<>();

    /**
     * Makes a hypervisor without guests.
     *
     * @param host whose devices it passes through
     */
    public SimGuests(SimHost host) {
        this.host = host;
        host.hints().add(() -> guests.values().forEach(guest -> guest.core().rematch()));
    }

    /**
     * Defines a guest, which is shut down.
     *
     * @param name its name
     * @return the guest, with one USB 3 controller of {@value SimGuest#DEFAULT_PORTS} ports
     * @throws IllegalArgumentException if there is one of that name
     */
    public SimGuest define(String name) {
        SimGuest guest = new SimGuest(name, host, hints);
        if (guests.putIfAbsent(name, guest) != null) {
            throw new IllegalArgumentException("there is a guest " + name + " already");
        }
        return guest;
    }

    /**
     * Finds a guest.
     *
     * @param name its name
     * @return the guest, running or not
     */
    public Optional<SimGuest> find(String name) {
        return Optional.ofNullable(guests.get(name));
    }

    /**
     * All guests.
     *
     * @return those defined, by name
     */
    public Collection<SimGuest> all() {
        return List.copyOf(guests.values());
    }

    /**
     * Devices that more than one attachment holds. Hypervisors do not prevent that; whoever drives them
     * has to.
     *
     * @return the devices, none if all is well
     */
    public List<UsbDevice> heldTwice() {
        Map<UsbDevice, Long> holders = guests.values().stream()
                .flatMap(guest -> guest.core().held().stream())
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        return holders.entrySet().stream()
                .filter(entry -> entry.getValue() > 1)
                .map(Map.Entry::getKey)
                .toList();
    }

    Hints<GuestListener> hints() {
        return hints;
    }
}
