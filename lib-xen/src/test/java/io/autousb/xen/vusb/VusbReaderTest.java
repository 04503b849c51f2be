package io.autousb.xen.vusb;

import static io.autousb.xen.FakeGuests.backend;
import static io.autousb.xen.FakeGuests.controller;
import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbSpeed;
import io.autousb.linux.Deadline;
import io.autousb.xen.MemoryXenstore;
import io.autousb.xen.Recorded;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VusbReaderTest {

    private static final String MARK = "1 2-1.1 0123456789ab xenusb-2-3";

    private final MemoryXenstore store = new MemoryXenstore();

    @AfterEach
    void close() {
        store.close();
    }

    private VusbState read(int domid) {
        return new VusbReader(store.by(Deadline.NEVER), domid).state();
    }

    private VusbPort port(int controller, int number) {
        return read(1).port(new VusbPortId(controller, number)).orElseThrow();
    }

    @Test
    void read_aRecordedHvmGuest_showsTheDeviceOnItsPort() {
        Recorded.load(store, "hvm-with-device");

        VusbController controller = read(1).controllers().get(0);

        assertThat(controller.type()).isEqualTo(VusbType.DEVICEMODEL);
        assertThat(controller.usbVersion()).isEqualTo(3);
        assertThat(controller.bus()).isEqualTo("xenusb-0.0");
        assertThat(controller.ports()).hasSize(15);
        assertThat(controller.ports().get(0).device()).contains(PortPath.parse("2-1.1"));
        assertThat(controller.ports().get(0).isFree()).isFalse();
        assertThat(controller.ports().subList(1, 15)).allMatch(VusbPort::isFree);
    }

    @Test
    void read_aRecordedPvGuest_takesThePortsFromTheBackend() {
        Recorded.load(store, "pv-qusb-device");

        VusbController controller = read(5).controllers().get(0);

        assertThat(controller.type()).isEqualTo(VusbType.QUSB);
        assertThat(controller.ports()).hasSize(4);
        assertThat(controller.ports().get(0).device()).contains(PortPath.parse("2-2"));
    }

    @Test
    void read_nodesBeyondTheNumberOfPorts_areNoPorts() {
        Recorded.load(store, "hvm-replugged"); // has a port/99 that a failed attach left

        assertThat(read(1).ports()).hasSize(15);
        assertThat(read(1).port(new VusbPortId(0, 99))).isEmpty();
    }

    @Test
    void read_ofAGuestWithoutControllers_isEmpty() {
        Recorded.load(store, "pvh");

        assertThat(read(5).controllers()).isEmpty();
        assertThat(read(5).nextDevid()).hasValue(0);
    }

    @Test
    void read_aPortWithoutNode_isNotFree() {
        controller(store, 1, 0, 3, 2);
        store.drop("/libxl/1/device/vusb/0/port/1");

        assertThat(port(0, 1).isFree()).isFalse();
        assertThat(port(0, 1).isTaken()).isFalse();
    }

    @Test
    void read_aPortWithNoBusId_isTakenByNothingKnown() {
        controller(store, 1, 0, 3, 2);
        store.put("/libxl/1/device/vusb/0/port/1", "usb2").put("/libxl/1/device/vusb/0/port/2", "../x\u001b");

        assertThat(port(0, 1).isTaken()).isTrue();
        assertThat(port(0, 1).device()).isEmpty();
        assertThat(port(0, 2).device()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"type,vusb", "usb-ver,0", "usb-ver,4", "usb-ver,x", "num-ports,32", "num-ports,-1", "num-ports,''"})
    void read_aControllerThatLibxlCouldNotHaveWritten_isLeftOutAndItsNumberKept(String node, String value) {
        controller(store, 1, 3, 3, 2);
        store.put("/libxl/1/device/vusb/3/" + node, value);

        assertThat(read(1).controllers()).isEmpty();
        assertThat(read(1).nextDevid()).hasValue(4);
    }

    @Test
    void read_aControllerThatAnotherDomainServes_isLeftOut() {
        backend(store, 1, 0, "qusb", 4);
        store.put("/libxl/1/device/vusb/0/backend", "/local/domain/7/backend/qusb/1/0");

        assertThat(read(1).controllers()).isEmpty();
    }

    @Test
    void read_aPvController_hasItsPortsAtItsOwnBackend() {
        backend(store, 1, 0, "pv", 4);
        store.put("/local/domain/0/backend/vusb/1/0/port/4", "1-2");

        assertThat(port(0, 4).device()).contains(PortPath.parse("1-2"));
    }

    @Test
    void read_marks_belongToTheirPorts() {
        controller(store, 1, 0, 3, 2);
        store.put("/libxl/1/auto-usb-attach/vusb/0/2", MARK).put("/libxl/1/device/vusb/0/port/2", "2-1.1");

        assertThat(read(1).ours(port(0, 2))).map(AttachmentMark::handle).contains("xenusb-2-3");
        assertThat(read(1).ours(port(0, 1))).isEmpty();
    }

    @Test
    void read_aMarkWhosePortHasSomethingElseByNow_isNotOfWhatIsThere() {
        controller(store, 1, 0, 3, 2);
        store.put("/libxl/1/auto-usb-attach/vusb/0/2", MARK).put("/libxl/1/device/vusb/0/port/2", "2-1.2");

        assertThat(read(1).ours(port(0, 2))).isEmpty();
    }

    @Test
    void read_numbersThatLibxlDoesNotWrite_areLeftOut() {
        controller(store, 1, 3, 3, 2);
        store.put("/libxl/1/device/vusb/04/type", "devicemodel")
                .put("/libxl/1/device/vusb/12345678901/type", "devicemodel")
                .put("/libxl/1/device/vusb/x/type", "devicemodel");

        assertThat(read(1).devids()).containsExactly(3);
    }

    @Test
    void read_moreControllersThanAnyGuestHas_leavesOutTheLast() {
        for (int devid = 0; devid <= 64; devid++) {
            controller(store, 1, devid, 1, 1);
        }

        assertThat(read(1).controllers()).hasSize(64);
        assertThat(read(1).nextDevid()).hasValue(65);
    }

    @Test
    void read_controllers_areInTheOrderOfTheirNumbers() {
        controller(store, 1, 10, 3, 1);
        controller(store, 1, 9, 3, 1);

        assertThat(read(1).controllers()).extracting(VusbController::devid).containsExactly(9, 10);
    }

    @Test
    void find_aPortThatIsNotThere_isEmpty() {
        controller(store, 1, 0, 3, 2);

        assertThat(read(1).find(new GuestPort("xenusb-0.0", 3, Set.of(UsbSpeed.FULL), true)))
                .isEmpty();
        assertThat(read(1).find(new GuestPort("xenusb-1.0", 1, Set.of(UsbSpeed.FULL), true)))
                .isEmpty();
    }

    @Test
    void read_marksOfNoPort_areLeftOut() {
        store.put("/libxl/1/auto-usb-attach/vusb/x/1", MARK)
                .put("/libxl/1/auto-usb-attach/vusb/0/0", MARK)
                .put("/libxl/1/auto-usb-attach/vusb/0/32", MARK)
                .put("/libxl/1/auto-usb-attach/vusb/0/1", "something else");

        assertThat(read(1).marks()).isEmpty();
    }

    @Test
    void freePort_isTheHighestThatIsFreeAndNotMarked() {
        controller(store, 1, 0, 3, 4);
        store.put("/libxl/1/device/vusb/0/port/4", "2-1.2").put("/libxl/1/auto-usb-attach/vusb/0/3", MARK);

        assertThat(read(1).freePort(0)).map(VusbPort::id).contains(new VusbPortId(0, 2));
    }

    @Test
    void freePort_ofAFullController_isEmpty() {
        controller(store, 1, 0, 3, 1);
        store.put("/libxl/1/device/vusb/0/port/1", "2-1.2");

        assertThat(read(1).freePort(0)).isEmpty();
        assertThat(read(1).freePort(1)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0,false", "1,false", "2,true", "3,true", "4,true", "5,false", "6,false", "x,false"})
    void freePort_isOfABackendThatServes(String state, boolean usable) {
        backend(store, 1, 0, "pv", 4);
        store.put("/local/domain/0/backend/vusb/1/0/state", state);

        assertThat(read(1).freePort(0).isPresent()).isEqualTo(usable);
        assertThat(read(1).guestControllers().get(0).ports())
                .extracting(GuestPort::free)
                .containsOnly(usable);
    }

    @Test
    void nextDevid_isAfterTheHighestWhateverTheOrder() {
        controller(store, 1, 10, 3, 1);
        controller(store, 1, 9, 3, 1);

        assertThat(read(1).nextDevid()).hasValue(11);
    }

    @Test
    void guestControllers_haveTheClaimablePortsAsFreeOnesAndTheLastFirst() {
        controller(store, 1, 0, 3, 4);
        store.put("/libxl/1/device/vusb/0/port/1", "2-1.2").put("/libxl/1/auto-usb-attach/vusb/0/3", MARK);

        GuestController shown = read(1).guestControllers().get(0);

        assertThat(shown.id()).isEqualTo("xenusb-0.0");
        assertThat(shown.ports()).extracting(GuestPort::number).containsExactly(4, 3, 2, 1);
        assertThat(shown.ports()).extracting(GuestPort::free).containsExactly(true, false, true, false);
        assertThat(read(1).find(shown.ports().get(2))).contains(new VusbPortId(0, 2));
    }

    @ParameterizedTest
    @CsvSource({"1,LOW,true", "1,HIGH,false", "2,HIGH,true", "2,FULL,false", "3,SUPER,true", "3,LOW,true"})
    void speeds_ofEmulatedControllers_areThoseThatQemuTakes(int version, UsbSpeed speed, boolean fits) {
        controller(store, 1, 0, version, 2);

        Set<UsbSpeed> speeds = read(1).controllers().get(0).speeds();

        assertThat(speeds.contains(speed)).isEqualTo(fits);
    }

    @Test
    void speeds_ofBackends_areThoseBelowSuperSpeed() {
        backend(store, 1, 0, "qusb", 4);

        assertThat(read(1).controllers().get(0).speeds())
                .containsExactlyInAnyOrder(UsbSpeed.LOW, UsbSpeed.FULL, UsbSpeed.HIGH);
    }
}
