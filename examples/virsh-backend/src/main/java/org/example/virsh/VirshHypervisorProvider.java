package org.example.virsh;

import io.autousb.api.Availability;
import io.autousb.api.HypervisorProvider;
import io.autousb.api.Option;
import io.autousb.api.OptionValues;
import io.autousb.api.ProviderContext;
import io.autousb.domain.port.Hypervisor;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** How the program finds the adapter, sees whether it can work here, and makes it. */
public final class VirshHypervisorProvider implements HypervisorProvider {

    private static final String CONNECTION = "connection";
    private static final List<String> FOLDERS = List.of("usr/bin", "bin", "usr/local/bin");

    /** Makes a provider, for {@link java.util.ServiceLoader}. */
    public VirshHypervisorProvider() {}

    @Override
    public String name() {
        return "virsh";
    }

    @Override
    public String description() {
        return "guests of libvirt's QEMU driver, through the program virsh";
    }

    @Override
    public List<Option> options() {
        return List.of(new Option(
                CONNECTION, Option.Type.TEXT, Optional.of("qemu:///system"), "the URI of libvirt's connection"));
    }

    @Override
    public Availability probe(ProviderContext context) {
        boolean installed = FOLDERS.stream()
                .map(folder -> context.root().resolve(folder).resolve("virsh"))
                .anyMatch(Files::isExecutable);
        if (!installed) {
            return Availability.unavailable("there is no program virsh", "install libvirt-clients");
        }
        boolean served = Stream.of("run/libvirt/libvirt-sock", "run/libvirt/virtqemud-sock")
                .anyMatch(socket -> Files.exists(context.root().resolve(socket)));
        return served
                ? Availability.AVAILABLE
                : Availability.unavailable("libvirt's daemon does not run", "start libvirtd or virtqemud.socket");
    }

    /** Less than adapters that talk to QEMU themselves: libvirt holds the monitors of its guests. */
    @Override
    public int priority() {
        return 40;
    }

    @Override
    public Hypervisor create(OptionValues options, ProviderContext context) {
        Virsh virsh = new Virsh(context.commands(), options.text(CONNECTION).orElseThrow());
        return new VirshHypervisor(virsh, context.root());
    }
}
