package io.autousb.backend.udev;

import io.autousb.domain.model.PortPath;
import io.autousb.domain.port.DeviceSource;
import io.autousb.linux.SysfsFixture;
import io.autousb.linux.Uevent.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A host of files whose uevents reach the source. */
final class UdevFixture extends SysfsFixture {

    private final Uevents netlink;
    private volatile boolean losing;

    UdevFixture(Uevents netlink) {
        this.netlink = netlink;
    }

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
            netlink.tell(origin, action, devpath, devnum(devpath));
        }
    }

    /** As the kernel tells it of a device, if it is still there. */
    private String[] devnum(String devpath) {
        return PortPath.tryParse(devpath.substring(devpath.lastIndexOf('/') + 1))
                .filter(path -> Files.exists(root().resolve("sys/bus/usb/devices/" + path)))
                .map(path -> "DEVNUM=%03d".formatted(host().address(path).device()))
                .stream()
                .toArray(String[]::new);
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

    @Override
    protected void closeWorld() throws IOException {
        netlink.close();
    }
}
