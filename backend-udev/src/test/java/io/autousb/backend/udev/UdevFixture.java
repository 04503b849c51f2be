package io.autousb.backend.udev;

import io.autousb.domain.model.PortPath;
import io.autousb.domain.port.DeviceSource;
import io.autousb.linux.SysfsFixture;
import io.autousb.linux.Uevent.Origin;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A host of files whose uevents reach the source. */
final class UdevFixture extends SysfsFixture {

    private final FakeNetlink netlink = new FakeNetlink();
    private volatile boolean losing;

    @Override
    public DeviceSource open() {
        return new UdevDeviceSource(
                netlink,
                root(),
                (delay, task) -> {
                    var future = CompletableFuture.runAsync(
                            task, CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS));
                    return () -> future.cancel(false);
                },
                Duration.ZERO);
    }

    @Override
    protected void tell(Origin origin, String action, String devpath) {
        if (!losing) {
            netlink.tell(origin, action, devpath);
        }
    }

    @Override
    public void spuriousEvent(PortPath port) {
        String devpath = host().devpath(rootHub()) + '/' + port;
        netlink.tell(Origin.KERNEL, "change", devpath, "SYNTH_UUID=0");
        netlink.tell(Origin.UDEV, "remove", devpath);
        netlink.tell(Origin.KERNEL, "bind", devpath);
    }

    @Override
    public void losingEvents(Runnable changes) {
        losing = true;
        changes.run();
        losing = false;
        netlink.overflow();
    }
}
