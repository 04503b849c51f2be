package io.autousb.runtime.catalogue;

import static io.autousb.runtime.catalogue.FakeProvider.available;
import static io.autousb.runtime.catalogue.FakeProvider.unavailable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.autousb.api.CommandRunner;
import io.autousb.api.DeviceSourceProvider;
import io.autousb.api.OptionValues;
import io.autousb.api.Provider;
import io.autousb.api.ProviderContext;
import io.autousb.api.StateStoreProvider;
import io.autousb.domain.port.DeviceSource;
import io.autousb.runtime.catalogue.ProviderException.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProviderCatalogueTest {

    private static final ProviderContext CONTEXT =
            new ProviderContext(System::nanoTime, (delay, task) -> () -> {}, Path.of("/"), CommandRunner.none("test"));

    @Test
    void choose_withoutName_takesTheHighestThatIsAvailable() {
        assertThat(choose(null, available("low", 1), unavailable("high", 9), available("middle", 5)))
                .isEqualTo("middle");
    }

    @Test
    void choose_withoutName_probesNoneBelowTheChoice() {
        FakeProvider low = available("low", 1);
        choose(null, low, available("high", 9));
        assertThat(low.probes).isZero();
    }

    @Test
    void choose_byName_winsOverPriority() {
        FakeProvider high = available("high", 9);
        assertThat(choose("low", available("low", 1), high)).isEqualTo("low");
        assertThat(high.probes).isZero();
    }

    @Test
    void choose_byNameUnavailable_saysWhyAndWhatToDo() {
        ProviderException e = refusal("high", available("low", 1), unavailable("high", 9));
        assertThat(e.problem()).isEqualTo(Problem.UNAVAILABLE);
        assertThat(e).hasMessage("device source high cannot work here: no high here (--device-source): install high");
    }

    @Test
    void choose_byUnknownName_suggestsTheNearestAndListsAll() {
        ProviderException e = refusal("udve", available("udev", 9), available("sysfs-poll", 1));
        assertThat(e.problem()).isEqualTo(Problem.UNKNOWN);
        assertThat(e)
                .hasMessage("there is no device source 'udve' (--device-source):"
                        + " did you mean udev? there are udev, sysfs-poll");
    }

    @Test
    void choose_byHostileName_escapesIt() {
        assertThat(refusal("\u001b[2J", available("udev", 9)).getMessage()).contains("'\\x1b[2J'");
    }

    @Test
    void choose_amongEquals_isAnError() {
        ProviderException e = refusal(null, available("one", 5), available("two", 5), unavailable("top", 9));
        assertThat(e.problem()).isEqualTo(Problem.AMBIGUOUS);
        assertThat(e.getMessage()).contains("one, two").contains("no top here");
    }

    @Test
    void choose_amongEqualsOfWhichOneIsAvailable_takesIt() {
        assertThat(choose(null, available("one", 5), unavailable("two", 5))).isEqualTo("one");
    }

    @Test
    void choose_whenNoneIsAvailable_saysWhyForEach() {
        ProviderException e = refusal(null, unavailable("one", 1), unavailable("two", 2));
        assertThat(e.problem()).isEqualTo(Problem.UNAVAILABLE);
        assertThat(e.remedy()).isEqualTo("two: no two here, install two; one: no one here, install one");
    }

    @Test
    void choose_whenNoneIsInstalled_saysSo() {
        assertThat(refusal(null).remedy()).contains("none is installed");
    }

    @Test
    void probe_thatThrows_rulesThatProviderOutAlone() {
        FakeProvider faulty = new FakeProvider("faulty", 9, () -> {
            throw new UnsatisfiedLinkError("libudev.so.1");
        });
        assertThat(choose(null, faulty, available("low", 1))).isEqualTo("low");
        assertThat(refusal("faulty", faulty).what()).contains("UnsatisfiedLinkError: libudev.so.1");
    }

    @Test
    void name_thatThrows_isReported() {
        DeviceSourceProvider nameless = new FakeProvider("nameless", 1, () -> null) {
            @Override
            public String name() {
                throw new IllegalStateException("forgot\nmy name");
            }
        };
        Candidates<DeviceSourceProvider> candidates =
                catalogue(nameless, available("udev", 5)).candidates(ProviderKind.DEVICE_SOURCE);
        assertThat(candidates.list()).extracting(Candidate::name).containsExactly("udev");
        assertThat(candidates.broken()).singleElement().satisfies(broken -> {
            assertThat(broken.where()).isEqualTo(nameless.getClass().getName());
            assertThat(broken.what()).isEqualTo("IllegalStateException: forgot\\x0amy name");
        });
    }

    @Test
    void name_ofTwo_belongsToTheFirst() {
        Candidates<DeviceSourceProvider> candidates =
                catalogue(available("udev", 5), available("udev", 9)).candidates(ProviderKind.DEVICE_SOURCE);
        assertThat(candidates.list()).extracting(Candidate::priority).containsExactly(5);
        assertThat(candidates.broken())
                .singleElement()
                .satisfies(it -> assertThat(it.what()).contains("its name udev is taken"));
    }

    @Test
    void name_notInLowerCase_isReported() {
        assertThat(catalogue(available("Udev", 5))
                        .candidates(ProviderKind.DEVICE_SOURCE)
                        .broken())
                .hasSize(1);
    }

    @Test
    void create_withMisspeltOption_suggests() {
        ProviderException e = creationFailure(available("udev", 1), Map.of("intervall", "1s"));
        assertThat(e.problem()).isEqualTo(Problem.INVALID_OPTION);
        assertThat(e).hasMessage("udev has no option intervall: did you mean interval? it has interval");
    }

    @Test
    void create_withWrongValue_saysWhatItShouldLookLike() {
        ProviderException e = creationFailure(available("udev", 1), Map.of("interval", "soon"));
        assertThat(e.getMessage()).contains("option interval").contains("500ms");
    }

    @Test
    void create_thatThrows_isReportedAsBroken() {
        FakeProvider faulty = new FakeProvider("faulty", 1, () -> io.autousb.api.Availability.AVAILABLE) {
            @Override
            public DeviceSource create(OptionValues options, ProviderContext context) {
                throw new NoClassDefFoundError("com/sun/jna/Native");
            }
        };
        ProviderException e = creationFailure(faulty, Map.of());
        assertThat(e.problem()).isEqualTo(Problem.BROKEN);
        assertThat(e).hasCauseInstanceOf(NoClassDefFoundError.class);
    }

    @Test
    void create_withoutOptions_takesTheDefaults() {
        ProviderCatalogue catalogue = catalogue(available("udev", 1));
        try (DeviceSource source =
                catalogue.createDeviceSource(catalogue.choose(ProviderKind.DEVICE_SOURCE, null), Map.of())) {
            assertThat(source).isNotNull();
        }
    }

    @Test
    void createStateStore_givesTheProviderWhatTheUserWrote() {
        List<Optional<String>> asked = new ArrayList<>();
        StateStoreProvider provider = new FakeStateStoreProvider(options -> asked.add(options.text("place")));
        ProviderCatalogue catalogue = catalogue(provider);
        Candidate<StateStoreProvider> chosen = catalogue.choose(ProviderKind.STATE_STORE, "fake");
        catalogue.createStateStore(chosen, Map.of("place", "attic")).close();
        assertThat(asked).containsExactly(Optional.of("attic"));
    }

    @Test
    void choose_ofAKindThatNobodyCanNameYet_speaksOfNoOption() {
        ProviderException e =
                catchThrowableOfType(ProviderException.class, () -> catalogue().choose(ProviderKind.STATE_STORE, null));
        assertThat(e.where()).isEmpty();
        assertThat(e).hasMessageStartingWith("no state store can work here: none is installed");
    }

    private static ProviderException creationFailure(FakeProvider provider, Map<String, String> options) {
        ProviderCatalogue catalogue = catalogue(provider);
        var chosen = catalogue.choose(ProviderKind.DEVICE_SOURCE, null);
        return catchThrowableOfType(
                ProviderException.class,
                () -> catalogue.createDeviceSource(chosen, options).close());
    }

    private static String choose(@Nullable String name, FakeProvider... providers) {
        return catalogue(providers).choose(ProviderKind.DEVICE_SOURCE, name).name();
    }

    private static ProviderException refusal(@Nullable String name, FakeProvider... providers) {
        return catchThrowableOfType(ProviderException.class, () -> choose(name, providers));
    }

    private static ProviderCatalogue catalogue(Provider... providers) {
        ProviderSource source = new ProviderSource() {
            @Override
            public <P extends Provider> Found<P> find(ProviderKind<P> kind) {
                return new Found<>(
                        List.of(providers).stream().map(kind.type()::cast).toList(), List.of());
            }
        };
        return new ProviderCatalogue(source, CONTEXT);
    }
}
