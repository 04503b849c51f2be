package io.autousb.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.linux.Recordings.RecordedUevent;
import io.autousb.linux.Uevent.Origin;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UeventTest {

    private static final String PATH = "/devices/pci0000:00/0000:00:14.0/usb1/1-1";

    @Test
    void parse_ofRecordedMessages_readsAll() {
        assertThat(Recordings.uevents())
                .filteredOn(UeventTest::isOfUsb)
                .hasSizeGreaterThan(50)
                .allSatisfy(recorded -> assertThat(parse(recorded))
                        .hasValueSatisfying(
                                event -> assertThat(recorded.message().sender().isGenuine(event.origin()))
                                        .isTrue()));
        assertThat(Recordings.uevents())
                .filteredOn(recorded -> !isOfUsb(recorded))
                .isNotEmpty()
                .allSatisfy(recorded -> assertThat(parse(recorded)).isEmpty());
    }

    @Test
    void parse_ofARecordedPlug_tellsTheKernelsSteps() {
        assertThat(steps("plug-keyboard-2-1", Origin.KERNEL))
                .containsExactly(
                        "add usb_device 2-1",
                        "change usb_device 2-1",
                        "add usb_interface 2-1:1.0",
                        "bind usb_interface 2-1:1.0",
                        "bind usb_device 2-1");
    }

    @Test
    void parse_ofARecordedUnplug_tellsTheSameStepsTwice() {
        List<String> steps = List.of(
                "unbind usb_interface 2-1:1.0",
                "remove usb_interface 2-1:1.0",
                "unbind usb_device 2-1",
                "remove usb_device 2-1");
        assertThat(steps("unplug-keyboard-2-1", Origin.KERNEL)).isEqualTo(steps);
        assertThat(steps("unplug-keyboard-2-1", Origin.UDEV)).isEqualTo(steps);
    }

    @Test
    void parse_ofARecordedTrigger_tellsThatItIsSynthetic() {
        assertThat(events("echo-add-to-uevent-2-1.1")).hasSize(2).allMatch(Uevent::synthetic);
        assertThat(events("plug-hub-2-1")).noneMatch(Uevent::synthetic);
    }

    @Test
    void parse_ofARecordedPlug_tellsTheDevicesNumber() {
        assertThat(events("plug-keyboard-2-1"))
                .filteredOn(event -> event.devtype().equals("usb_device"))
                .isNotEmpty()
                .allMatch(event -> event.devnum() > 1);
        assertThat(events("plug-keyboard-2-1"))
                .filteredOn(event -> event.devtype().equals("usb_interface"))
                .isNotEmpty()
                .allMatch(event -> event.devnum() < 0);
    }

    @Test
    void parse_ofAMessageCutShort_neverThrows() {
        for (RecordedUevent recorded : Recordings.uevents()) {
            byte[] bytes = recorded.message().payload().array();
            for (int length = 0; length < bytes.length; length++) {
                Uevent.parse(ByteBuffer.wrap(bytes, 0, length));
            }
        }
    }

    @Test
    void parse_ofADamagedMessage_tellsOnlyValidPaths() {
        Random random = new Random(20261122);
        List<RecordedUevent> recorded = Recordings.uevents();
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = recorded.get(random.nextInt(recorded.size()))
                    .message()
                    .payload()
                    .array()
                    .clone();
            for (int j = random.nextInt(6); j >= 0; j--) {
                int range = random.nextBoolean() ? Math.min(40, bytes.length) : bytes.length;
                bytes[random.nextInt(range)] = (byte) random.nextInt(256);
            }
            Uevent.parse(ByteBuffer.wrap(bytes)).ifPresent(UeventTest::assertValid);
        }
    }

    @Test
    void parse_ofRandomBytes_neverThrows() {
        Random random = new Random(17);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(100)];
            random.nextBytes(bytes);
            if (random.nextBoolean()) {
                byte[] prefix = "libudev\0\u00fe\u00ed\u00ca\u00fe".getBytes(StandardCharsets.ISO_8859_1);
                System.arraycopy(prefix, 0, bytes, 0, Math.min(prefix.length, bytes.length));
            }
            Uevent.parse(ByteBuffer.wrap(bytes)).ifPresent(UeventTest::assertValid);
        }
    }

    @Test
    void parse_ofAPartOfABuffer_leavesItAsItIs() {
        byte[] message = kernel("add", PATH);
        ByteBuffer buffer = ByteBuffer.allocate(message.length + 20);
        buffer.position(10).put(message).flip().position(10);
        assertThat(Uevent.parse(buffer)).isPresent();
        assertThat(buffer.position()).isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/etc/passwd",
                "/devices/../../etc/1-1",
                "/devices/pci/..",
                "/devices/1-1/",
                "/devices/a b/1-1",
                "/devices/\u001b[31m/1-1",
                "devices/1-1",
                ""
            })
    void parse_ofAPathThatIsNone_isRefused(String devpath) {
        assertThat(Uevent.parse(ByteBuffer.wrap(kernel("add", devpath)))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "add now", "add\n", "addaddaddaddadda d", "abcdefghijklmnopq"})
    void parse_ofAnActionThatIsNone_isRefused(String action) {
        assertThat(Uevent.parse(ByteBuffer.wrap(kernel(action, PATH)))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "SUBSYSTEM=input\0", "SUBSYSTEM=usbmisc\0", "SUBSYSTEM=\0"})
    void parse_ofAnotherSubsystem_isNone(String subsystem) {
        String text = "add@" + PATH + "\0ACTION=add\0DEVPATH=" + PATH + "\0" + subsystem + "SEQNUM=1\0";
        assertThat(Uevent.parse(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII))))
                .isEmpty();
    }

    @Test
    void parse_whenTheHeadDisagrees_isRefused() {
        String text = "add@" + PATH + "\0ACTION=remove\0DEVPATH=" + PATH + "\0SUBSYSTEM=usb\0";
        assertThat(Uevent.parse(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII))))
                .isEmpty();
    }

    @Test
    void parse_whenUdevsHeaderPointsOutside_isRefused() {
        byte[] good = Recordings.uevents().stream()
                .filter(recorded -> recorded.message().sender().groups() == UeventSender.UDEV_GROUP)
                .findFirst()
                .orElseThrow()
                .message()
                .payload()
                .array();
        assertThat(Uevent.parse(ByteBuffer.wrap(good))).isPresent();
        for (int field : List.of(16, 20)) {
            for (int value : List.of(-1, Integer.MAX_VALUE, Integer.MIN_VALUE, good.length + 1, field == 16 ? 0 : -2)) {
                byte[] bad = Arrays.copyOf(good, good.length);
                ByteBuffer.wrap(bad).order(ByteOrder.nativeOrder()).putInt(field, value);
                assertThat(Uevent.parse(ByteBuffer.wrap(bad))).isEmpty();
            }
        }
    }

    @Test
    void isGenuine_ofOthersThanKernelAndUdev_isFalse() {
        assertThat(new UeventSender(0, 1, 0).isGenuine(Origin.KERNEL)).isTrue();
        assertThat(new UeventSender(4711, 1, 0).isGenuine(Origin.KERNEL)).isFalse();
        assertThat(new UeventSender(0, 2, 0).isGenuine(Origin.KERNEL)).isFalse();
        assertThat(new UeventSender(0, 0, 0).isGenuine(Origin.KERNEL)).isFalse();
        assertThat(new UeventSender(0, 1, 1000).isGenuine(Origin.KERNEL)).isFalse();
        assertThat(new UeventSender(0, 1, -1).isGenuine(Origin.KERNEL)).isFalse();
        assertThat(new UeventSender(-1842075428, 2, 0).isGenuine(Origin.UDEV)).isTrue();
        assertThat(new UeventSender(4711, 2, 1000).isGenuine(Origin.UDEV)).isFalse();
        assertThat(new UeventSender(0, 1, 0).isGenuine(Origin.UDEV)).isFalse();
    }

    private static void assertValid(Uevent event) {
        assertThat(event.devpath())
                .startsWith("/devices/")
                .doesNotContain("/../")
                .isPrintable()
                .isASCII();
        assertThat(event.action()).matches("[A-Za-z0-9_-]{1,16}");
    }

    private static byte[] kernel(String action, String devpath) {
        String text = action + '@' + devpath + "\0ACTION=" + action + "\0DEVPATH=" + devpath + "\0SUBSYSTEM=usb\0";
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static List<String> steps(String step, Origin origin) {
        return events(step).stream()
                .filter(event -> event.origin() == origin)
                .map(event -> event.action() + " " + event.devtype() + " " + event.name())
                .toList();
    }

    private static List<Uevent> events(String step) {
        return Recordings.uevents().stream()
                .filter(recorded -> recorded.step().equals(step))
                .map(UeventTest::parse)
                .flatMap(Optional::stream)
                .toList();
    }

    private static boolean isOfUsb(RecordedUevent recorded) {
        return StandardCharsets.ISO_8859_1
                .decode(recorded.message().payload().duplicate())
                .toString()
                .contains("\0SUBSYSTEM=usb\0");
    }

    private static Optional<Uevent> parse(RecordedUevent recorded) {
        return Uevent.parse(recorded.message().payload());
    }
}
