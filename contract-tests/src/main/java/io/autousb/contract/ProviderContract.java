package io.autousb.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.api.Availability;
import io.autousb.api.DeviceSourceProvider;
import io.autousb.api.HypervisorProvider;
import io.autousb.api.Option;
import io.autousb.api.OptionValues;
import io.autousb.api.Provider;
import io.autousb.api.ProviderContext;
import io.autousb.api.StateStoreProvider;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DeviceSource;
import io.autousb.domain.port.Hypervisor;
import io.autousb.domain.port.StateStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The rules for providers, {@code PR-01} and so on. An adopter extends it and returns a fixture. */
@ExtendWith(RuleReport.class)
public abstract class ProviderContract {

    private static final String ONE_LINE = "[ -~]+";
    private static final String NO_FULL_STOP = "[ -~]*[^.]";

    private ProviderFixture fixture;

    /** For adopters. */
    protected ProviderContract() {}

    /**
     * Makes the provider's world. Called once for each rule.
     *
     * @return a new fixture, closed by the contract
     * @throws Exception if that fails; the rule is then reported as failed
     */
    protected abstract ProviderFixture createFixture() throws Exception;

    @BeforeEach
    final void setUpFixture() throws Exception {
        fixture = createFixture();
    }

    @AfterEach
    final void tearDownFixture() throws IOException {
        fixture.close();
    }

    @Test
    @DisplayName("PR-01 The name is letters, digits and hyphens in lower case, and always the same")
    final void name_whenAsked_isWellFormed() {
        Provider provider = fixture.provider();

        assertThat(provider.name()).matches("[a-z][a-z0-9-]*").isEqualTo(provider.name());
        assertThat(fixture.provider().name()).isEqualTo(provider.name());
    }

    @Test
    @DisplayName("PR-02 The description is one line without a full stop")
    final void description_whenAsked_isOneLine() {
        assertThat(fixture.provider().description())
                .isNotBlank()
                .matches(ONE_LINE)
                .matches(NO_FULL_STOP);
    }

    @Test
    @DisplayName("PR-03 Options have different names and a line of description each, and are always the same")
    final void options_whenAsked_areDeclaredWell() {
        Provider provider = fixture.provider();

        assertDeclaredWell(provider.options());
        assertThat(provider.options()).isEqualTo(fixture.provider().options());
    }

    @Test
    @DisplayName("PR-04 The options of a guest are declared as well as those of the adapter")
    final void guestOptions_whenAsked_areDeclaredWell() {
        if (fixture.provider() instanceof HypervisorProvider provider) {
            assertDeclaredWell(provider.guestOptions());
            assertThat(provider.guestOptions()).isEqualTo(provider.guestOptions());
        } else {
            assertThat(fixture.provider()).isInstanceOfAny(DeviceSourceProvider.class, StateStoreProvider.class);
        }
    }

    private static void assertDeclaredWell(List<Option> options) {
        assertThat(options).extracting(Option::name).doesNotHaveDuplicates();
        assertThat(options)
                .extracting(Option::description)
                .allSatisfy(
                        text -> assertThat(text).isNotBlank().matches(ONE_LINE).matches(NO_FULL_STOP));
    }

    @Test
    @DisplayName("PR-05 The provider is public, has a public constructor without parameters, and is found")
    final void provider_whenLookedFor_isFound() throws ReflectiveOperationException {
        Class<? extends Provider> type = fixture.provider().getClass();

        assertThat(Modifier.isPublic(type.getModifiers())).isTrue();
        assertThat(type.getConstructor().newInstance().name())
                .isEqualTo(fixture.provider().name());
        assertThat(ServiceLoader.load(kind(fixture.provider())).stream()
                        .anyMatch(found -> found.type().equals(type)))
                .as("named in META-INF/services")
                .isTrue();
    }

    private static Class<? extends Provider> kind(Provider provider) {
        return Stream.of(DeviceSourceProvider.class, HypervisorProvider.class, StateStoreProvider.class)
                .filter(kind -> kind.isInstance(provider))
                .findFirst()
                .orElseThrow(() -> unknownKind(provider));
    }

