package io.autousb.backend.sim;

import io.autousb.contract.Gadget;
import io.autousb.contract.HypervisorFixture;
import io.autousb.contract.TestContext;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UntrustedText;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** The simulated hypervisor, for the contract. */
class SimHypervisorFixture implements HypervisorFixture {

    private final TestContext context = new TestContext(Path.of("/"));
    private final SimWorld world = SimWorld.create();
    private final AtomicInteger ports = new AtomicInteger();

    @Override
    public Hypervisor open() {
        return new SimHypervisor(world.guests(), context.context().scheduler());
    }

    @Override
    public GuestSpec spec(String guest) {
        return new GuestSpec(guest, Map.of());
    }

    @Override
    public GuestSpec invalidSpec() {
        return new GuestSpec("alpha", Map.of("socket", "/run/alpha.sock"));
    }

    @Override
    public void start(String guest) {
        world.guests()
                .find(guest)
                .orElseGet(() -> world.guests().define(guest).unprivileged())
                .start();
    }

    @Override
    public void stop(String guest) {
        guest(guest).stop();
    }

    @Override
    public UsbDevice plug(Gadget gadget) {
        return plug(PortPath.rootHub(1).child(ports.incrementAndGet()), gadget);
    }

    private UsbDevice plug(PortPath port, Gadget gadget) {
        world.host().plug(port, SimDeviceSourceFixture.toSim(gadget));
        return world.host().at(port).orElseThrow();
    }

    @Override
    public void unplug(UsbDevice device) {
        world.host().unplug(device.path());
    }

    @Override
    public UsbDevice replug(UsbDevice device, Gadget gadget) {
        unplug(device);
        return plug(device.path(), gadget);
    }

    @Override
    public void setState(String guest, GuestState state) {
        guest(guest).setState(state);
    }

    @Override
    public void reboot(String guest) {
        guest(guest).reboot();
    }

    @Override
    public void hang(String guest) {
        guest(guest).hang(false);
    }

    @Override
    public void release(String guest) {
        guest(guest).release();
    }

    @Override
    public void endInNextChange(String guest) {
        guest(guest).endInNextChange();
    }

    @Override
    public void loseNextAnswer(String guest, boolean done) {
        guest(guest).loseNextAnswer(done);
    }

    @Override
    public void refuseNextAttach(String guest, String text) {
        guest(guest)
                .failNextAttaches(
                        1,
                        BackendException.of(BackendException.REFUSED, "it said " + UntrustedText.of(text))
                                .build());
    }

    @Override
    public void attachByHand(String guest, UsbDevice device, GuestPort port, Foreign how) {
        guest(guest).attachByHand(device, port, HandMade.valueOf(how.name()));
    }

    @Override
    public void detachByHand(String guest, Attachment attachment) {
        guest(guest).detachByHand(attachment.handle());
    }

    @Override
    public void takePort(String guest, GuestPort port) {
        guest(guest).takePort(port);
    }

    @Override
    public void fillRoom(String guest) {
        guest(guest).fillRoom();
    }

    @Override
    public void noticeLoss(String guest, Attachment attachment) {
        guest(guest).disconnect(attachment.handle());
    }

    @Override
    public void setNodeOpen(UsbDevice device, boolean open) {
        world.host().openNode(device.path(), open);
    }

    @Override
    public void leaveBehind(String guest) {
        guest(guest).leaveBehind("port 1 has a device that is gone");
    }

    @Override
    public Duration shortTimeout() {
        return Duration.ofMillis(50);
    }

    final SimWorld world() {
        return world;
    }

    private SimGuest guest(String name) {
        return world.guests().find(name).orElseThrow();
    }

    @Override
    public void close() {
        world.guests().all().forEach(SimGuest::stop);
        context.close();
    }
}
