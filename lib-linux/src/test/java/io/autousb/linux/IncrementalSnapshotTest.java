package io.autousb.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbClass;
import io.autousb.domain.model.UsbId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is remembered and read now and then is what a new reader sees, after any changes. */
@Timeout(120)
class IncrementalSnapshotTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    /** Where nothing is in a place, what is there is null; else whether it is configured. */
    private final Map<PortPath, Boolean> places = new HashMap<>();

    @TempDir
    private Path root;

    private FakeSysfs host;

    @ParameterizedTest
    @CsvSource({"1,true", "2,true", "3,true", "4,false", "5,false", "6,false"})
    void snapshot_afterAnyChanges_isWhatANewReaderSees(long seed, boolean marked) {
        host = new FakeSysfs(root);
        host.rootHub(1, "/devices/pci0000:00/0000:00:14.0", 4);
        Random random = new Random(seed);
        try (SysfsReader reader = new SysfsReader(root, () -> {})) {
            for (int i = 0; i < 30; i++) {
                for (int changes = random.nextInt(4); changes >= 0; changes--) {
                    PortPath place = change(random);
                    if (marked) {
                        reader.markDirty(place.toString());
                    }
                }
                if (!marked) {
                    reader.detectChanges();
                }
                HostTopology expected = seenAnew();
                // What a snapshot does not wait for comes with a later one.
                Awaitility.await()
                        .pollInterval(Duration.ofMillis(1))
                        .untilAsserted(() -> assertThat(reader.snapshot(LONG))
                                .as(details(expected))
                                .isEqualTo(expected));
            }
        }
    }

    private PortPath change(Random random) {
        PortPath hub = PortPath.parse("1-1");
        PortPath place = random.nextInt(3) == 0
                ? PortPath.rootHub(1).child(1 + random.nextInt(3))
                : hub.child(1 + random.nextInt(3));
        if (hub.contains(place) && !place.equals(hub) && !places.containsKey(hub)) {
            place = hub;
        }
        Boolean configured = places.get(place);
        if (configured == null) {
            host.arrive(place, place.equals(hub) ? FakeGadget.hub(3) : gadget(random));
            places.put(place, false);
        } else if (!configured) {
            host.configure(place);
            host.initialize(place);
            places.put(place, true);
        } else {
            changeConfigured(place, random);
        }
        return place;
    }

    private void changeConfigured(PortPath place, Random random) {
        switch (random.nextInt(5)) {
            case 0 -> host.bind(place, 0, random.nextBoolean() ? "usbfs" : "");
            case 1 -> host.replace(place, "authorized", random.nextBoolean() ? "1" : "0");
            case 2 -> {
                host.unconfigure(place);
                places.put(place, false);
            }
            default -> {
                host.unplug(place);
                places.keySet().removeIf(place::contains);
            }
        }
    }

    private static FakeGadget gadget(Random random) {
        UsbClass hid = new UsbClass(3, 1, random.nextInt(3));
        return random.nextBoolean()
                ? FakeGadget.keyboard().with("serial", Integer.toString(random.nextInt()))
                : FakeGadget.of(
                        new UsbId(1, random.nextInt(9)),
                        new UsbClass(0, 0, 0),
                        FakeGadget.bound(0, hid, "usbhid"),
                        FakeGadget.bound(1, hid, "usbhid"));
    }

    /** Says what differs; the values themselves print less. */
    private static String details(HostTopology topology) {
        return topology + "\n"
                + topology.devices().stream()
                        .map(device -> "%s %s %s %s %s %s%n"
                                .formatted(
                                        device,
                                        device.address(),
                                        device.interfaces(),
                                        device.serial(),
                                        device.authorized(),
                                        device.initialized()))
                        .collect(Collectors.joining());
    }

    private HostTopology seenAnew() {
        try (SysfsReader anew = new SysfsReader(root, () -> {})) {
            return anew.snapshot(LONG);
        }
    }
}
