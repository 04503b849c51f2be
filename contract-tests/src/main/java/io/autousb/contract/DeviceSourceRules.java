package io.autousb.contract;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.autousb.domain.model.HostTopology;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.DeviceSource;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the rules for device sources share. */
@ExtendWith(RuleReport.class)
abstract class DeviceSourceRules {

    /** A device that is plugged in ready is shown so by then. */
    private static final Duration SETTLES = Duration.ofSeconds(1);

    private final Set<Thread> threadsBefore = Resources.threads();
    private final List<DeviceSource> opened = new CopyOnWriteArrayList<>();
    private final AtomicInteger looks = new AtomicInteger();
    private DeviceSourceFixture fixture;
    private HintCounter hints;
    private boolean down;

    /**
     * Makes the adapter's world. Called once for each rule.
     *
     * @return a new fixture, closed by the contract
     * @throws Exception if that fails; the rule is then reported as failed
     */
    protected abstract DeviceSourceFixture createFixture() throws Exception;

    @BeforeEach
    final void setUpFixture() throws Exception {
        fixture = createFixture();
        hints = new HintCounter(fixture.patience());
    }

    @AfterEach
    final void tearDownFixture() throws IOException {
        if (!down) {
            down = true;
            opened.forEach(DeviceSource::close);
            fixture.close();
        }
    }

    /** The threads that lived before the fixture was made. */
    final Set<Thread> threadsBefore() {
        return threadsBefore;
    }

    final DeviceSourceFixture world() {
        return fixture;
    }

    /** The rule's listener. */
    final HintCounter hints() {
        return hints;
    }

    /** A port of the root hub. */
    final PortPath port(int number) {
        return fixture.rootHub().child(number);
    }

    /** Skips the rule, by name, where a capability is missing. */
    final void needs(DeviceSourceCapability capability) {
        assumeFalse(fixture.unsupported().contains(capability), "declared unsupported: " + capability);
    }

    final DeviceSource open() {
        DeviceSource source = fixture.open();
        opened.add(source);
        return source;
    }

    /** A source that the rule's listener is subscribed to. */
    final DeviceSource watching() {
        DeviceSource source = open();
        source.subscribe(hints);
        return source;
    }

    /** A source that is subscribed to by a listener of its own, with which it has nothing to do here. */
    final DeviceSource watching(HintCounter listener) {
        DeviceSource source = open();
        source.subscribe(listener);
        return source;
    }

    /** How often this rule began to look. */
    final int looks() {
        return looks.get();
    }

    final HostTopology look(DeviceSource source) {
        looks.incrementAndGet();
        return source.snapshot(fixture.timeout());
    }

    /** Changes the world, and looks after each hint until the snapshot is right. */
    final HostTopology lookAfter(
            DeviceSource source, Runnable change, String what, Predicate<HostTopology> looksRight) {
        look(source);
        int mark = hints.count();
        change.run();
        hints.awaitAfter(mark, what, () -> looksRight.test(look(source)));
        return look(source);
    }

    /** Plugs a device in and waits until the source shows it; it may do so before the host has configured it. */
    final UsbDevice plugged(DeviceSource source, PortPath port, Gadget gadget) {
        HostTopology first = lookAfter(source, () -> fixture.plug(port, gadget), port + " is in use", has(port));
        boolean settled = isReady(first, port) || Await.becomes(SETTLES, () -> isReady(look(source), port));
        return (settled ? look(source) : first).at(port).orElseThrow();
    }

    private static boolean isReady(HostTopology host, PortPath port) {
        return host.at(port).filter(UsbDevice::isReady).isPresent();
    }

    static Predicate<HostTopology> has(PortPath port) {
        return host -> host.at(port).isPresent();
    }

    static Predicate<HostTopology> lacks(PortPath port) {
        return host -> host.at(port).isEmpty();
    }
}
