package io.autousb.xen.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.PortPath;
import io.autousb.linux.Deadline;
import io.autousb.xen.FakeGuests;
import io.autousb.xen.MemoryXenstore;
import io.autousb.xen.guest.XenGuest;
import io.autousb.xen.repair.HostUsb.Present;
import io.autousb.xen.repair.Leftover.Cure;
import io.autousb.xen.repair.Leftover.Kind;
import io.autousb.xen.repair.UsbObject.Controller;
import io.autousb.xen.repair.UsbObject.HostDevice;
import io.autousb.xen.vusb.AttachmentMark;
import io.autousb.xen.vusb.VusbLedger;
import io.autousb.xen.vusb.VusbPortId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeftoversTest {

    private static final PortPath PATH = PortPath.parse("2-1.1");
    private static final DeviceAddress OLD = new DeviceAddress(2, 6);
    private static final DeviceAddress NEW = new DeviceAddress(2, 7);
    private static final Generation OLD_STAY = new Generation("0123456789ab");
    private static final Generation NEW_STAY = new Generation("ba9876543210");
    private static final VusbPortId PORT = new VusbPortId(0, 15);
    private static final AttachmentMark MARK = AttachmentMark.of(PATH, OLD, OLD_STAY);
    private static final Controller CONTROLLER = new Controller(0);
    private static final HostDevice OLD_OBJECT = new HostDevice("xenusb-2-6", Optional.of(PORT), Optional.of(OLD));
    private static final HostDevice NEW_OBJECT = new HostDevice("xenusb-2-7", Optional.of(PORT), Optional.of(NEW));
    private static final Cure CLEAR = new Cure.ClearPort(PORT, PATH, Optional.empty());
    private static final Cure CLEAR_OURS = new Cure.ClearPort(PORT, PATH, Optional.of(MARK));
    private static final Cure DELETE_OLD = new Cure.DeleteObject("xenusb-2-6");
    private static final Cure FORGET = new Cure.Forget(PORT, MARK);

    private final MemoryXenstore store = new MemoryXenstore();
    private final Map<PortPath, Present> host = new HashMap<>();
    private XenGuest guest = FakeGuests.hvm(store, 1, "windows");

    @AfterEach
    void close() {
        store.close();
    }

    private void port(String value) {
        FakeGuests.controller(store, 1, 0, 3, 15);
        store.put("/libxl/1/device/vusb/0/port/15", value);
    }

    private void mark() {
        store.put("/libxl/1/auto-usb-attach/vusb/0/15", MARK.toString());
    }

    private void plugged(DeviceAddress address, Generation stay) {
        host.put(PATH, new Present(address, stay));
    }

    private List<Leftover> find() {
        return find(Optional.empty());
    }

    private List<Leftover> find(UsbObject... objects) {
        return find(Optional.of(List.of(objects)));
    }

    private List<Leftover> find(Optional<List<UsbObject>> objects) {
        return Leftovers.find(
                new GuestUsb(guest, new VusbLedger(store).read(guest, Deadline.NEVER), objects), new HostUsb(host));
    }

    private static void assertOne(List<Leftover> found, Kind kind, Cure... cures) {
        assertThat(found).hasSize(1);
        assertThat(found.get(0).kind()).isEqualTo(kind);
        assertThat(found.get(0).cures()).containsExactly(cures);
    }

    @Test
    void find_whereAllIsWell_isNothing() {
        port("2-1.1");
        plugged(OLD, OLD_STAY);

        assertThat(find(CONTROLLER, OLD_OBJECT)).isEmpty();
        assertThat(find()).isEmpty();
    }

    @Test
    void find_whereAllIsWellAndOurs_isNothing() {
        port("2-1.1");
        mark();
        plugged(OLD, OLD_STAY);

        assertThat(find(CONTROLLER, OLD_OBJECT)).isEmpty();
        assertThat(find()).isEmpty();
    }

    @Test
    void find_aPortWhoseDeviceIsGone_deletesTheObjectAndClearsThePort() {
        port("2-1.1");

        List<Leftover> found = find(CONTROLLER, OLD_OBJECT);

        assertOne(found, Kind.DEAD_PORT, DELETE_OLD, CLEAR);
        assertThat(found.get(0).emulated()).isTrue();
        assertThat(found.get(0).text()).isEqualTo("controller 0 port 15 has 2-1.1, which is gone from the host");
    }

    @Test
    void find_aPortOfOursWhoseDeviceIsGone_takesTheMarkAwayAsWell() {
        port("2-1.1");
        mark();

        assertOne(find(CONTROLLER, OLD_OBJECT), Kind.DEAD_PORT, DELETE_OLD, CLEAR_OURS, FORGET);
    }

    @Test
    void find_aPortWhoseDeviceIsGone_isFoundWithoutTheDeviceModel() {
        port("2-1.1");

        assertOne(find(), Kind.DEAD_PORT, CLEAR);
    }

    @Test
    void find_aDeadPortWithTheObjectGoneToo_clearsThePort() {
        port("2-1.1");

        assertOne(find(CONTROLLER), Kind.DEAD_PORT, CLEAR);
    }

    @Test
    void find_twoDeadPorts_eachTakesItsOwnObjectAway() {
        port("2-1.1");
        store.put("/libxl/1/device/vusb/0/port/14", "2-1.2");
        VusbPortId other = new VusbPortId(0, 14);

        List<Leftover> found =
                find(CONTROLLER, OLD_OBJECT, new HostDevice("xenusb-2-7", Optional.of(other), Optional.of(NEW)));

        assertThat(found)
                .extracting(Leftover::cures)
                .containsExactly(
                        List.of(
                                new Cure.DeleteObject("xenusb-2-7"),
                                new Cure.ClearPort(other, PortPath.parse("2-1.2"), Optional.empty())),
                        List.of(DELETE_OLD, CLEAR));
    }

    @Test
    void find_aDeadPortWhereSomebodyPutALiveDevice_leavesThatAlone() {
        port("2-1.1");
        host.put(PortPath.parse("2-3"), new Present(NEW, NEW_STAY));

        assertOne(find(CONTROLLER, NEW_OBJECT), Kind.DEAD_PORT, CLEAR);
    }

    @Test
    void find_aDeadPortOfOursWhoseAddressAnotherDeviceHasByNow_deletesOurs() {
        port("2-1.1");
        mark();
        host.put(PortPath.parse("2-3"), new Present(OLD, NEW_STAY));

        assertOne(find(CONTROLLER, OLD_OBJECT), Kind.DEAD_PORT, DELETE_OLD, CLEAR_OURS, FORGET);
    }

    @Test
    void find_anObjectThatTakesWhateverMatches_isNeverDeleted() {
        port("2-1.1");

        HostDevice automatic = new HostDevice("hand", Optional.of(PORT), Optional.empty());

        assertOne(find(CONTROLLER, automatic), Kind.DEAD_PORT, CLEAR);
        plugged(NEW, NEW_STAY);
        assertThat(find(CONTROLLER, automatic)).isEmpty();
    }

    @Test
    void find_aReplugIntoTheSamePort_deletesTheObjectOfTheEarlierStay() {
        port("2-1.1");
        plugged(NEW, NEW_STAY);

        List<Leftover> found = find(CONTROLLER, OLD_OBJECT);

        assertOne(found, Kind.REPLUGGED_PORT, DELETE_OLD, CLEAR);
        assertThat(found.get(0).text()).endsWith("controller 0 port 15 has 2-1.1, which was plugged in anew since");
    }

    @Test
    void find_aReplugOfOurs_isFoundWithoutTheDeviceModel() {
        port("2-1.1");
        mark();
        plugged(NEW, NEW_STAY);

        assertOne(find(), Kind.REPLUGGED_PORT, CLEAR_OURS, FORGET);
        assertOne(find(CONTROLLER, OLD_OBJECT), Kind.REPLUGGED_PORT, DELETE_OLD, CLEAR_OURS, FORGET);
    }

    @Test
    void find_aReplugOfOursWithTheSameAddress_deletesTheObject() {
        port("2-1.1");
        mark();
        plugged(OLD, NEW_STAY);

        assertOne(find(CONTROLLER, OLD_OBJECT), Kind.REPLUGGED_PORT, DELETE_OLD, CLEAR_OURS, FORGET);
    }

    @Test
    void find_aReplugOfAnothers_cannotBeSeenWithoutTheDeviceModel() {
        port("2-1.1");
        plugged(NEW, NEW_STAY);

        assertThat(find()).isEmpty();
    }

    @Test
    void find_aPortWhoseDeviceTheDeviceModelDoesNotHave_isClearedLater() {
        port("2-1.1");
        plugged(OLD, OLD_STAY);

        List<Leftover> found = find(CONTROLLER);

        assertOne(found, Kind.EMPTY_PORT, CLEAR);
        assertThat(found.get(0).kind().isTransitional()).isTrue();
    }

    @Test
    void find_aDeviceOnAnotherPortThanXenstoreSays_isLeftAlone() {
        port("2-1.1");
        plugged(OLD, OLD_STAY);

        assertThat(find(CONTROLLER, new HostDevice("xenusb-2-6", Optional.of(new VusbPortId(0, 1)), Optional.of(OLD))))
                .isEmpty();
    }

    @Test
    void find_aPortWithAnotherLiveDevice_isLeftAlone() {
        port("2-1.1");
        plugged(OLD, OLD_STAY);
        host.put(PortPath.parse("2-3"), new Present(NEW, NEW_STAY));

        assertThat(find(CONTROLLER, NEW_OBJECT)).isEmpty();
    }

    @Test
    void find_aControllerThatTheDeviceModelDoesNotHave_isAGhost() {
        port("");

        List<Leftover> found = find();
        assertThat(found).isEmpty();
        found = find(new UsbObject[0]);

        assertThat(found).hasSize(1);
        assertThat(found.get(0).kind()).isEqualTo(Kind.GHOST_CONTROLLER);
        assertThat(found.get(0).cures().get(0)).isInstanceOf(Cure.RemoveController.class);
        assertThat(found.get(0).kind().isTransitional()).isTrue();
    }

    @Test
    void find_aControllerThatIsInUse_isNoGhostYet() {
        port("2-1.1");
        plugged(OLD, OLD_STAY);

        assertThat(find(new UsbObject[0])).extracting(Leftover::kind).containsExactly(Kind.EMPTY_PORT);
    }

    @Test
    void find_anObjectOfOursThatNoPortNames_isDeletedWithItsMark() {
        port("");
        mark();
        plugged(OLD, OLD_STAY);

        assertOne(find(CONTROLLER, OLD_OBJECT), Kind.LOST_OBJECT, DELETE_OLD, FORGET);
    }

    @Test
    void find_anObjectOfAnothersThatNoPortNames_isLeftAloneAsLongAsItsDeviceIsThere() {
        port("");
        plugged(OLD, OLD_STAY);

        assertThat(find(CONTROLLER, OLD_OBJECT)).isEmpty();
        host.clear();
        assertOne(find(CONTROLLER, OLD_OBJECT), Kind.LOST_OBJECT, DELETE_OLD);
    }

    @Test
    void find_anObjectBehindAHubOfTheGuest_isJudgedByItsDeviceToo() {
        port("");

        assertOne(
                find(CONTROLLER, new HostDevice("hand", Optional.empty(), Optional.of(OLD))),
                Kind.LOST_OBJECT,
                new Cure.DeleteObject("hand"));
    }

    @Test
    void find_aMarkWhoseAttachmentIsGone_isStale() {
        port("");
        mark();
        plugged(OLD, OLD_STAY);

        assertThat(find()).isEmpty();
        List<Leftover> found = find(CONTROLLER);

        assertOne(found, Kind.STALE_MARK, FORGET);
        assertThat(found.get(0).kind().isTransitional()).isTrue();
    }

    @Test
    void find_aMarkOfAControllerThatIsGone_isStale() {
        mark();

        assertThat(find()).isEmpty();
        assertOne(find(new UsbObject[0]), Kind.STALE_MARK, FORGET);
    }

    @Test
    void find_aMarkWhosePortAnotherDeviceHas_isStale() {
        port("2-1.2");
        mark();
        host.put(PortPath.parse("2-1.2"), new Present(NEW, NEW_STAY));

        assertOne(find(CONTROLLER, NEW_OBJECT), Kind.STALE_MARK, FORGET);
    }

    @Test
    void find_onABackend_neverNeedsADeviceModel() {
        guest = FakeGuests.pv(store, 1, "para");
        FakeGuests.backend(store, 1, 0, "qusb", 15);
        store.put("/local/domain/0/backend/qusb/1/0/port/15", "2-1.1");

        List<Leftover> found = find();

        assertOne(found, Kind.DEAD_PORT, CLEAR);
        assertThat(found.get(0).emulated()).isFalse();
    }

    @Test
    void find_onABackend_aReplugOfOursIsDetached_thatOfAnotherLeftAlone() {
        guest = FakeGuests.pv(store, 1, "para");
        FakeGuests.backend(store, 1, 0, "qusb", 15);
        store.put("/local/domain/0/backend/qusb/1/0/port/15", "2-1.1");
        plugged(NEW, NEW_STAY);

        assertThat(find()).isEmpty();
        mark();
        assertOne(find(), Kind.REPLUGGED_PORT, CLEAR_OURS, FORGET);
    }

    @Test
    void find_onABackend_aStaleMarkIsSeen() {
        guest = FakeGuests.pv(store, 1, "para");
        FakeGuests.backend(store, 1, 0, "qusb", 15);
        mark();

        List<Leftover> found = find();

        assertOne(found, Kind.STALE_MARK, FORGET);
        assertThat(found.get(0).emulated()).isFalse();
    }

    @Test
    void find_aHostileId_isPrintedSafely() {
        port("");

        List<Leftover> found = find(CONTROLLER, new HostDevice("a\u001b[31m\n", Optional.empty(), Optional.of(OLD)));

        assertThat(found.get(0).text()).contains("a\\x1b[31m\\x0a");
    }
}
