package io.autousb.xen.vusb;

import static io.autousb.xen.FakeGuests.backend;
import static io.autousb.xen.FakeGuests.controller;
import static io.autousb.xen.FakeGuests.destroy;
import static io.autousb.xen.FakeGuests.hvm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.port.BackendException;
import io.autousb.linux.Deadline;
import io.autousb.xen.FakeGuests;
import io.autousb.xen.MemoryXenstore;
import io.autousb.xen.MemoryXenstore.Operation;
import io.autousb.xen.Recorded;
import io.autousb.xen.guest.DomainReader;
import io.autousb.xen.guest.XenGuest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class VusbLedgerTest {

    private static final PortPath DEVICE = PortPath.parse("2-1.1");
    private static final AttachmentMark MARK =
            AttachmentMark.of(DEVICE, new DeviceAddress(2, 3), new Generation("0123456789ab"));
    private static final AttachmentMark OTHER =
            AttachmentMark.of(PortPath.parse("2-1.2"), new DeviceAddress(2, 4), new Generation("ba9876543210"));
    private static final VusbPortId PORT = new VusbPortId(0, 15);
    private static final String PORT_NODE = "/libxl/1/device/vusb/0/port/15";
    private static final String MARK_NODE = "/libxl/1/auto-usb-attach/vusb/0/15";

    private final MemoryXenstore store = new MemoryXenstore();
    private final VusbLedger ledger = new VusbLedger(store);
    private final XenGuest guest = hvm(store, 1, "windows");

    @AfterEach
    void close() {
        store.close();
    }

    private void withController() {
        controller(store, 1, 0, 3, 15);
    }

    private void claimed() {
        withController();
        ledger.claim(guest, PORT, MARK, Deadline.NEVER);
    }

    private static void assertFails(ThrowingCallable call, String code) {
        assertThatThrownBy(call)
                .asInstanceOf(type(BackendException.class))
                .extracting(BackendException::code)
                .isEqualTo(code);
    }

    @Test
    void claim_aFreePort_writesPortAndMark() {
        claimed();

        assertThat(store.get(PORT_NODE)).contains("2-1.1");
        assertThat(store.get(MARK_NODE)).contains(MARK.toString());
    }

    @Test
    void claimShown_aFreePort_writesPortAndMarkAndAsksForNothingThatLasts() {
        withController();
        store.put("/libxl/1/device/vusb/0/num-ports", "who asks?");

        ledger.claimShown(guest, PORT, MARK, Deadline.NEVER);

        assertThat(store.get(PORT_NODE)).contains("2-1.1");
        assertThat(store.get(MARK_NODE)).contains(MARK.toString());
    }

    @Test
    void claimShown_aTakenPort_failsWithPortBusyAndChangesNothing() {
        withController();
        store.put(PORT_NODE, "2-1.2");
        int changes = store.changes();

        assertFails(() -> ledger.claimShown(guest, PORT, MARK, Deadline.NEVER), BackendException.PORT_BUSY);

        assertThat(store.changes()).isEqualTo(changes);
    }

    @Test
    void claimShown_aPortThatIsABackendsByNow_failsWithPortBusy() {
        backend(store, 1, 0, "qusb", 4);

        assertFails(
                () -> ledger.claimShown(guest, new VusbPortId(0, 4), MARK, Deadline.NEVER), BackendException.PORT_BUSY);

        assertThat(store.get("/libxl/1/device/vusb/0/port/4")).contains("");
    }

    @Test
    void claimShown_aPortThatIsGone_failsWithPortBusy() {
        withController();
        store.drop("/libxl/1/device/vusb/0");

        assertFails(() -> ledger.claimShown(guest, PORT, MARK, Deadline.NEVER), BackendException.PORT_BUSY);
        assertThat(store.get(PORT_NODE)).isEmpty();
    }

    @Test
    void claimShown_ofADomainThatIsGone_failsWithGuestGoneAndWritesNothing() {
        withController();
        store.drop("/libxl/1");
        store.drop("/local/domain/1");

        assertFails(() -> ledger.claimShown(guest, PORT, MARK, Deadline.NEVER), BackendException.GUEST_GONE);
        assertThat(store.get(PORT_NODE)).isEmpty();
    }

    @Test
    void claimShown_aDeviceThatAnotherDomainHas_isRefused() {
        XenGuest other = withOtherGuest();
        ledger.claim(other, PORT, MARK, Deadline.NEVER);

        assertFails(() -> ledger.claimShown(guest, PORT, MARK, Deadline.NEVER), BackendException.REFUSED);
    }

    @Test
    void claim_aTakenPort_failsWithPortBusyAndChangesNothing() {
        withController();
        store.put(PORT_NODE, "2-1.2");
        int changes = store.changes();

        assertFails(() -> ledger.claim(guest, PORT, MARK, Deadline.NEVER), BackendException.PORT_BUSY);

        assertThat(store.changes()).isEqualTo(changes);
    }

    @Test
    void claim_aPortThatHoldsTheSameDeviceOfAnother_failsWithPortBusy() {
        withController();
        store.put(PORT_NODE, "2-1.1");

        assertFails(() -> ledger.claim(guest, PORT, MARK, Deadline.NEVER), BackendException.PORT_BUSY);
    }

    @Test
    void claim_aPortWithoutNode_failsWithPortBusy() {
        withController();
        store.drop(PORT_NODE);

        assertFails(() -> ledger.claim(guest, PORT, MARK, Deadline.NEVER), BackendException.PORT_BUSY);
    }

    @Test
    void claim_aPortBeyondTheLast_failsWithPortBusyEvenIfLibxlLeftANode() {
        withController();
        store.put("/libxl/1/device/vusb/0/port/16", "");

        assertFails(() -> ledger.claim(guest, new VusbPortId(0, 16), MARK, Deadline.NEVER), BackendException.PORT_BUSY);
    }

    @Test
    void claim_aPortWithTheMarkOfAnotherAttachment_failsWithPortBusy() {
        withController();
        store.put(MARK_NODE, OTHER.toString());

        assertFails(() -> ledger.claim(guest, PORT, MARK, Deadline.NEVER), BackendException.PORT_BUSY);
        assertThat(store.get(MARK_NODE)).contains(OTHER.toString());
    }

    @Test
    void claim_again_succeeds() {
        claimed();

        ledger.claim(guest, PORT, MARK, Deadline.NEVER);

        assertThat(store.get(PORT_NODE)).contains("2-1.1");
    }

    @Test
    void claim_aPortThatWasClearedUnderItsMark_writesItAgain() {
        claimed();
        assertThat(ledger.clear(guest, PORT, DEVICE, Deadline.NEVER)).isTrue();

        ledger.claim(guest, PORT, MARK, Deadline.NEVER);

        assertThat(store.get(PORT_NODE)).contains("2-1.1");
    }

    @Test
    void claim_aPortThatAnotherHasTakenUnderItsMark_failsWithPortBusy() {
        claimed();
        store.put(PORT_NODE, "2-1.2");

        assertFails(() -> ledger.claim(guest, PORT, MARK, Deadline.NEVER), BackendException.PORT_BUSY);

        assertThat(store.get(PORT_NODE)).contains("2-1.2");
    }

    @Test
    void claim_whenLibxlTakesThePortMeanwhile_failsWithPortBusyAndLeavesIt() {
        withController();
        AtomicBoolean once = new AtomicBoolean();
        store.interfere((operation, where) -> {
            if (operation == Operation.COMMIT && once.compareAndSet(false, true)) {
                store.put(PORT_NODE, "2-1.2");
            }
        });

        assertFails(() -> ledger.claim(guest, PORT, MARK, Deadline.NEVER), BackendException.PORT_BUSY);

        assertThat(store.get(PORT_NODE)).contains("2-1.2");
        assertThat(store.get(MARK_NODE)).isEmpty();
    }

    @Test
    void claim_onABackend_failsAndWritesNeitherThereNorToItsCopy() {
        backend(store, 1, 0, "qusb", 4);

        assertFails(() -> ledger.claim(guest, new VusbPortId(0, 4), MARK, Deadline.NEVER), BackendException.PORT_BUSY);

        assertThat(store.get("/local/domain/0/backend/qusb/1/0/port/4")).contains("");
        assertThat(store.get("/libxl/1/device/vusb/0/port/4")).contains("");
    }

    private XenGuest withOtherGuest() {
        withController();
        XenGuest other = hvm(store, 2, "other");
        controller(store, 2, 0, 3, 15);
        return other;
    }

    @Test
    void claim_aDeviceThatXlGaveToAnotherDomain_isRefused() {
        withOtherGuest();
        store.put("/libxl/2/device/vusb/0/port/1", DEVICE.toString());

        assertFails(() -> ledger.claim(guest, PORT, MARK, Deadline.NEVER), BackendException.REFUSED);

        assertThat(store.get(PORT_NODE)).contains("");
        assertThat(store.get(MARK_NODE)).isEmpty();
    }

    @Test
    void claim_aDeviceThatWeGaveToAnotherDomain_isRefused() {
        XenGuest other = withOtherGuest();
        ledger.claim(other, PORT, MARK, Deadline.NEVER);

        assertFails(() -> ledger.claim(guest, PORT, MARK, Deadline.NEVER), BackendException.REFUSED);
    }

    @Test
    void claim_aDeviceWhosePlaceAnotherDomainHasFromAnEarlierStay_isMade() {
        XenGuest other = withOtherGuest();
        AttachmentMark before = AttachmentMark.of(DEVICE, new DeviceAddress(2, 2), new Generation("ba9876543210"));
        ledger.claim(other, PORT, before, Deadline.NEVER);

        ledger.claim(guest, PORT, MARK, Deadline.NEVER);

        assertThat(store.get(PORT_NODE)).contains(DEVICE.toString());
    }

    @Test
    void claim_whileAnotherDomainHasOtherDevices_isMade() {
        XenGuest other = withOtherGuest();
        ledger.claim(other, PORT, OTHER, Deadline.NEVER);

        ledger.claim(guest, PORT, MARK, Deadline.NEVER);

        assertThat(store.get(PORT_NODE)).contains(DEVICE.toString());
    }

    @Test
    void claim_whenAnotherDomainIsGivenTheDeviceAtThatMoment_isRefused() {
        XenGuest other = withOtherGuest();
        AtomicBoolean once = new AtomicBoolean();
        store.interfere((operation, where) -> {
            if (operation == Operation.COMMIT && once.compareAndSet(false, true)) {
                ledger.claim(other, PORT, MARK, Deadline.NEVER);
            }
        });

        assertFails(() -> ledger.claim(guest, PORT, MARK, Deadline.NEVER), BackendException.REFUSED);

        assertThat(store.get(PORT_NODE)).contains("");
        assertThat(store.get("/libxl/2/device/vusb/0/port/15")).contains(DEVICE.toString());
    }

    @Test
    void unclaim_clearsPortAndMark() {
        claimed();

        ledger.unclaim(guest, PORT, MARK, Deadline.NEVER);

        assertThat(store.get(PORT_NODE)).contains("");
        assertThat(store.get(MARK_NODE)).isEmpty();
    }

    @Test
    void unclaim_whatAnotherHasTakenMeanwhile_leavesThePort() {
        claimed();
        store.put(PORT_NODE, "2-1.2");

        ledger.unclaim(guest, PORT, MARK, Deadline.NEVER);

        assertThat(store.get(PORT_NODE)).contains("2-1.2");
        assertThat(store.get(MARK_NODE)).isEmpty();
    }

    @Test
    void unclaim_withAnotherMarkThere_changesNothing() {
        claimed();
        store.put(MARK_NODE, OTHER.toString());

        ledger.unclaim(guest, PORT, MARK, Deadline.NEVER);

        assertThat(store.get(PORT_NODE)).contains("2-1.1");
        assertThat(store.get(MARK_NODE)).contains(OTHER.toString());
    }

    @Test
    void unclaim_whenTheControllerIsGone_removesTheMark() {
        claimed();
        store.drop("/libxl/1/device/vusb/0");

        ledger.unclaim(guest, PORT, MARK, Deadline.NEVER);

        assertThat(store.get(MARK_NODE)).isEmpty();
        assertThat(store.get(PORT_NODE)).isEmpty();
    }

    @Test
    void announce_writesTheMarkAndLeavesThePortToLibxl() {
        withController();

        ledger.announce(guest, PORT, MARK, Deadline.NEVER);

        assertThat(store.get(MARK_NODE)).contains(MARK.toString());
        assertThat(store.get(PORT_NODE)).contains("");
    }

    @Test
    void announce_onATakenPort_failsWithPortBusy() {
        withController();
        store.put(PORT_NODE, "2-1.2");

        assertFails(() -> ledger.announce(guest, PORT, MARK, Deadline.NEVER), BackendException.PORT_BUSY);
        assertThat(store.get(MARK_NODE)).isEmpty();
    }

    @Test
    void clear_writesNothingIntoThePortAndKeepsTheMark() {
        claimed();

        assertThat(ledger.clear(guest, PORT, DEVICE, Deadline.NEVER)).isTrue();

        assertThat(store.get(PORT_NODE)).contains("");
        assertThat(store.get(MARK_NODE)).contains(MARK.toString());
    }

    @Test
    void clear_aPortThatHoldsSomethingElse_leavesIt() {
        withController();
        store.put(PORT_NODE, "2-1.2");

        assertThat(ledger.clear(guest, PORT, DEVICE, Deadline.NEVER)).isFalse();
        assertThat(store.get(PORT_NODE)).contains("2-1.2");
    }

    @Test
    void clear_aPortThatIsGone_doesNotMakeIt() {
        withController();
        store.drop("/libxl/1/device/vusb/0");

        assertThat(ledger.clear(guest, PORT, DEVICE, Deadline.NEVER)).isFalse();
        assertThat(store.tree("/libxl/1/device/vusb/0")).isEmpty();
    }

    @Test
    void clearLeftover_thatIsAsItWasSeen_clearsItAndKeepsTheMark() {
        claimed();

        assertThat(ledger.clearLeftover(guest, PORT, DEVICE, Optional.of(MARK), Deadline.NEVER))
                .isTrue();

        assertThat(store.get(PORT_NODE)).contains("");
        assertThat(store.get(MARK_NODE)).contains(MARK.toString());
    }

    @Test
    void clearLeftover_thatBearsAMarkByNow_leavesIt() {
        claimed();

        assertThat(ledger.clearLeftover(guest, PORT, DEVICE, Optional.empty(), Deadline.NEVER))
                .isFalse();
        assertThat(store.get(PORT_NODE)).contains(DEVICE.toString());
    }

    @Test
    void clearLeftover_thatHoldsSomethingElseByNow_leavesIt() {
        withController();
        store.put(PORT_NODE, "2-1.2");

        assertThat(ledger.clearLeftover(guest, PORT, DEVICE, Optional.empty(), Deadline.NEVER))
                .isFalse();
        assertThat(store.get(PORT_NODE)).contains("2-1.2");
    }

    @Test
    void restore_putsTheDeviceBack() {
        claimed();
        ledger.clear(guest, PORT, DEVICE, Deadline.NEVER);

        assertThat(ledger.restore(guest, PORT, DEVICE, Deadline.NEVER)).isTrue();
        assertThat(ledger.restore(guest, PORT, DEVICE, Deadline.NEVER)).isTrue();

        assertThat(store.get(PORT_NODE)).contains("2-1.1");
    }

    @Test
    void restore_aPortThatWasTakenMeanwhile_leavesIt() {
        withController();
        store.put(PORT_NODE, "2-1.2");

        assertThat(ledger.restore(guest, PORT, DEVICE, Deadline.NEVER)).isFalse();
        assertThat(store.get(PORT_NODE)).contains("2-1.2");
    }

    @Test
    void restore_aPortThatIsGone_doesNotMakeIt() {
        assertThat(ledger.restore(guest, PORT, DEVICE, Deadline.NEVER)).isFalse();
        assertThat(store.get(PORT_NODE)).isEmpty();
    }

    @Test
    void forget_removesTheMarkAndLeavesThePort() {
        claimed();

        ledger.forget(guest, PORT, MARK, Deadline.NEVER);

        assertThat(store.get(MARK_NODE)).isEmpty();
        assertThat(store.get(PORT_NODE)).contains("2-1.1");
    }

    @Test
    void forget_anotherMark_leavesIt() {
        withController();
        store.put(MARK_NODE, OTHER.toString());

        ledger.forget(guest, PORT, MARK, Deadline.NEVER);

        assertThat(store.get(MARK_NODE)).contains(OTHER.toString());
    }

    @Test
    void addController_writesWhatLibxlWrites() {
        MemoryXenstore recorded = Recorded.load(new MemoryXenstore(), "hvm-with-controller");

        ledger.addController(guest, 3, Deadline.NEVER);

        assertThat(store.tree("/libxl/1/device/vusb")).isEqualTo(recorded.tree("/libxl/1/device/vusb"));
        recorded.close();
    }

    @Test
    void addController_ofVersion2_writesWhatLibxlWrites() {
        MemoryXenstore recorded = Recorded.load(new MemoryXenstore(), "hvm-ghost-controller");

        ledger.addController(guest, 2, Deadline.NEVER);

        assertThat(store.tree("/libxl/1/device/vusb/0").values())
                .containsExactlyElementsOf(
                        recorded.tree("/libxl/3/device/vusb/0").values());
        recorded.close();
    }

    @Test
    void addController_always_writesInLibxlsOrder() {
        List<String> written = new ArrayList<>();
        store.interfere((operation, where) -> {
            if (operation == Operation.WRITE) {
                written.add(where.substring("/libxl/1/device/vusb/0/".length()));
            }
        });

        ledger.addController(guest, 1, Deadline.NEVER);

        assertThat(written).containsExactly("type", "usb-ver", "num-ports", "port", "port/1", "port/2");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4})
    void addController_ofNoVersion_isRefused(int version) {
        assertThatIllegalArgumentException().isThrownBy(() -> ledger.addController(guest, version, Deadline.NEVER));
        assertThat(store.tree("/libxl/1/device/vusb")).isEmpty();
    }

    @Test
    void removeController_ofABackend_isRefused() {
        backend(store, 1, 0, "qusb", 4);
        VusbController seen = ledger.read(guest, Deadline.NEVER).controllers().get(0);

        assertThatIllegalArgumentException().isThrownBy(() -> ledger.removeController(guest, seen, Deadline.NEVER));
        assertThat(store.get("/libxl/1/device/vusb/0/type")).contains("qusb");
    }

    @Test
    void addController_returnsWhatTheNextReadShows() {
        withController();

        VusbController added = ledger.addController(guest, 1, Deadline.NEVER);

        assertThat(added.devid()).isEqualTo(1);
        assertThat(ledger.read(guest, Deadline.NEVER).controller(1)).contains(added);
    }

    @Test
    void addController_whenLibxlAddsOneMeanwhile_takesTheNextNumber() {
        AtomicBoolean once = new AtomicBoolean();
        store.interfere((operation, where) -> {
            if (operation == Operation.COMMIT && once.compareAndSet(false, true)) {
                controller(store, 1, 0, 2, 6);
            }
        });

        assertThat(ledger.addController(guest, 3, Deadline.NEVER).devid()).isEqualTo(1);
        assertThat(store.get("/libxl/1/device/vusb/0/usb-ver")).contains("2");
    }

    @Test
    void addController_withNoNumberLeft_failsWithNoRoom() {
        store.put("/libxl/1/device/vusb/999999999/type", "devicemodel");

        assertFails(() -> ledger.addController(guest, 3, Deadline.NEVER), BackendException.NO_ROOM);
    }

    @Test
    void removeController_thatIsIdle_removesIt() {
        VusbController added = ledger.addController(guest, 3, Deadline.NEVER);

        assertThat(ledger.removeController(guest, added, Deadline.NEVER)).isTrue();
        assertThat(ledger.removeController(guest, added, Deadline.NEVER)).isTrue();

        assertThat(store.tree("/libxl/1/device/vusb/0")).isEmpty();
    }

    @Test
    void removeController_thatLibxlUsesByNow_leavesIt() {
        VusbController added = ledger.addController(guest, 3, Deadline.NEVER);
        store.put("/libxl/1/device/vusb/0/port/1", "2-1.2");

        assertThat(ledger.removeController(guest, added, Deadline.NEVER)).isFalse();
        assertThat(store.get("/libxl/1/device/vusb/0/port/1")).contains("2-1.2");
    }

    @Test
    void removeController_thatIsAnotherOneByNow_leavesIt() {
        VusbController added = ledger.addController(guest, 3, Deadline.NEVER);
        store.drop("/libxl/1/device/vusb/0");
        controller(store, 1, 0, 2, 6);

        assertThat(ledger.removeController(guest, added, Deadline.NEVER)).isFalse();
        assertThat(store.get("/libxl/1/device/vusb/0/usb-ver")).contains("2");
    }

    @Test
    void read_ofAGuestThatIsGone_failsWithGuestGone() {
        destroy(store, guest);

        assertFails(() -> ledger.read(guest, Deadline.NEVER), BackendException.GUEST_GONE);
    }

    /** What changes something. */
    private enum Change {
        CLAIM {
            @Override
            void prepare(VusbLedgerTest test) {
                test.withController();
            }

            @Override
            void make(VusbLedgerTest test) {
                test.ledger.claim(test.guest, PORT, MARK, Deadline.NEVER);
            }
        },
        UNCLAIM {
            @Override
            void make(VusbLedgerTest test) {
                test.ledger.unclaim(test.guest, PORT, MARK, Deadline.NEVER);
            }
        },
        ANNOUNCE {
            @Override
            void prepare(VusbLedgerTest test) {
                test.withController();
            }

            @Override
            void make(VusbLedgerTest test) {
                test.ledger.announce(test.guest, PORT, MARK, Deadline.NEVER);
            }
        },
        CLEAR {
            @Override
            void make(VusbLedgerTest test) {
                test.ledger.clear(test.guest, PORT, DEVICE, Deadline.NEVER);
            }
        },
        RESTORE {
            @Override
            void prepare(VusbLedgerTest test) {
                test.claimed();
                test.store.put(PORT_NODE, "");
            }

            @Override
            void make(VusbLedgerTest test) {
                test.ledger.restore(test.guest, PORT, DEVICE, Deadline.NEVER);
            }
        },
        FORGET {
            @Override
            void make(VusbLedgerTest test) {
                test.ledger.forget(test.guest, PORT, MARK, Deadline.NEVER);
            }
        },
        REMOVE_CONTROLLER {
            @Override
            void prepare(VusbLedgerTest test) {
                test.withController();
            }

            @Override
            void make(VusbLedgerTest test) {
                VusbController seen = new VusbController(
                        0,
                        VusbType.DEVICEMODEL,
                        3,
                        OptionalInt.empty(),
                        IntStream.rangeClosed(1, 15)
                                .mapToObj(number -> VusbPort.free(new VusbPortId(0, number)))
                                .toList());
                test.ledger.removeController(test.guest, seen, Deadline.NEVER);
            }
        },
        ADD_CONTROLLER {
            @Override
            void prepare(VusbLedgerTest test) {}

            @Override
            void make(VusbLedgerTest test) {
                test.ledger.addController(test.guest, 3, Deadline.NEVER);
            }
        };

        void prepare(VusbLedgerTest test) {
            test.claimed();
        }

        abstract void make(VusbLedgerTest test);
    }

    @ParameterizedTest
    @EnumSource(Change.class)
    void change_whateverStepFails_leavesAllAsItWasOrAsItShouldBe(Change change) {
        change.prepare(this);
        SortedMap<String, String> before = store.tree("/libxl");
        SortedMap<String, String> after = afterwards(change);
        assertThat(after).isNotEqualTo(before);
        int failures = 0;
        for (int step = 1; ; step++) {
            reset(before);
            AtomicInteger left = new AtomicInteger(step);
            store.interfere((operation, where) -> {
                if (left.decrementAndGet() == 0) {
                    throw BackendException.of(BackendException.IO, "no answer").build();
                }
            });
            boolean failed = fails(change);
            store.interfere((operation, where) -> {});
            if (!failed) {
                break;
            }
            failures++;
            assertThat(store.tree("/libxl")).as("step %d", step).isIn(before, after);
            if (change != Change.ADD_CONTROLLER) {
                change.make(this);
                assertThat(store.tree("/libxl")).as("again after step %d", step).isEqualTo(after);
            }
        }
        assertThat(failures).isGreaterThanOrEqualTo(4);
    }

    private SortedMap<String, String> afterwards(Change change) {
        change.make(this);
        return store.tree("/libxl");
    }

    private boolean fails(Change change) {
        try {
            change.make(this);
            return false;
        } catch (BackendException e) {
            return true;
        }
    }

    private void reset(SortedMap<String, String> tree) {
        store.drop("/libxl");
        tree.forEach(store::put);
    }

    @ParameterizedTest
    @EnumSource(Change.class)
    void change_whenTheGuestGoesInTheMiddle_failsWithGuestGoneAndWritesNothing(Change change) {
        change.prepare(this);
        store.interfere((operation, where) -> {
            if (operation == Operation.COMMIT) {
                store.drop("/local/domain/1");
                store.drop("/libxl/1");
            }
        });

        assertFails(() -> change.make(this), BackendException.GUEST_GONE);

        assertThat(store.tree("/libxl/1")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Change.class)
    void change_ofAnEarlierInstance_failsWithGuestGoneAndLeavesThePresentOne(Change change) {
        change.prepare(this);
        FakeGuests.built(store, 1, guest.uuid(), "windows", "hvm", "1795383999.00");
        SortedMap<String, String> before = store.tree("/libxl/1");

        assertFails(() -> change.make(this), BackendException.GUEST_GONE);

        assertThat(store.tree("/libxl/1")).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(Change.class)
    void change_whenTheDomidIsAnotherGuestsByNow_failsWithGuestGone(Change change) {
        change.prepare(this);
        FakeGuests.built(store, 1, FakeGuests.uuid(77), "other", "hvm", FakeGuests.START_TIME);

        assertFails(() -> change.make(this), BackendException.GUEST_GONE);
        assertThat(DomainReader.isThere(store.by(Deadline.NEVER), guest)).isFalse();
    }
}
