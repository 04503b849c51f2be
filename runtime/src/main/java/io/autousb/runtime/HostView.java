package io.autousb.runtime;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.plan.Failure;
import io.autousb.domain.plan.Hold;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the engine remembers of the host and its devices. Used by the engine's thread only. */
final class HostView {

    private static final int MAX_LAST_KNOWN = 256;

    private final Timings timings;
    private final PortHistory ports;
    private final Map<Generation, UsbDevice> devices = new LinkedHashMap<>();
    private final Map<Generation, Long> firstSeen = new HashMap<>();
    private final Map<Long, Set<Generation>> thereAt = new HashMap<>();
    private final Map<Generation, Long> heldByHostSince = new HashMap<>();
    private final Map<Generation, Long> attachedNanos = new HashMap<>();
    private final Map<Generation, Hold> holds = new HashMap<>();
    /** For a word on what is cleared away; bounded, because it is only that. */
    private final Map<Generation, UsbDevice> lastKnown = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Generation, UsbDevice> eldest) {
            return size() > MAX_LAST_KNOWN;
        }
    };

    private @Nullable HostTopology topology;
    private long begunNanos;

    HostView(Timings timings) {
        this.timings = timings;
        this.ports = new PortHistory(timings.flapWindow().toMillis(), timings.flapLimit());
    }

    /** What is plugged in, or null before the first snapshot. */
    @Nullable
    HostTopology topology() {
        return topology;
    }

    /** When the present snapshot was begun. */
    long begunNanos() {
        return begunNanos;
    }

    /** The devices that had been seen by a time. One set for all who ask for the same time. */
    Set<Generation> thereAt(long time) {
        return thereAt.computeIfAbsent(
                time,
                unused -> firstSeen.entrySet().stream()
                        .filter(entry -> entry.getValue() <= time)
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toUnmodifiableSet()));
    }

    Map<Generation, Long> heldByHostSince() {
        return heldByHostSince;
    }

    Map<Generation, Hold> holds() {
        return holds;
    }

    Optional<UsbDevice> device(Generation generation) {
        return Optional.ofNullable(devices.get(generation));
    }

    /** Until when the host may be at configuring a device, if it is not configured; of one that was there, long ago. */
    long arrivesUntil(Generation generation) {
        return firstSeen.getOrDefault(generation, Long.MIN_VALUE)
                + timings.arrival().toMillis();
    }

    boolean wasThereAtStart(Generation generation) {
        return firstSeen.getOrDefault(generation, 0L) == Long.MIN_VALUE;
    }

    /** A device that is there, or was there not long ago. */
    Optional<UsbDevice> lastKnown(Generation generation) {
        return device(generation).or(() -> Optional.ofNullable(lastKnown.get(generation)));
    }

    /** Takes a snapshot over, and tells what came and went: what went first. */
    void seen(HostTopology next, long begun, long now, Consumer<EngineEvent> tell) {
        boolean first = topology == null;
        thereAt.clear();
        topology = next;
        begunNanos = begun;
        Map<Generation, UsbDevice> present = new LinkedHashMap<>();
        next.devices().forEach(device -> present.put(device.generation(), device));
        devices.values().stream()
                .filter(device -> !present.containsKey(device.generation()))
                .toList()
                .forEach(device -> {
                    forget(device.generation());
                    lastKnown.put(device.generation(), device);
                    tell.accept(new EngineEvent.DeviceGone(device));
                });
        for (UsbDevice device : next.devices()) {
            if (devices.put(device.generation(), device) == null) {
                firstSeen.put(device.generation(), first ? Long.MIN_VALUE : now);
                tell.accept(new EngineEvent.DeviceSeen(device));
                if (!first && ports.arrived(device.path(), now)) {
                    hold(device.generation(), now, timings.flapStay(), "its port flaps: it has to stay for a while");
                    tell.accept(new EngineEvent.PortFlapping(device));
                }
            }
            if (device.heldByHost()) {
                Long attached = attachedNanos.get(device.generation());
                if (attached == null || begun - attached >= 0) {
                    heldByHostSince.putIfAbsent(device.generation(), now);
                }
            } else {
                heldByHostSince.remove(device.generation());
            }
        }
    }

    private void forget(Generation generation) {
        devices.remove(generation);
        firstSeen.remove(generation);
        heldByHostSince.remove(generation);
        attachedNanos.remove(generation);
        holds.remove(generation);
    }

    void hold(Generation device, long now, Duration time, String reason) {
        holds.put(device, new Hold(now + time.toMillis(), reason));
    }

    /** Leaves a device alone until it is plugged in anew or the configuration changes. */
    void holdForGood(Generation device, String reason) {
        holds.put(device, new Hold(Failure.NEVER, reason));
    }

    void releaseAll() {
        holds.clear();
    }

    /** An attach has made the host's drivers let go; only a later snapshot tells whether they came back. */
    void attached(Generation device, long nanos) {
        heldByHostSince.remove(device);
        attachedNanos.put(device, nanos);
    }

    /** The stay of the device that an attachment names by address or place. */
    Optional<Generation> identify(Attachment attachment) {
        return devices.values().stream()
                .filter(device -> attachment.address().isPresent()
                        ? attachment.address().get().equals(device.address())
                        : attachment.path().filter(device.path()::equals).isPresent())
                .map(UsbDevice::generation)
                .findFirst();
    }
}