    @Test
    @DisplayName("PR-06 Where the adapter can work, a probe says so")
    final void probe_whenAvailable_saysSo() {
        assertThat(fixture.provider().probe(fixture.available())).isEqualTo(Availability.AVAILABLE);
    }

    @Test
    @DisplayName("PR-07 Where the adapter cannot work, a probe says why and what to do, in a line each")
    final void probe_whenUnavailable_saysWhyAndWhatToDo(@TempDir Path empty) {
        Availability answer = fixture.unavailableProvider().probe(fixture.unavailable(empty));

        assertThat(answer.isAvailable())
                .as("the adapter cannot work here, but a probe says it can")
                .isFalse();
        assertThat(answer.reason()).isNotBlank().matches(ONE_LINE).matches(NO_FULL_STOP);
        assertThat(answer.remedy()).isNotBlank().matches(ONE_LINE);
    }

    @Test
    @DisplayName("PR-08 A probe has no side effects, is quick, and says the same each time")
    final void probe_whenRepeated_changesNothing(@TempDir Path empty) {
        Provider provider = fixture.provider();
        ProviderContext here = fixture.available();
        List<Path> before = below(here.root());
        Set<Thread> threads = Resources.threads();

        Availability first = Await.result(fixture.grace(), Await.start(() -> provider.probe(here)));
        Availability second = Await.result(fixture.grace(), Await.start(() -> provider.probe(here)));
        fixture.unavailableProvider().probe(fixture.unavailable(empty));

        assertThat(second).isEqualTo(first);
        assertThat(below(here.root())).isEqualTo(before);
        assertThat(below(empty)).isEmpty();
        assertThat(threads).containsAll(Resources.threads());
    }

    @Test
    @DisplayName("PR-09 Creating an adapter does no I/O and starts no thread")
    final void create_whenNothingIsThere_succeeds(@TempDir Path empty) throws Exception {
        ProviderContext here = fixture.available();
        ProviderContext nowhere = here.withRoot(empty.resolve("missing"));
        Set<Thread> threads = Resources.threads();

        try (AutoCloseable adapter = create(fixture.provider(), nowhere)) {
            assertThat(adapter).isNotNull();
            assertThat(threads).containsAll(Resources.threads());
        }

        assertThat(below(empty)).isEmpty();
    }

    @Test
    @DisplayName("PR-10 Each call creates an adapter of its own")
    final void create_whenCalledAgain_givesAnother() throws Exception {
        Provider provider = fixture.provider();
        AutoCloseable first = create(provider, fixture.available());
        AutoCloseable second = create(provider, fixture.available());

        first.close();

        assertThat(isClosed(first)).isTrue();
        assertThat(isClosed(second)).isFalse();
        second.close();
    }

    @Test
    @DisplayName("PR-11 The priority is always the same")
    final void priority_whenAsked_isTheSame() {
        Provider provider = fixture.provider();

        assertThat(provider.priority()).isEqualTo(provider.priority());
        assertThat(fixture.provider().priority()).isEqualTo(provider.priority());
    }

    private AutoCloseable create(Provider provider, ProviderContext context) {
        OptionValues options = OptionValues.of(provider.options(), fixture.options());
        if (provider instanceof DeviceSourceProvider devices) {
            return devices.create(options, context);
        }
        if (provider instanceof HypervisorProvider guests) {
            return guests.create(options, context);
        }
        if (provider instanceof StateStoreProvider states) {
            return states.create(options, context);
        }
        throw unknownKind(provider);
    }

    private static AssertionError unknownKind(Provider provider) {
        return new AssertionError("no known kind of provider: " + provider.getClass());
    }

    /** Whether an adapter says that it is closed; whatever else goes wrong here does not matter. */
    private boolean isClosed(AutoCloseable adapter) {
        try {
            if (adapter instanceof DeviceSource source) {
                source.subscribe(() -> {});
            } else if (adapter instanceof Hypervisor hypervisor) {
                hypervisor.configure(List.of());
            } else if (adapter instanceof StateStore store) {
                store.load(fixture.grace());
            }
            return false;
        } catch (BackendException e) {
            return e.is(BackendException.CLOSED);
        }
    }

    private static List<Path> below(Path root) {
        try (var files = Files.walk(root)) {
            return files.filter(file -> !file.equals(root)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
