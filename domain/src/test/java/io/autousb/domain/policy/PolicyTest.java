package io.autousb.domain.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.Hub;
import io.autousb.domain.model.Port;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbClass;
import io.autousb.domain.model.UsbController;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.model.UsbId;
import io.autousb.domain.policy.Assignment.Origin;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class PolicyTest {

    private static final UsbId KEYBOARD = UsbId.parse("046d:c31c");
    private static final UsbId MOUSE = UsbId.parse("046d:c077");
    private static final HostTopology PEERS = new HostTopology(
            List.of(), List.of(rootHub("usb3", "3-2", "4-1"), rootHub("usb4", "4-1", "3-2")), List.of());

    @Test
    void of_whatNothingSpeaksOf_isNobodys() {
        assertThat(assignment(policy(hubs("a", "1-1")), "1-2", KEYBOARD)).isEmpty();
        assertThat(assignment(Policy.NONE, "1-1", KEYBOARD)).isEmpty();
    }

    @Test
    void of_aDeviceBelowAHub_isItsGuests() {
        Assignment assignment =
                assignment(policy(hubs("a", "1-1")), "1-1.4.2", KEYBOARD).orElseThrow();
        assertThat(assignment.guest()).isEqualTo("a");
        assertThat(assignment.origin()).isEqualTo(Origin.HUB_LIST);
        assertThat(assignment.reason()).contains("1-1");
        assertThat(assignment.device()).isEqualTo(device("1-1.4.2", KEYBOARD).generation());
    }

    @Test
    void of_aDeviceAtThePortItself_isItsGuests() {
        assertThat(guest(policy(hubs("a", "1-1")), "1-1", KEYBOARD)).contains("a");
    }

    @Test
    void of_anyDeviceOfABus_belongsToWhoeverHasTheRootHub() {
        assertThat(guest(policy(hubs("a", "usb3")), "3-7.1", KEYBOARD)).contains("a");
        assertThat(guest(policy(hubs("a", "usb3")), "4-7.1", KEYBOARD)).isEmpty();
    }

    @Test
    void of_aLongerNumber_isNotBelowTheShorter() {
        assertThat(guest(policy(hubs("a", "1-1")), "1-10", KEYBOARD)).isEmpty();
        assertThat(guest(policy(hubs("a", "1-1")), "1-11.1", KEYBOARD)).isEmpty();
    }

    @Test
    void of_aDeviceListed_isItsGuestsWhereverItIs() {
        Policy policy = policy(new GuestWish("a", List.of(), List.of(KEYBOARD), 3));
        assertThat(guest(policy, "5-3", KEYBOARD)).contains("a");
        assertThat(guest(policy, "5-3", MOUSE)).isEmpty();
    }

    @Test
    void of_twoHubs_theDeeperWinsWhateverTheOrder() {
        assertThat(guest(policy(hubs("a", "1-1"), hubs("b", "1-1.4")), "1-1.4.2", KEYBOARD))
                .contains("b");
        assertThat(guest(policy(hubs("b", "1-1.4"), hubs("a", "1-1")), "1-1.4.2", KEYBOARD))
                .contains("b");
        assertThat(guest(policy(hubs("b", "1-1.4"), hubs("a", "1-1")), "1-1.3", KEYBOARD))
                .contains("a");
    }

    @Test
    void of_deviceAndHub_theDeviceWinsOverEvenTheDeepestPort() {
        Policy policy = policy(hubs("a", "1-1.4.2"), new GuestWish("b", List.of(), List.of(KEYBOARD), 3));
        Assignment assignment = assignment(policy, "1-1.4.2", KEYBOARD).orElseThrow();
        assertThat(assignment.guest()).isEqualTo("b");
        assertThat(assignment.origin()).isEqualTo(Origin.DEVICE_LIST);
        assertThat(guest(policy, "1-1.4.2", MOUSE)).contains("a");
    }

    @Test
    void of_equals_theOneThatTheConfigurationNamesFirstWins() {
        assertThat(guest(policy(hubs("a", "1-1"), hubs("b", "1-1")), "1-1.4", KEYBOARD))
                .contains("a");
        assertThat(guest(
                        policy(
                                new GuestWish("b", List.of(), List.of(KEYBOARD), 3),
                                new GuestWish("a", List.of(), List.of(KEYBOARD), 3)),
                        "1-1.4",
                        KEYBOARD))
                .contains("b");
    }

    @Test
    void of_aStableForm_holdsForBothHalvesOfTheSocket() {
        Policy policy = policy(hubs("a", "pci-0000:00:14.0-usb-0:2"));
        HostTopology host =
                new HostTopology(List.of(new UsbController("pci-0000:00:14.0", List.of(3, 4))), List.of(), List.of());
        assertThat(policy.on(host).of(device("3-2.1", KEYBOARD))).isPresent();
        assertThat(policy.on(host).of(device("4-2", KEYBOARD))).isPresent();
        assertThat(policy.on(host).of(device("1-2", KEYBOARD))).isEmpty();
        assertThat(policy.on(HostTopology.EMPTY).of(device("3-2.1", KEYBOARD))).isEmpty();
    }

    @Test
    void of_aBusForm_holdsForThePeerAndSaysSo() {
        Policy policy = policy(hubs("a", "3-2"));
        Assignment assignment = policy.on(PEERS).of(device("4-1.7", KEYBOARD)).orElseThrow();
        assertThat(assignment.guest()).isEqualTo("a");
        assertThat(assignment.reason()).isEqualTo("hub or port 3-2, whose peer is 4-1");
        assertThat(policy.on(PEERS).of(device("4-2", KEYBOARD))).isEmpty();
    }

    @Test
    void of_whatIsNamedAndAPeer_theNamedWinsWhateverTheOrder() {
        List<Policy> either =
                List.of(policy(hubs("a", "3-2"), hubs("b", "4-1")), policy(hubs("b", "4-1"), hubs("a", "3-2")));
        assertThat(either).allSatisfy(policy -> {
            assertThat(policy.on(PEERS).of(device("3-2", KEYBOARD)).map(Assignment::guest))
                    .contains("a");
            assertThat(policy.on(PEERS).of(device("4-1", KEYBOARD)).map(Assignment::guest))
                    .contains("b");
        });
    }

    @Test
    void wish_findsByName() {
        Policy policy = policy(hubs("a", "1-1"), hubs("b", "1-2"));
        assertThat(policy.wish("b")).contains(policy.wishes().get(1));
        assertThat(policy.wish("c")).isEmpty();
    }

    @Test
    void new_withOneGuestTwice_isRefused() {
        assertThatThrownBy(() -> policy(hubs("a", "1-1"), hubs("a", "1-2")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void guestWish_ofAnUnknownVersion_isRefused() {
        assertThatThrownBy(() -> new GuestWish("a", List.of(), List.of(), 4))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Hub rootHub(String path, String port, String peer) {
        UsbDevice device = UsbDevice.builder(
                        PortPath.parse(path),
                        new DeviceAddress(PortPath.parse(path).bus(), 1),
                        Generation.of(
                                path, new DeviceAddress(PortPath.parse(path).bus(), 1), 1, "boot"),
                        UsbId.parse("1d6b:0003"))
                .usbClass(new UsbClass(UsbClass.HUB, 0, 0))
                .build();
        return new Hub(device, List.of(new Port(PortPath.parse(port), Optional.of(PortPath.parse(peer)))));
    }

    /** The documented order, written down another way: all claims, sorted, the first one wins. */
    @TestFactory
    Stream<DynamicTest> anyPolicy_choosesTheFirstOfTheDocumentedOrder() {
        return IntStream.range(0, 8)
                .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> {
                    Random random = new Random(seed);
                    for (int i = 0; i < 300; i++) {
                        List<GuestWish> wishes = new ArrayList<>();
                        for (String guest : List.of("a", "b", "c")) {
                            List<PortSelector> hubs = new ArrayList<>();
                            for (int n = random.nextInt(4); n > 0; n--) {
                                hubs.add(PortSelector.of(path(random)));
                            }
                            wishes.add(new GuestWish(
                                    guest, hubs, random.nextInt(4) == 0 ? List.of(KEYBOARD) : List.of(), 3));
                        }
                        Collections.shuffle(wishes, random);
                        UsbDevice device =
                                device(path(random).child(1).toString(), random.nextBoolean() ? KEYBOARD : MOUSE);
                        assertThat(new Policy(wishes)
                                        .on(HostTopology.EMPTY)
                                        .of(device)
                                        .map(Assignment::guest))
                                .isEqualTo(expected(wishes, device));
                    }
                }));
    }

    private record Claim(String guest, boolean byDevice, int depth, int position) {}

    private static Optional<String> expected(List<GuestWish> wishes, UsbDevice device) {
        List<Claim> claims = new ArrayList<>();
        for (GuestWish wish : wishes) {
            if (wish.devices().contains(device.id())) {
                claims.add(new Claim(wish.guest(), true, 0, claims.size()));
            }
            for (PortSelector hub : wish.hubs()) {
                if (hub.path().orElseThrow().contains(device.path())) {
                    int depth = hub.path().orElseThrow().chain().size();
                    claims.add(new Claim(wish.guest(), false, depth, claims.size()));
                }
            }
        }
        return claims.stream()
                .min(Comparator.comparing((Claim claim) -> !claim.byDevice())
                        .thenComparing(claim -> -claim.depth())
                        .thenComparing(Claim::position))
                .map(Claim::guest);
    }

    private static PortPath path(Random random) {
        return new PortPath(
                1,
                IntStream.range(0, random.nextInt(4))
                        .mapToObj(i -> 1 + random.nextInt(2))
                        .toList());
    }

    private static Policy policy(GuestWish... wishes) {
        return new Policy(List.of(wishes));
    }

    private static GuestWish hubs(String guest, String hub) {
        return new GuestWish(guest, List.of(PortSelector.parse(hub)), List.of(), 3);
    }

    private static Optional<String> guest(Policy policy, String path, UsbId id) {
        return assignment(policy, path, id).map(Assignment::guest);
    }

    private static Optional<Assignment> assignment(Policy policy, String path, UsbId id) {
        return policy.on(HostTopology.EMPTY).of(device(path, id));
    }

    private static UsbDevice device(String path, UsbId id) {
        DeviceAddress address = new DeviceAddress(1, 2);
        return UsbDevice.builder(PortPath.parse(path), address, Generation.of(path, address, 1, "boot"), id)
                .build();
    }
}
