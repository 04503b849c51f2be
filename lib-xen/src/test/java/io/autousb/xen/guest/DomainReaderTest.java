package io.autousb.xen.guest;

import static io.autousb.xen.FakeGuests.START_TIME;
import static io.autousb.xen.FakeGuests.built;
import static io.autousb.xen.FakeGuests.hvm;
import static io.autousb.xen.FakeGuests.pv;
import static io.autousb.xen.FakeGuests.uuid;
import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.UntrustedText;
import io.autousb.linux.Deadline;
import io.autousb.xen.MemoryXenstore;
import io.autousb.xen.Recorded;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DomainReaderTest {

    private final MemoryXenstore store = new MemoryXenstore();

    @AfterEach
    void close() {
        store.close();
    }

    private XenGuest read(int domid) {
        return DomainReader.read(store.by(Deadline.NEVER), domid).orElseThrow();
    }

    private void assertNoGuest(int domid) {
        assertThat(DomainReader.read(store.by(Deadline.NEVER), domid)).isEmpty();
    }

    @Test
    void read_aRecordedHvmGuest_knowsItsDeviceModel() {
        Recorded.load(store, "hvm-with-controller");

        XenGuest guest = read(1);

        assertThat(guest.name()).isEqualTo(UntrustedText.of("windows"));
        assertThat(guest.id()).isEqualTo(new GuestId("xen", "97ba20bb-3785-4b1d-b7bc-36443b0fdfa2"));
        assertThat(guest.type()).isEqualTo(XenGuest.Type.HVM);
        assertThat(guest.instance()).isEqualTo("domain 1 built 1795383260.15");
        assertThat(guest.deviceModel().isRunning()).isTrue();
        assertThat(guest.deviceModel().pid()).hasValue(363);
        assertThat(XenAdapter.of(guest)).isEqualTo(XenAdapter.XEN_QMP);
    }

    @Test
    void read_aRecordedPvGuest_belongsToXl() {
        Recorded.load(store, "hvm-with-controller");

        assertThat(read(5).type()).isEqualTo(XenGuest.Type.PV);
        assertThat(XenAdapter.of(read(5))).isEqualTo(XenAdapter.XL);
    }

    @Test
    void domids_ofARecordedHost_areAllButTheControlDomain() {
        Recorded.load(store, "hvm-with-controller");

        assertThat(DomainReader.domids(store.by(Deadline.NEVER))).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void domids_ofNoGuest_areNone() {
        Recorded.load(store, "no-guest");

        assertThat(DomainReader.domids(store.by(Deadline.NEVER))).isEmpty();
    }

    @Test
    void domids_leavesOutWhatIsNone() {
        store.put("/local/domain/007", "").put("/local/domain/x", "").put("/local/domain/32752", "");
        store.put("/local/domain/32751", "").put("/local/domain/10", "").put("/local/domain/9", "");

        assertThat(DomainReader.domids(store.by(Deadline.NEVER))).containsExactly(9, 10, 32751);
    }

    @Test
    void read_aPvhGuest_belongsToXl() {
        built(store, 3, uuid(3), "pvh", "pvh", START_TIME);

        assertThat(XenAdapter.of(read(3))).isEqualTo(XenAdapter.XL);
    }

    @Test
    void read_whatTheFakeWrites_isWhatItSays() {
        assertThat(hvm(store, 7, "windows")).isEqualTo(read(7));
        assertThat(pv(store, 8, "para")).isEqualTo(read(8));
    }

    @Test
    void read_aDomainThatIsNotBuiltYet_isNoGuest() {
        hvm(store, 7, "windows");
        store.drop("/local/domain/7/domid");

        assertNoGuest(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"name", "vm", "domid"})
    void read_aDomainThatIsBeingRemoved_isNoGuest(String node) {
        hvm(store, 7, "windows");
        store.drop("/local/domain/7/" + node);

        assertNoGuest(7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/vm/97BA20BB-3785-4B1D-B7BC-36443B0FDFA2",
                "/vm/1-2-3-4-5",
                "/local/97ba20bb-3785-4b1d-b7bc-36443b0fdfa2",
                "/vm/97ba20bb-3785-4b1d-b7bc-36443b0fdfa2/x",
                ""
            })
    void read_aDomainWithoutUuid_isNoGuest(String vm) {
        hvm(store, 7, "windows");
        store.put("/local/domain/7/vm", vm);

        assertNoGuest(7);
    }

    @Test
    void read_aHostileName_isPrintedSafely() {
        hvm(store, 7, "a\u001b[31m\nb");

        assertThat(read(7).toString()).isEqualTo("guest a\\x1b[31m\\x0ab (domain 7)");
    }

    @Test
    void read_aStartTimeThatIsNone_countsAsNotSaid() {
        hvm(store, 7, uuid(7), "windows", "soon\n");

        assertThat(read(7).instance()).isEqualTo("domain 7");
    }

    @Test
    void read_aStubdomain_takesTheStateFromThere() {
        hvm(store, 7, "windows");
        store.put("/local/domain/7/image/device-model-domid", "8")
                .put("/local/domain/0/device-model/7/state", "running");

        assertThat(read(7).deviceModel().isRunning()).isFalse();
        store.put("/local/domain/8/device-model/7/state", "running");
        assertThat(read(7).deviceModel().isRunning()).isTrue();
        assertThat(read(7).deviceModel().stubdomain()).isEqualTo(OptionalInt.of(8));
    }

    @ParameterizedTest
    @CsvSource({
        "/local/domain/7/image/device-model-domid,8",
        "/local/domain/7/image/device-model-kill-uid,65540",
        "/libxl/7/dm-version,qemu_xen_traditional",
        "/libxl/7/type,pvh"
    })
    void adapter_ofAGuestWhoseDeviceModelCannotBeUsed_isXl(String node, String value) {
        hvm(store, 7, "windows");
        assertThat(XenAdapter.of(read(7))).isEqualTo(XenAdapter.XEN_QMP);

        store.put(node, value);

        assertThat(XenAdapter.of(read(7))).isEqualTo(XenAdapter.XL);
    }

    @Test
    void isThere_ofTheSameGuestUnderAnotherName_isTrue() {
        XenGuest guest = hvm(store, 7, "windows");
        store.put("/local/domain/7/name", "other");

        assertThat(DomainReader.isThere(store.by(Deadline.NEVER), guest)).isTrue();
    }

    @Test
    void isMigrating_byItsName() {
        assertThat(hvm(store, 7, "windows--incoming").isMigrating()).isTrue();
        assertThat(hvm(store, 8, "windows--migratedaway").isMigrating()).isTrue();
        assertThat(hvm(store, 9, "windows").isMigrating()).isFalse();
    }
}
