package io.autousb.contract;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.DetachRequest;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the rules for hypervisors share. */
abstract class HypervisorRules {

    static final String ALPHA = "alpha";
    static final String BETA = "beta";
    static final String GAMMA = "gamma";

    private final List<Hypervisor> opened = new ArrayList<>();
    private HypervisorFixture fixture;
    private HintCounter hints;

    /**
     * Makes the adapter's world. Called once for each rule.
     *
     * @return a new fixture, closed by the contract
     * @throws Exception if that fails; the rule is then reported as failed
     */
    protected abstract HypervisorFixture createFixture() throws Exception;

    @BeforeEach
    final void setUpFixture() throws Exception {
        fixture = createFixture();
        hints = new HintCounter(fixture.patience());
    }

    @AfterEach
    final void tearDownFixture() throws Exception {
        opened.forEach(Hypervisor::close);
        fixture.close();
    }

    final HypervisorFixture world() {
        return fixture;
    }

    /** The rule's listener. */
    final HintCounter hints() {
        return hints;
    }

    final boolean lacks(HypervisorCapability capability) {
        return fixture.unsupported().contains(capability);
    }

    /** Skips the rule, by name, where a capability is missing. */
    final void needs(HypervisorCapability capability) {
        assumeFalse(lacks(capability), "declared unsupported: " + capability);
    }

    final Hypervisor open() {
        Hypervisor hypervisor = fixture.open();
        opened.add(hypervisor);
        return hypervisor;
    }

    /** An adapter that is configured with some guests, and that the rule's listener is subscribed to. */
    final Hypervisor watching(String... guests) {
        Hypervisor hypervisor = open();
        hypervisor.configure(specs(guests));
        hypervisor.subscribe(hints);
        return hypervisor;
    }

    /** As {@link #watching}, with one guest that runs and is known to the adapter. */
    final Hypervisor running(String guest) {
        fixture.start(guest);
        Hypervisor hypervisor = watching(guest);
        known(hypervisor, guest);
        return hypervisor;
    }

    final List<GuestSpec> specs(String... guests) {
        return Stream.of(guests).map(fixture::spec).toList();
    }

    final Optional<Guest> find(Hypervisor hypervisor, String name) {
        return hypervisor.guests(fixture.timeout()).stream()
                .filter(guest -> guest.name().equals(name))
                .findFirst();
    }

    /** A guest that runs, once the adapter has found it. */
    final Guest known(Hypervisor hypervisor, String name) {
        Await.until(
                fixture.patience(),
                name + " is there and accepts changes",
                () -> find(hypervisor, name)
                        .filter(guest -> guest.state().acceptsChanges())
                        .isPresent());
        return find(hypervisor, name).orElseThrow();
    }

    final GuestInspection inspect(Hypervisor hypervisor, Guest guest) {
        return hypervisor.inspect(guest, fixture.timeout());
    }

    final List<Attachment> attachments(Hypervisor hypervisor, Guest guest) {
        return inspect(hypervisor, guest).attachments();
    }

    /** A guest's ports that are free and fit a device of any speed below USB 3. */
    final List<GuestPort> freePorts(Hypervisor hypervisor, Guest guest) {
        return inspect(hypervisor, guest).controllers().stream()
                .flatMap(controller -> controller.ports().stream())
                .filter(GuestPort::free)
                .toList();
    }

    final GuestPort freePort(Hypervisor hypervisor, Guest guest) {
        return freePorts(hypervisor, guest).get(0);
    }

    final AttachRequest attachRequest(Guest guest, UsbDevice device, GuestPort port) {
        return new AttachRequest(guest, device, port, fixture.timeout());
    }

    /** Attaches a device to a free port, with ample time. */
    final Attachment attach(Hypervisor hypervisor, Guest guest, UsbDevice device) {
        return hypervisor.attach(attachRequest(guest, device, freePort(hypervisor, guest)));
    }

    /** Takes an attachment away, with ample time. */
    final void detach(Hypervisor hypervisor, Guest guest, Attachment attachment, boolean devicePresent) {
        hypervisor.detach(new DetachRequest(guest, attachment, devicePresent, fixture.timeout()));
    }

    /** How long a call with the short timeout may take. */
    final Duration shortLimit() {
        return fixture.shortTimeout().plus(fixture.grace());
    }
}
