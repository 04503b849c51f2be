package io.autousb.backend.libxlcli;

import static org.assertj.core.api.Assertions.assertThat;

import io.autousb.api.Availability;
import io.autousb.api.Finding;
import io.autousb.api.OptionValues;
import io.autousb.contract.Gadget;
import io.autousb.contract.TestContext;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class LibxlCliHypervisorProviderTest extends XlHostTest {

    private final LibxlCliHypervisorProvider provider = new LibxlCliHypervisorProvider();

    LibxlCliHypervisorProviderTest() throws IOException {}

    private <T> T with(boolean named, Function<Hypervisor, T> body) {
        try (TestContext context = new TestContext(host.root(), host.xl);
                Hypervisor hypervisor =
                        provider.create(OptionValues.of(provider.options(), Map.of()), context.context())) {
            hypervisor.configure(List.of(new GuestSpec("windows", Map.of(), named)));
            return body.apply(hypervisor);
        }
    }

    private List<String> served(boolean named) {
        return with(
                named,
                hypervisor -> hypervisor.guests(LONG).stream().map(Guest::name).toList());
    }

    private Availability probe() {
        try (TestContext context = new TestContext(host.root())) {
            return provider.probe(context.context());
        }
    }

    private Path program() throws IOException {
        return Files.createFile(
                Files.createDirectories(host.root().resolve("usr/sbin")).resolve("xl"));
    }

    @Test
    void create_forAnHvmGuestThatIsLeftOpen_leavesItToXenQmp() {
        FakeDomain ignored = host.create("windows", true);

        assertThat(served(false)).isEmpty();
        assertThat(served(true)).containsExactly("windows");
    }

    @Test
    void create_forAPvGuestThatIsLeftOpen_servesIt() {
        FakeDomain ignored = host.create("windows", false);

        assertThat(served(false)).containsExactly("windows");
    }

    @Test
    void create_always_runsProgramsByTheContext() {
        FakeDomain ignored = host.create("windows", false);
        var device = host.sysfs.plug(Gadget.keyboard());

        boolean ours = with(true, hypervisor -> {
            Guest guest = hypervisor.guests(LONG).get(0);
            GuestPort port =
                    hypervisor.inspect(guest, LONG).controllers().get(0).ports().get(0);
            return hypervisor
                    .attach(new AttachRequest(guest, device, port, LONG))
                    .ours();
        });

        assertThat(ours).isTrue();
        assertThat(host.xl.log()).hasSize(1);
    }

    /** Where nothing is said, xen-qmp (80) comes before this, and this before qmp (50), which does not know Xen's guests. */
    @Test
    void priority_isBetweenThoseOfXenQmpAndQmp() {
        assertThat(provider.platform()).isEqualTo("xen");
        assertThat(provider.priority()).isBetween(51, 79);
    }

    @Test
    void probe_whenXlCannotBeRunAsAProgram_saysWhatToInstall() throws IOException {
        Path program = program();
        assertThat(probe()).satisfies(why -> assertThat(why.remedy()).contains("xen-utils"));

        assertThat(program.toFile().setExecutable(true)).isTrue();

        assertThat(probe()).isEqualTo(Availability.AVAILABLE);
    }

    @Test
    void probe_withoutXen_speaksOfThatFirst() {
        host.store.stop();

        assertThat(probe()).satisfies(why -> assertThat(why.reason()).contains("xenstore"));
    }

    @Test
    void examine_looksAtTheHost() {
        List<Finding> findings;
        host.xl.answerNext(RecordedXl.read("info"));
        try (TestContext context = new TestContext(host.root(), host.xl)) {
            findings = provider.examine(context.context(), Set.of(), LONG);
        }

        assertThat(findings).extracting(Finding::what).contains("xenstored answers");
    }
}
