package io.autousb.backend.qmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.DeviceMatch;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UntrustedText;
import io.autousb.xen.vusb.AttachmentMark;
import io.autousb.xen.vusb.VusbController;
import io.autousb.xen.vusb.VusbPort;
import io.autousb.xen.vusb.VusbPortId;
import io.autousb.xen.vusb.VusbState;
import io.autousb.xen.vusb.VusbType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerViewTest {

    private static final GuestId ID = new GuestId("xen", "7");
    private static final Guest GUEST = new Guest(ID, "alpha", "1", GuestState.RUNNING);
    private static final String PLACE = "2-1.4";
    private static final AttachmentMark MARK =
            AttachmentMark.of(PortPath.parse(PLACE), new DeviceAddress(2, 9), new Generation("0123456789ab"));

    /** As QEMU shows it: all ports but some are free. */
    private static GuestController seen(String bus, int usbVersion, Integer... taken) {
        List<GuestPort> ports = IntStream.rangeClosed(1, 4)
                .mapToObj(number -> new GuestPort(
                        bus, number, Set.of(), !Arrays.asList(taken).contains(number)))
                .toList();
        return new GuestController(bus, usbVersion, ports);
    }

    private static GuestInspection inspection(GuestController... controllers) {
        return new GuestInspection(GUEST, List.of(controllers), List.of());
    }

    /** As xenstore has it: what is on each port. */
    private static VusbController written(int devid, VusbType type, String... values) {
        List<VusbPort> ports = IntStream.rangeClosed(1, values.length)
                .mapToObj(number ->
                        new VusbPort(new VusbPortId(devid, number), Optional.of(UntrustedText.of(values[number - 1]))))
                .toList();
        return new VusbController(devid, type, 3, OptionalInt.of(4), ports);
    }

    private static VusbState ledger(Map<VusbPortId, AttachmentMark> marks, VusbController... controllers) {
        return new VusbState(
                List.of(controllers),
                Arrays.stream(controllers).map(VusbController::devid).toList(),
                marks);
    }

    private static List<Integer> free(GuestController controller) {
        return controller.ports().stream()
                .filter(GuestPort::free)
                .map(GuestPort::number)
                .toList();
    }

    @Test
    void of_controllersOfLibxls_comeFirstAndEachWithItsLastPortFirst() {
        GuestInspection view = LedgerView.of(
                inspection(seen("own.0", 3), seen("xenusb-0.0", 3)),
                ledger(Map.of(), written(0, VusbType.DEVICEMODEL, "", "", "", "")));

        assertThat(view.controllers()).extracting(GuestController::id).containsExactly("xenusb-0.0", "own.0");
        assertThat(free(view.controllers().get(0))).containsExactly(4, 3, 2, 1);
        assertThat(free(view.controllers().get(1))).containsExactly(1, 2, 3, 4);
    }

    @Test
    void of_aPortOfLibxls_isFreeOnlyIfBothSaySoAndNothingIsNotedOfIt() {
        GuestInspection view = LedgerView.of(
                inspection(seen("xenusb-0.0", 3, 2)),
                ledger(Map.of(new VusbPortId(0, 3), MARK), written(0, VusbType.DEVICEMODEL, PLACE, "", "", "")));

        assertThat(free(view.controllers().get(0))).containsExactly(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"xenusb-7.0", "xenusb-0.0"})
    void of_aControllerThatIsNamedAsLibxlsAndIsNot_hasNoFreePort(String bus) {
        GuestInspection view =
                LedgerView.of(inspection(seen(bus, 3)), ledger(Map.of(), written(0, VusbType.QUSB, "", "", "", "")));

        assertThat(view.controllers()).singleElement().satisfies(each -> {
            assertThat(each.id()).isEqualTo(bus);
            assertThat(each.ports()).hasSize(4);
            assertThat(free(each)).isEmpty();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"xenusb-07.0", "xenusb-x.0", "xenusb-1.1", "xenusb-1.0.0", "usb.0"})
    void of_anXhciOfAnotherName_isUsedAsItIs(String bus) {
        GuestController controller = seen(bus, 3, 1);

        assertThat(LedgerView.of(inspection(controller), ledger(Map.of())).controllers())
                .containsExactly(controller);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void of_aControllerForMiceAndTablets_hasNoFreePort(int usbVersion) {
        GuestInspection view = LedgerView.of(inspection(seen("usb.0", usbVersion)), ledger(Map.of()));

        assertThat(view.controllers())
                .singleElement()
                .satisfies(each -> assertThat(free(each)).isEmpty());
    }

    /** What QEMU has on the first port, under a handle. */
    private static Attachment attached(String handle) {
        return Attachment.builder(ID, handle)
                .port(new GuestPort("xenusb-0.0", 1, Set.of(), false))
                .address(new DeviceAddress(2, 9))
                .match(new DeviceMatch(0x46d, 0xc31c, 0, List.of()))
                .connected(false)
                .build();
    }

    private static Attachment view(Attachment attachment) {
        GuestInspection seen = new GuestInspection(GUEST, List.of(seen("xenusb-0.0", 3, 1)), List.of(attachment));
        VusbState ledger =
                ledger(Map.of(new VusbPortId(0, 1), MARK), written(0, VusbType.DEVICEMODEL, PLACE, "", "", ""));
        return LedgerView.of(seen, ledger).attachments().get(0);
    }

    @Test
    void of_anAttachmentThatIsMarked_isOursAndKeepsWhatQemuSays() {
        Attachment attached = attached(MARK.handle());

        assertThat(view(attached))
                .isEqualTo(new Attachment(
                        ID,
                        MARK.handle(),
                        attached.port(),
                        attached.address(),
                        Optional.of(MARK.path()),
                        Optional.of(MARK.generation()),
                        true,
                        attached.match(),
                        false));
    }

    @Test
    void of_anAttachmentOnAPortWithAnotherMark_isNotOurs() {
        Attachment attached = attached("xenusb-2-10");

        assertThat(view(attached)).isEqualTo(attached);
    }
}
