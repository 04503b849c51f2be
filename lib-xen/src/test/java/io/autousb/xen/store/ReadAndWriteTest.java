package io.autousb.xen.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.xen.store.FakeXenstored.Manners;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Nodes are read, listed, written and removed, with either daemon. */
class ReadAndWriteTest extends StoreTest {

    private static final XenstorePath DOMAINS = XenstorePath.of("/local/domain");

    @ParameterizedTest
    @EnumSource
    void read_whenNodeExists_returnsItsValue(Manners manners) {
        open(manners);
        fake.put(PORT.text(), "3-1.5");
        assertThat(nodes().read(PORT)).contains("3-1.5");
    }

    @ParameterizedTest
    @EnumSource
    void read_whenNodeIsEmpty_returnsAnEmptyText(Manners manners) {
        open(manners);
        fake.put(PORT.text(), "");
        assertThat(nodes().read(PORT)).contains("");
        assertThat(nodes().read(PORT.parent())).contains("");
        assertThat(nodes().read(XenstorePath.ROOT)).contains("");
    }

    @ParameterizedTest
    @EnumSource
    void read_whenThereIsNoNode_isEmpty(Manners manners) {
        open(manners);
        assertThat(nodes().read(PORT)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void read_whenValueIsHostile_returnsItAsItIs(Manners manners) {
        open(manners);
        fake.putRaw("/a", "x\0y\u001b[31m\n\u00e4");
        assertThat(nodes().read(XenstorePath.of("/a"))).contains("x\0y\u001b[31m\n\ufffd");
    }

    @ParameterizedTest
    @EnumSource
    void write_whenNothingIsThere_makesAllOnTheWay(Manners manners) {
        open(manners);
        nodes().write(PORT, "3-1.5");
        assertThat(fake.dump()).containsOnly(java.util.Map.entry(PORT.text(), "3-1.5"));
        assertThat(fake.get("/libxl/3")).contains("");
    }

    @ParameterizedTest
    @EnumSource
    void write_whenNodeExists_replacesItsValue(Manners manners) {
        open(manners);
        fake.put(PORT.text(), "3-1.5");
        nodes().write(PORT, "");
        assertThat(fake.get(PORT.text())).contains("");
    }

    @ParameterizedTest
    @EnumSource
    void write_whenValueIsNotAscii_isReadAsItWasWritten(Manners manners) {
        open(manners);
        nodes().write(PORT, "B\u00fcro \ud83d\udd0c");
        assertThat(fake.get(PORT.text())).contains("B\u00fcro \ud83d\udd0c");
        assertThat(nodes().read(PORT)).contains("B\u00fcro \ud83d\udd0c");
    }

    @ParameterizedTest
    @EnumSource
    void remove_whenNodeExists_takesAllBelowAlong(Manners manners) {
        open(manners);
        fake.put(PORT.text(), "3-1.5");
        nodes().remove(XenstorePath.of("/libxl/3/device"));
        assertThat(fake.get(PORT.text())).isEmpty();
        assertThat(fake.get("/libxl/3")).contains("");
    }

    @ParameterizedTest
    @EnumSource
    void remove_whenLeafOrParentIsMissing_isContent(Manners manners) {
        open(manners);
        fake.put("/libxl/3", "");
        nodes().remove(XenstorePath.of("/libxl/4"));
        nodes().remove(PORT);
        assertThat(fake.requests("RM")).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void remove_ofTheRoot_isADefectOfTheCaller(Manners manners) {
        open(manners);
        assertThatThrownBy(() -> nodes().remove(XenstorePath.ROOT)).isInstanceOf(IllegalArgumentException.class);
        assertThat(fake.requests("RM")).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void list_whenNodeHasChildren_namesThem(Manners manners) {
        open(manners);
        fake.put("/local/domain/0/name", "Domain-0");
        fake.put("/local/domain/12/name", "windows");
        assertThat(nodes().list(DOMAINS).orElseThrow()).containsExactlyInAnyOrder("0", "12");
    }

    @ParameterizedTest
    @EnumSource
    void list_whenNodeHasNone_isAnEmptyList(Manners manners) {
        open(manners);
        fake.put("/local/domain", "");
        assertThat(nodes().list(DOMAINS)).contains(List.of());
    }

    @ParameterizedTest
    @EnumSource
    void list_whenThereIsNoNode_isEmpty(Manners manners) {
        open(manners);
        assertThat(nodes().list(DOMAINS)).isEmpty();
    }

    /** 300 names are more than 4096 bytes, 3000 more than 8192 and more than the decoder's first buffer. */
    @ParameterizedTest
    @CsvSource({"C, 300", "C, 3000", "OCAML, 300", "OCAML, 3000"})
    void list_whenLong_isComplete(Manners manners, int count) {
        open(manners);
        List<String> names =
                IntStream.range(0, count).mapToObj(i -> "guest-number-" + i).toList();
        names.forEach(name -> fake.put(DOMAINS.child(name).text(), ""));
        assertThat(nodes().list(DOMAINS).orElseThrow()).containsExactlyInAnyOrderElementsOf(names);
        assertThat(fake.requests("DIRECTORY_PART") > 0).isEqualTo(manners == Manners.C);
    }

    /** The last byte of a part may be the last of the list, or not. */
    @Test
    void list_whenLongAndOfAnyLength_isComplete() {
        open(Manners.C);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            names.add("n".repeat(250) + (char) ('a' + i));
            fake.put(DOMAINS.child(names.get(i)).text(), "");
        }
        for (int length = 1; length < 100; length++) {
            String more = "m".repeat(length);
            fake.put(DOMAINS.child(more).text(), "");
            names.add(more);
            assertThat(nodes().list(DOMAINS).orElseThrow()).containsExactlyElementsOf(names);
        }
    }

    @Test
    void list_whenItChangesBetweenParts_beginsAnew() {
        open(Manners.C);
        IntStream.range(0, 1000).forEach(i -> fake.put("/local/domain/guest-" + i, ""));
        fake.faults().before("DIRECTORY_PART", () -> {});
        fake.faults().before("DIRECTORY_PART", () -> fake.delete("/local/domain/guest-0"));
        assertThat(nodes().list(DOMAINS).orElseThrow()).hasSize(999).doesNotContain("guest-0");
    }

    @Test
    void list_whenItNeverStopsChanging_givesUp() {
        open(Manners.C);
        IntStream.range(0, 1000).forEach(i -> fake.put("/local/domain/guest-" + i, ""));
        for (int i = 0; i < 2 * RemoteNodes.MAX_LIST_ATTEMPTS; i++) {
            fake.faults().before("DIRECTORY_PART", () -> fake.put("/local/domain/guest-0", ""));
            fake.faults().before("DIRECTORY_PART", () -> fake.put("/local/domain", "changed"));
        }
        BackendException failure = failure(() -> nodes().list(DOMAINS));
        assertThat(failure.code()).isEqualTo(Xenstore.CONFLICT);
        assertThat(failure.retry()).isEqualTo(Retry.BACK_OFF);
        assertThat(fake.requests("DIRECTORY_PART")).isEqualTo(2 * RemoteNodes.MAX_LIST_ATTEMPTS);
    }

    @Test
    void list_whenRemovedBetweenParts_isEmpty() {
        open(Manners.C);
        IntStream.range(0, 1000).forEach(i -> fake.put("/local/domain/guest-" + i, ""));
        fake.faults().before("DIRECTORY_PART", () -> fake.delete("/local/domain"));
        assertThat(nodes().list(DOMAINS)).isEmpty();
    }

    @Test
    void list_whenTooLongAndThereAreNoParts_saysSo() {
        open(Manners.OCAML);
        fake.faults().refuse("DIRECTORY", "E2BIG");
        BackendException failure = failure(() -> nodes().list(DOMAINS));
        assertThat(failure.code()).isEqualTo(BackendException.UNSUPPORTED);
        assertThat(failure.getMessage()).contains("DIRECTORY_PART", "ENOSYS");
    }

    @ParameterizedTest
    @CsvSource({
        "EACCES, no-permission, NEVER",
        "EPERM, no-permission, NEVER",
        "EROFS, no-permission, NEVER",
        "EINVAL, refused, NEVER",
        "EISDIR, refused, NEVER",
        "ENOTEMPTY, refused, NEVER",
        "E2BIG, invalid, NEVER",
        "ENOSYS, unsupported, NEVER",
        "EEXIST, refused, BACK_OFF",
        "ENOMEM, refused, BACK_OFF",
        "ENOSPC, refused, BACK_OFF",
        "EBUSY, refused, BACK_OFF",
        "EAGAIN, refused, BACK_OFF",
        "EISCONN, refused, BACK_OFF",
        "EQUOTA, refused, BACK_OFF",
        "ENOENT, refused, BACK_OFF",
        "EWHATEVER, refused, BACK_OFF",
        "UNKNOWN, refused, BACK_OFF"
    })
    void write_whenRefused_failsWithTheReason(String errno, String code, Retry retry) {
        open(Manners.C);
        fake.faults().refuse("WRITE", PORT.text(), errno);
        BackendException failure = failure(() -> nodes().write(PORT, "x"));
        assertThat(failure.code()).isEqualTo(code);
        assertThat(failure.retry()).isEqualTo(retry);
        assertThat(failure.getMessage()).contains("WRITE " + PORT, errno);
        assertThat(failure.outcomeUnknown()).isFalse();
        assertThat(nodes().read(PORT)).isEmpty();
    }

    @Test
    void write_whenXenstoredSaysThatItFailedInside_hasUnknownOutcome() {
        open(Manners.C);
        fake.faults().refuse("WRITE", PORT.text(), "EIO");
        BackendException failure = failure(() -> nodes().write(PORT, "x"));
        assertThat(failure.code()).isEqualTo(BackendException.IO);
        assertThat(failure.outcomeUnknown()).isTrue();
    }

    @Test
    void read_whenErrorIsHostile_staysPrintable() {
        open(Manners.C);
        fake.faults().refuse("READ", PORT.text(), "E\u001b[31m\nX\0Y");
        assertThat(failure(() -> nodes().read(PORT)).getMessage()).matches("[ -~]+");
    }

    @ParameterizedTest
    @CsvSource({"READ", "DIRECTORY"})
    void reading_whenNotAllowed_fails(String type) {
        open(Manners.C);
        fake.faults().refuse(type, PORT.text(), "EACCES");
        Runnable call = type.equals("READ") ? () -> nodes().read(PORT) : () -> nodes().list(PORT);
        assertThat(failure(call).code()).isEqualTo(BackendException.NO_PERMISSION);
    }

    @Test
    void remove_whenNotAllowed_fails() {
        open(Manners.C);
        fake.faults().refuse("RM", PORT.text(), "EACCES");
        assertThat(failure(() -> nodes().remove(PORT)).code()).isEqualTo(BackendException.NO_PERMISSION);
    }
}
