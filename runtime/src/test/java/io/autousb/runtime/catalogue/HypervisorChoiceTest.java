package io.autousb.runtime.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.autousb.api.Availability;
import io.autousb.api.CommandRunner;
import io.autousb.api.HypervisorProvider;
import io.autousb.api.Option;
import io.autousb.api.OptionValues;
import io.autousb.api.Provider;
import io.autousb.api.ProviderContext;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import io.autousb.runtime.catalogue.ProviderException.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which hypervisors run together. */
class HypervisorChoiceTest {

    private static final ProviderContext CONTEXT =
            new ProviderContext(System::nanoTime, (delay, task) -> () -> {}, Path.of("/"), CommandRunner.none("test"));
    private static final Fake XEN_QMP = new Fake("xen-qmp", "xen", 60).with("qmp-socket", Option.Type.PATH);
    private static final Fake XL = new Fake("xl", "xen", 50).with("patience", Option.Type.DURATION);
    private static final Fake QMP = new Fake("qmp", "qmp", 40).with("qmp-socket", Option.Type.PATH);

    @Test
    void choose_withoutName_takesAllOfTheBestOnesPlatformByRank() {
        assertThat(choose(null, QMP, XL, XEN_QMP)).containsExactly("xen-qmp", "xl");
    }

    @Test
    void choose_whereTheBestStandsAlone_takesThatOneOnly() {
        assertThat(choose(null, QMP, XL.unavailable(), XEN_QMP.unavailable())).containsExactly("qmp");
        assertThat(choose(null, QMP, new Fake("other", "other", 10))).containsExactly("qmp");
    }

    @Test
    void choose_whereACompanionIsNotAvailable_goesWithoutIt() {
        assertThat(choose(null, XL.unavailable(), XEN_QMP)).containsExactly("xen-qmp");
        assertThat(choose(null, XL, XEN_QMP.unavailable())).containsExactly("xl");
    }

    @Test
    void choose_byName_takesThatOneOnly() {
        assertThat(choose("xl", QMP, XL, XEN_QMP)).containsExactly("xl");
    }

    @Test
    void choose_ofOnePlatformAndOneRank_isRefused() {
        ProviderException best = refusal(XL, new Fake("xl-too", "xen", 50));
        ProviderException companions = refusal(XEN_QMP, XL, new Fake("xl-too", "xen", 50));

        assertThat(best.problem()).isEqualTo(Problem.AMBIGUOUS);
        assertThat(companions.problem()).isEqualTo(Problem.AMBIGUOUS);
        assertThat(companions.what()).contains("xl, xl-too").contains("priority 50");
    }

    @Test
    void choose_oneThatCannotNameItsPlatform_standsAlone() {
        assertThat(choose(null, new Fake("broken", null, 70), XL)).containsExactly("broken");
    }

    @Test
    void guestSpecs_ofSeveral_haveTheSettingsThatEachUnderstandsAndNameNone() {
        assertThat(specs(Map.of("qmp-socket", "/run/q", "patience", "2s"), XEN_QMP, XL))
                .isEqualTo(Map.of(
                        "xen-qmp", new GuestSpec("g", Map.of("qmp-socket", "/run/q"), false),
                        "xl", new GuestSpec("g", Map.of("patience", "2s"), false)));
    }

    @Test
    void guestSpecs_ofOneThatStandsAlone_nameIt() {
        assertThat(specs(Map.of("qmp-socket", "/run/q"), QMP))
                .isEqualTo(Map.of("qmp", new GuestSpec("g", Map.of("qmp-socket", "/run/q"), true)));
    }

    @Test
    void guestSpecs_withASettingThatNobodyUnderstands_areRefused() {
        ProviderException e =
                catchThrowableOfType(ProviderException.class, () -> specs(Map.of("qmp-sokcet", "/run/q"), XEN_QMP, XL));

        assertThat(e.problem()).isEqualTo(Problem.INVALID_OPTION);
        assertThat(e).hasMessageContaining("xen-qmp has no option qmp-sokcet").hasMessageContaining("qmp-socket?");
    }

    @Test
    void guestSpecs_withAWrongValue_areRefused() {
        ProviderException e =
                catchThrowableOfType(ProviderException.class, () -> specs(Map.of("qmp-socket", "run/q"), XEN_QMP, XL));

        assertThat(e.problem()).isEqualTo(Problem.INVALID_OPTION);
    }

    private static List<String> choose(@Nullable String name, Fake... providers) {
        return catalogue(providers).chooseHypervisors(name).stream()
                .map(Candidate::name)
                .toList();
    }

    private static ProviderException refusal(Fake... providers) {
        return catchThrowableOfType(ProviderException.class, () -> choose(null, providers));
    }

    private static Map<String, GuestSpec> specs(Map<String, String> written, Fake... providers) {
        ProviderCatalogue catalogue = catalogue(providers);
        return catalogue.guestSpecs(catalogue.chooseHypervisors(null), "g", written);
    }

    private static ProviderCatalogue catalogue(Fake... providers) {
        ProviderSource source = new ProviderSource() {
            @Override
            public <P extends Provider> Found<P> find(ProviderKind<P> kind) {
                return new Found<>(
                        List.of(providers).stream().map(kind.type()::cast).toList(), List.of());
            }
        };
        return new ProviderCatalogue(source, CONTEXT);
    }

    private record Fake(String name, @Nullable String home, int priority, boolean available, List<Option> guestOptions)
            implements HypervisorProvider {

        Fake(String name, @Nullable String home, int priority) {
            this(name, home, priority, true, List.of());
        }

        Fake with(String option, Option.Type type) {
            return new Fake(
                    name, home, priority, available, List.of(new Option(option, type, Optional.empty(), "some")));
        }

        Fake unavailable() {
            return new Fake(name, home, priority, false, guestOptions);
        }

        @Override
        public String platform() {
            if (home == null) {
                throw new IllegalStateException("oops");
            }
            return home;
        }

        @Override
        public String description() {
            return "the fake " + name;
        }

        @Override
        public Availability probe(ProviderContext context) {
            return available ? Availability.AVAILABLE : Availability.unavailable("no " + name + " here", "install it");
        }

        @Override
        public Hypervisor create(OptionValues options, ProviderContext context) {
            throw new UnsupportedOperationException();
        }
    }
}
