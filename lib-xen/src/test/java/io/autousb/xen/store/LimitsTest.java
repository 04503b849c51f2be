package io.autousb.xen.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.linux.Deadline;
import io.autousb.xen.store.FakeXenstored.Manners;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What would cost the connection is not sent, and what comes is bounded. */
class LimitsTest extends StoreTest {

    private static final int LONGEST_VALUE = Xenstore.MAX_PAYLOAD - PORT.text().length() - 1;

    @Test
    void write_whenAsLongAsItMayBe_isSent() {
        open(Manners.C);
        nodes().write(PORT, "x".repeat(LONGEST_VALUE));
        assertThat(fake.get(PORT.text()).orElseThrow()).hasSize(LONGEST_VALUE);
    }

    @ParameterizedTest
    @EnumSource
    void write_whenOneByteTooLong_isRefusedUnsent(Manners manners) {
        open(manners);
        BackendException failure = failure(() -> nodes().write(PORT, "x".repeat(LONGEST_VALUE + 1)));
        assertThat(failure.code()).isEqualTo(BackendException.INVALID);
        assertThat(failure.retry()).isEqualTo(Retry.NEVER);
        assertThat(failure.getMessage()).contains("4081", "4080", PORT.text());
        assertThat(fake.requests("WRITE")).isZero();
        awaitConnection();
        assertThat(fake.accepted()).isEqualTo(1);
    }

    @Test
    void write_whenBytesAreTooManyThoughCharactersAreNot_isRefusedUnsent() {
        open(Manners.C);
        assertThat(failure(() -> nodes().write(PORT, "\u00e4".repeat(LONGEST_VALUE / 2 + 1)))
                        .code())
                .isEqualTo(BackendException.INVALID);
        assertThat(fake.requests("WRITE")).isZero();
    }

    /** oxenstored's own limit, for dom0 as well (quota-maxsize). */
    @Test
    void write_whenLongerThanOxenstoredTakes_saysSo() {
        open(Manners.OCAML);
        BackendException failure = failure(() -> nodes().write(PORT, "x".repeat(2049)));
        assertThat(failure.code()).isEqualTo(BackendException.INVALID);
        assertThat(failure.retry()).isEqualTo(Retry.NEVER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\0", "a\0b", "\ud800", "\udc00x"})
    void write_whenValueCannotBeWritten_isRefusedUnsent(String value) {
        open(Manners.C);
        assertThat(failure(() -> nodes().write(PORT, value)).code()).isEqualTo(BackendException.INVALID);
        assertThat(fake.requests("WRITE")).isZero();
    }

    @Test
    void setPermissions_whenTooMany_isRefusedUnsent() {
        open(Manners.C);
        XenstorePermissions many = XenstorePermissions.ownedBy(0);
        for (int i = 0; i < 1000; i++) {
            many = many.readableBy(10_000);
        }
        XenstorePermissions all = many;
        BackendException failure = failure(() -> store.change(soon(), tx -> tx.setPermissions(PORT, all)));
        assertThat(failure.code()).isEqualTo(BackendException.INVALID);
        assertThat(fake.transactions()).isZero();
    }

    @Test
    void read_whenAnswerIsLongerThanAnyMayBe_dropsTheConnection() {
        open(Manners.OCAML);
        fake.putRaw("/a", "");
        for (int i = 0; i < 900; i++) {
            fake.put("/a/" + i + "x".repeat(80), "");
        }
        BackendException failure = failure(() -> nodes().list(XenstorePath.of("/a")));
        assertThat(failure.code()).isEqualTo(BackendException.PROTOCOL);
        await().until(() -> fake.accepted() == 2);
    }

    @Test
    void call_whenTooManyAnswersAreDue_failsUnsent() {
        open(Manners.C);
        awaitConnection();
        int before = fake.requests();
        fake.faults().hang();
        // Some may be too late to be sent at all.
        await().until(() -> {
            BackendException late =
                    failure(() -> store.by(Deadline.after(Duration.ofMillis(1))).read(PORT));
            return late.getMessage().contains("owes " + Connection.MAX_PENDING);
        });
        BackendException failure = failure(() -> store.by(Deadline.after(SHORT)).write(PORT, "x"));
        assertThat(failure.code()).isEqualTo(BackendException.TIMEOUT);
        assertThat(failure.getMessage()).contains("owes " + Connection.MAX_PENDING);
        assertThat(failure.outcomeUnknown()).isFalse();
        fake.faults().goOn();
        await().until(() -> fake.requests() == before + Connection.MAX_PENDING);
        await().until(this::nodesAnswer);
        assertThat(fake.accepted()).isEqualTo(1);
    }

    /** As hostile as an endless list: each part has a name, none is the last. */
    @Test
    void list_whenItNeverEnds_dropsTheConnection() {
        String part = "7\0" + "n".repeat(2000) + "\0";
        store = XenstoreClient.open(
                deadline -> ScriptedWire.prompt(request -> switch (request.type()) {
                    case DIRECTORY -> ScriptedWire.refusal(request, "E2BIG");
                    case DIRECTORY_PART -> ScriptedWire.answer(request, part);
                    default -> ScriptedWire.answer(request, "");
                }),
                "here",
                impatient(LONG));
        BackendException failure = failure(() -> nodes().list(XenstorePath.of("/a")));
        assertThat(failure.code()).isEqualTo(BackendException.PROTOCOL);
        assertThat(failure.getMessage()).contains("a list of more than");
    }

    private boolean nodesAnswer() {
        try {
            return nodes().read(PORT).isEmpty();
        } catch (BackendException e) {
            return false;
        }
    }
}
