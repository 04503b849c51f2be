package io.autousb.backend.xenstore;

import static io.autousb.backend.xenstore.XenstoreStateStoreFixture.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.domain.port.LoadedState;
import io.autousb.domain.port.StoredState;
import io.autousb.linux.Deadline;
import io.autousb.xen.store.FakeFaults.Fault;
import io.autousb.xen.store.FakeXenstored;
import io.autousb.xen.store.FakeXenstored.Manners;
import io.autousb.xen.store.Xenstore;
import io.autousb.xen.store.XenstoreClient;
import io.autousb.xen.store.XenstorePath;
import io.autousb.xen.store.XenstorePermissions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class XenstoreStateStoreTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final StoredState FIRST = new StoredState(Map.of("k", "first"));
    private static final StoredState SECOND = new StoredState(Map.of("k", "second", "pause.1", "linux"));
    private static final String END = "TRANSACTION_END";

    @TempDir
    private Path root;

    private FakeXenstored fake;
    private XenstoreStateStore store;

    private void open(Manners manners) {
        fake = new FakeXenstored(root, manners);
        store = new XenstoreStateStore(() -> XenstoreClient.open(fake.address()));
    }

    @AfterEach
    void close() {
        store.close();
        fake.close();
    }

    @Test
    void save_whenDone_canBeReadByAPerson() {
        open(Manners.OCAML);
        save(SECOND);
        assertThat(fake.dump("/"))
                .containsOnlyKeys(KEY + "/1", KEY + "/1/0", KEY + "/1/1")
                .containsEntry(KEY + "/1/0", "k second")
                .containsEntry(KEY + "/1/1", "pause.1 linux");
        assertThat(fake.get(KEY + "/1").orElseThrow()).matches("version 1, 2 entries, checksum [0-9a-f]{8}");
    }

    @ParameterizedTest
    @EnumSource
    void save_whereOthersMayRead_letsNobodyReadTheState(Manners manners) {
        open(manners);
        fake.put("/local/domain/0", "");
        try (Xenstore other = XenstoreClient.open(fake.address())) {
            other.change(
                    Deadline.after(LONG),
                    nodes -> nodes.setPermissions(
                            XenstorePath.of("/local/domain/0"),
                            XenstorePermissions.ownedBy(0).readableBy(5)));
        }
        save(FIRST);
        assertThat(fake.permissions(KEY + "/1")).containsExactly("n0");
        assertThat(fake.permissions(KEY + "/1/0")).containsExactly("n0");
    }

    @Test
    void save_ofFewerEntries_leavesNoneOfTheFormer() {
        open(Manners.OCAML);
        save(SECOND);
        save(FIRST);
        assertThat(fake.dump("/")).containsOnlyKeys(KEY + "/1", KEY + "/1/0");
    }

    @Test
    void save_ofAnEntryThatJustFits_needsOneNode() {
        open(Manners.OCAML);
        save(new StoredState(Map.of("k", "x".repeat(StateNodes.MAX_VALUE - "k ".length()))));
        assertThat(fake.dump("/")).containsOnlyKeys(KEY + "/1", KEY + "/1/0");
    }

    @Test
    void save_whenThatIsThereAlready_changesNothing() {
        open(Manners.C);
        save(FIRST);
        long writes = fake.requests("WRITE");
        save(FIRST);
        assertThat(fake.requests("WRITE")).isEqualTo(writes);
    }

    @ParameterizedTest
    @EnumSource
    void save_whenTheAnswerIsLost_looksAndIsContent(Manners manners) {
        open(manners);
        save(FIRST);
        long writes = fake.requests("WRITE");
        fake.faults().next(END, Fault.CUT_AFTER);
        save(SECOND);
        assertThat(fake.requests("WRITE")).isEqualTo(writes + 3);
        assertThat(load().state()).isEqualTo(SECOND);
    }

    @ParameterizedTest
    @EnumSource
    void save_whenTheConnectionEndsBeforeItIsDone_isDoneAgain(Manners manners) {
        open(manners);
        save(FIRST);
        fake.faults().next(END, Fault.CUT_BEFORE);
        save(SECOND);
        assertThat(load().state()).isEqualTo(SECOND);
    }

    @Test
    void save_whenTheConnectionEndsEachTime_saysThatTheOutcomeIsUnknown() {
        open(Manners.C);
        save(FIRST);
        for (int i = 0; i < 3; i++) {
            fake.faults().next(END, Fault.CUT_BEFORE);
        }
        assertThat(failureToSave(SECOND).outcomeUnknown()).isTrue();
        assertThat(load().state()).isEqualTo(FIRST);
    }

    @Test
    void save_whenOneCannotEvenLook_saysThatTheOutcomeIsUnknown() {
        open(Manners.C);
        fake.faults().before(END, () -> fake.faults().refuse("TRANSACTION_START", "ENOMEM"));
        fake.faults().next(END, Fault.CUT_AFTER);
        BackendException e = failureToSave(FIRST);
        assertThat(e.is(BackendException.REFUSED)).isTrue();
        assertThat(e.outcomeUnknown()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void save_whenTheProgramEndsInTheMidst_leavesTheFormer(Manners manners) {
        open(manners);
        save(FIRST);
        fake.faults().next("SET_PERMS", Fault.CUT_BEFORE);
        assertThat(failureToSave(SECOND).outcomeUnknown()).isFalse();
        assertThat(load().state()).isEqualTo(FIRST);
    }

    @Test
    void save_whenOthersKeepChangingTheStore_goesOn() {
        open(Manners.C);
        fake.faults().conflict(100);
        save(FIRST);
        assertThat(load().state()).isEqualTo(FIRST);
    }

    @ParameterizedTest
    @EnumSource
    void save_whenANewerProgramSavesMeanwhile_putsThatAside(Manners manners) {
        open(manners);
        save(FIRST);
        fake.faults().before(END, () -> fake.put(KEY + "/1", "version 2, in another way"));
        save(SECOND);
        assertThat(fake.get(KEY + "/1")).contains("version 2, in another way");
        assertThat(load()).isEqualTo(LoadedState.of(SECOND));
    }

    @Test
    void load_whenSomethingForeignIsThere_leavesItAsItIs() {
        open(Manners.OCAML);
        fake.put(KEY + "/1", "root:x:0");
        fake.putRaw(KEY + "/1/deep/er", "\u0000\u00ff");
        BackendException unusable = load().unusable().orElseThrow();
        assertThat(unusable.where()).isEqualTo(KEY + "/1");
        assertThat(unusable.remedy()).contains("xenstore-rm");
        assertThat(fake.dump(KEY + "/1")).containsEntry(KEY + "/1", "root:x:0").containsKey(KEY + "/1/deep/er");
        assertThat(load()).isEqualTo(LoadedState.of(StoredState.EMPTY));
    }

    @Test
    void load_whenAnotherProgramHasPutItAside_isSilent() {
        open(Manners.C);
        save(FIRST);
        fake.put(KEY + "/1", "version 2");
        fake.faults().before(END, () -> {
            fake.put(KEY + "/2", StateFormat.title(StateFormat.lines(FIRST)));
            fake.put(KEY + "/2/0", "k first");
        });
        assertThat(load()).isEqualTo(LoadedState.of(FIRST));
    }

    @ParameterizedTest
    @EnumSource
    void load_whenItCannotBePutAside_reportsItEachTime(Manners manners) {
        open(manners);
        fake.put(KEY + "/1", "root:x:0");
        fake.faults().refuse("WRITE", "EACCES");
        for (int i = 0; i < 2; i++) {
            BackendException unusable = load().unusable().orElseThrow();
            assertThat(unusable.code()).isEqualTo(BackendException.FOREIGN);
            assertThat(unusable.what()).contains("may not be put aside", "EACCES");
        }
    }

    @Test
    void load_whenTheHighestNumberIsForeign_reportsItAndSavesNothing() {
        open(Manners.C);
        fake.put(KEY + "/999999999", "root:x:0");
        assertThat(load().unusable().orElseThrow().what()).contains("no place");
        assertThat(failureToSave(FIRST).remedy()).contains("xenstore-rm");
    }

    @Test
    void load_whenThereAreOtherNodesBesideTheState_leavesThemAlone() {
        open(Manners.C);
        fake.put(KEY, "mine");
        fake.put(KEY + "/notes", "mine");
        fake.put(KEY + "/0", "mine");
        fake.put(KEY + "/007", "mine");
        fake.put(KEY + "/99999999999", "mine");
        save(FIRST);
        assertThat(load()).isEqualTo(LoadedState.of(FIRST));
        assertThat(fake.dump(KEY))
                .containsOnlyKeys(
                        KEY, KEY + "/notes", KEY + "/0", KEY + "/007", KEY + "/99999999999", KEY + "/1", KEY + "/1/0");
    }

    @Test
    void load_whenAPartOfALongEntryIsMissing_saysThatItIsTorn() {
        open(Manners.OCAML);
        save(new StoredState(Map.of("k", "\0".repeat(2048))));
        fake.delete(KEY + "/1/0/5");
        assertThat(load().unusable().orElseThrow().code()).isEqualTo(BackendException.TORN);
    }

    @Test
    void load_whenThereAreMorePartsThanAnEntryCanHave_readsNoMore() {
        open(Manners.C);
        fake.put(KEY + "/1", StateFormat.title(List.of("k v")));
        fake.put(KEY + "/1/0", "k");
        for (int part = 0; part < 100; part++) {
            fake.put(KEY + "/1/0/" + part, "v");
        }
        long reads = fake.requests("READ");
        assertThat(load().unusable().orElseThrow().code()).isEqualTo(BackendException.TORN);
        assertThat(fake.requests("READ") - reads).as("at both looks").isLessThan(40);
    }

    @Test
    void load_ofWhatCannotBeUsed_keepsTheLatestFew() {
        open(Manners.C);
        for (int number = 1; number <= 8; number++) {
            fake.put(KEY + "/" + number, "root:x:0");
            assertThat(load().unusable().orElseThrow().where()).isEqualTo(KEY + "/" + number);
        }
        assertThat(XenstoreStateStoreFixture.numbers(fake)).containsExactly(4, 5, 6, 7, 8, 9);
    }

    @Test
    void load_ofTheStateOfANewerVersion_saysWhatItWants() {
        open(Manners.C);
        fake.put(KEY + "/1", "version 2");
        assertThat(load().unusable().orElseThrow().remedy()).contains("for that version of the program", "xenstore-rm");
    }

    @Test
    void load_afterClose_failsForGood() {
        open(Manners.C);
        store.close();
        BackendException e = catchThrowableOfType(BackendException.class, this::load);
        assertThat(e.is(BackendException.CLOSED)).isTrue();
        assertThat(e.retry()).isEqualTo(Retry.NEVER);
    }

    @Test
    void load_withoutXenstored_saysWhatToDo() {
        open(Manners.C);
        fake.stop();
        BackendException e = catchThrowableOfType(BackendException.class, () -> store.load(LONG));
        assertThat(e.is(BackendException.IO)).isTrue();
        assertThat(e).hasMessageContaining("the state cannot be read");
        assertThat(e.remedy()).contains("control domain");
    }

    private void save(StoredState state) {
        store.save(state, LONG);
    }

    private LoadedState load() {
        return store.load(LONG);
    }

    private BackendException failureToSave(StoredState state) {
        return catchThrowableOfType(BackendException.class, () -> store.save(state, LONG));
    }
}
