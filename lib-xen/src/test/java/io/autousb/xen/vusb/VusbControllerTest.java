package io.autousb.xen.vusb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VusbControllerTest {

    private static VusbController controller(int devid, VusbType type, int version, int ports) {
        List<VusbPort> free = IntStream.rangeClosed(1, ports)
                .mapToObj(number -> VusbPort.free(new VusbPortId(0, number)))
                .toList();
        return new VusbController(devid, type, version, OptionalInt.empty(), free);
    }

    @ParameterizedTest
    @CsvSource({"-1, 3, 15", "0, 0, 15", "0, 4, 15"})
    void create_withNumbersThatThereAreNone_isRefused(int devid, int version, int ports) {
        assertThatIllegalArgumentException().isThrownBy(() -> controller(devid, VusbType.DEVICEMODEL, version, ports));
    }

    @Test
    void create_withMorePortsThanThereCanBe_isRefused() {
        List<VusbPort> many = Collections.nCopies(VusbController.MAX_PORTS + 1, VusbPort.free(new VusbPortId(0, 1)));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new VusbController(0, VusbType.QUSB, 2, OptionalInt.empty(), many));
    }

    @ParameterizedTest
    @CsvSource({"-1, 1", "0, 0"})
    void createAPortId_ofNoPort_isRefused(int controller, int number) {
        assertThatIllegalArgumentException().isThrownBy(() -> new VusbPortId(controller, number));
    }

    @ParameterizedTest
    @CsvSource({
        "0, DEVICEMODEL, 3, 15, true",
        "1, DEVICEMODEL, 3, 15, false",
        "0, QUSB, 3, 15, false",
        "0, DEVICEMODEL, 2, 15, false",
        "0, DEVICEMODEL, 3, 14, false"
    })
    void isLike_another_ifAllButItsPortsValuesIsEqual(int devid, VusbType type, int version, int ports, boolean like) {
        VusbController seen = controller(0, VusbType.DEVICEMODEL, 3, 15);

        assertThat(controller(devid, type, version, ports).isLike(seen)).isEqualTo(like);
    }
}
