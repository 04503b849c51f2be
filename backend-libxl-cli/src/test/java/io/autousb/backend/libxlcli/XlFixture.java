package io.autousb.backend.libxlcli;

import io.autousb.backend.libxlcli.FakeDomain.Accident;
import io.autousb.contract.Gadget;
import io.autousb.contract.HypervisorCapability;
import io.autousb.contract.HypervisorFixture;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import io.autousb.xen.vusb.VusbPortId;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** The adapter on a {@link FakeXenHost}, with guests of one kind. */
final class XlFixture implements HypervisorFixture {

    private final FakeXenHost host = new FakeXenHost();
    private final boolean hvm;

    XlFixture(boolean hvm) throws IOException {
        this.hvm = hvm;
    }

    @Override
    public Hypervisor open() {
        return host.open();
    }

    @Override
    public Set<HypervisorCapability> unsupported() {
        return EnumSet.of(
                // xenstore does not tell whether a domain is paused
                HypervisorCapability.GUEST_STATES,
                // a reboot makes another domain
                HypervisorCapability.KEEPING_REBOOT,
                // xenstore, which is looked at, answers whatever becomes of a guest
                HypervisorCapability.HANG_SHOWS,
                // what libxl does not know of is not in xenstore
                HypervisorCapability.FOREIGN_ANONYMOUS,
                HypervisorCapability.FOREIGN_REMATCHING,
                HypervisorCapability.REPORTED_LOSS,
                // the device model is root, or can open nothing at all
                HypervisorCapability.NODE_RIGHTS);
    }

    @Override
    public int usbVersion() {
        return hvm ? 3 : 2;
    }

    @Override
    public GuestSpec spec(String guest) {
        return new GuestSpec(guest, Map.of());
    }

    @Override
    public GuestSpec invalidSpec() {
        return new GuestSpec("Domain-0", Map.of());
    }

    @Override
    public void start(String guest) {
        FakeDomain ignored = host.create(guest, hvm);
    }

    @Override
    public void stop(String guest) {
        host.destroy(host.domain(guest));
    }

    @Override
    public UsbDevice plug(Gadget gadget) {
        return host.sysfs.plug(gadget);
    }

    @Override
    public void unplug(UsbDevice device) {
        host.sysfs.unplug(device.path());
    }

    @Override
    public UsbDevice replug(UsbDevice device, Gadget gadget) {
        host.sysfs.unplug(device.path());
        return host.sysfs.plug(device.path(), gadget);
    }

    @Override
    public void hang(String guest) {
        host.domain(guest).hang(true);
    }

    @Override
    public void release(String guest) {
        host.domain(guest).hang(false);
    }

    @Override
    public void endInNextChange(String guest) {
        host.domain(guest).next(Accident.DOMAIN_ENDS);
    }

    @Override
    public void loseNextAnswer(String guest, boolean done) {
        host.domain(guest).next(done ? Accident.KILLED_AFTER : Accident.KILLED_BETWEEN);
    }

    @Override
    public void refuseNextAttach(String guest, String text) {
        host.domain(guest).refuseNext(text);
    }

    @Override
    public void attachByHand(String guest, UsbDevice device, GuestPort port, Foreign how) {
        succeed(
                "usbdev-attach",
                Integer.toString(host.domain(guest).domid),
                "hostbus=" + device.address().bus(),
                "hostaddr=" + device.address().device(),
                "controller=" + devid(port),
                "port=" + port.number());
    }

    @Override
    public void detachByHand(String guest, Attachment attachment) {
        GuestPort port = attachment.port().orElseThrow();
        succeed(
                "usbdev-detach",
                Integer.toString(host.domain(guest).domid),
                devid(port),
                Integer.toString(port.number()));
    }

    private void succeed(String... words) {
        String[] argv = new String[words.length + 1];
        argv[0] = "xl";
        System.arraycopy(words, 0, argv, 1, words.length);
        var result = host.xl.byHand(argv);
        if (!result.succeeded()) {
            throw new IllegalStateException(result.stderr().toString());
        }
    }

    private static String devid(GuestPort port) {
        return port.controller().replaceAll("xenusb-(\\d+)\\.0", "$1");
    }

    @Override
    public void takePort(String guest, GuestPort port) {
        String node = host.portNode(host.domain(guest), Integer.parseInt(devid(port)), port.number());
        host.store.put(node, "something else");
    }

    /** As xl would have it, which attaches nothing any more when there is one such port. */
    @Override
    public void leaveBehind(String guest) {
        FakeDomain domain = host.domain(guest);
        UsbDevice device = host.sysfs.plug(Gadget.keyboard());
        host.store.put(host.portNode(domain, 0, 1), device.path().toString());
        if (hvm) {
            String ignored = domain.addDevice(device.address(), new VusbPortId(0, 1));
        }
        host.sysfs.unplug(device.path());
    }

    @Override
    public void fillRoom(String guest) {
        host.domain(guest).fill();
    }

    @Override
    public void close() {
        host.close();
    }
}
