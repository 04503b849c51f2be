package io.autousb.contract;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DetachRequest;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the rules for hypervisors share. */
@ExtendWith(RuleReport.class)
abstract class HypervisorRules {

    static final String ALPHA = "alpha";
    static final String BETA = "beta";
    static final String GAMMA = "gamma";

    private final Set<Thread> threadsBefore = Resources.threads();
    private final List<Hypervisor> opened = new CopyOnWriteArrayList<>();
    private HypervisorFixture fixture;
    private GuestHints hints;
    private boolean down;

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
        hints = new GuestHints(fixture.patience());
    }

    @AfterEach
    final void tearDownFixture() throws IOException {
        if (!down) {
            down = true;
            opened.forEach(Hypervisor::close);
            fixture.close();
        }
    }

    /** The threads that lived before the fixture was made. */
    final Set<Thread> threadsBefore() {
        return threadsBefore;
    }

    final HypervisorFixture world() {
        return fixture;
    }

    /** The rule's listener. */
    final GuestHints hints() {
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

    final GuestInspection inspect(Hypervisor hypervisor, String name) {
        return inspect(hypervisor, known(hypervisor, name));
    }

    final List<Attachment> attachments(Hypervisor hypervisor, String name) {
        return inspect(hypervisor, name).attachments();
    }

    /** A guest's ports that are free. */
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

    /** As {@link #attach}, with the short timeout. */
    final Attachment attachShortly(Hypervisor hypervisor, Guest guest, UsbDevice device, GuestPort port) {
        return hypervisor.attach(new AttachRequest(guest, device, port, fixture.shortTimeout()));
    }

    /** Runs a call with the short timeout, which has to fail by then. */
    final BackendException failsInTime(Runnable call) {
        return Failures.of(() -> inTime(() -> {
            call.run();
            return true;
        }));
    }

    /** Runs a call with the short timeout, which has to return by then. */
    final <T> T inTime(Supplier<T> call) {
        return Await.result(fixture.shortTimeout().plus(fixture.grace()), Await.start(call));
    }
}
