package io.autousb.backend.libxlcli;

import io.autousb.api.Command;
import io.autousb.api.CommandOutcome;
import io.autousb.api.CommandOutput;
import io.autousb.api.CommandResult;
import io.autousb.api.CommandRunner;
import io.autousb.api.RunningCommand;
import io.autousb.backend.libxlcli.FakeDomain.Accident;
import io.autousb.domain.model.DeviceAddress;
import io.autousb.domain.model.PortPath;
import io.autousb.linux.PluggedDevices.PluggedDevice;
import io.autousb.xen.vusb.VusbPortId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Behaves like {@code xl} of Xen 4.17, its faults included: does to xenstore and to QEMU what libxl does, in its order
 * ({@code libxl_usb.c}), and says what is recorded of a real one.
 */
final class FakeXl implements CommandRunner {

    private static final int SIGKILL = 9;
    private static final int SIGSEGV = 11;
    private static final Pattern NUMBER = Pattern.compile("(?:[a-z]+=)?([1-9][0-9]*|0)");

    private final FakeXenHost host;
    private final Deque<CommandResult> instead = new ArrayDeque<>();
    private final Deque<Runnable> before = new ArrayDeque<>();
    private final Deque<Runnable> after = new ArrayDeque<>();
    private final List<String> log = new CopyOnWriteArrayList<>();

    /** An xl that ends in the middle. */
    private static final class Ended extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient CommandOutcome outcome;

        Ended(CommandOutcome outcome) {
            this.outcome = outcome;
        }
    }

    /** libxl says no. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String stderr) {
            super(stderr);
        }
    }

    FakeXl(FakeXenHost host) {
        this.host = host;
    }

    /** What was run, without the program's name. */
    List<String> log() {
        return List.copyOf(log);
    }

    /** The next command is not run, and ends like this. */
    synchronized void answerNext(CommandResult result) {
        instead.add(result);
    }

    /** Something happens just before the next command does anything. */
    synchronized void beforeNext(Runnable event) {
        before.add(event);
    }

    /** Something happens when the next command has ended, and its caller does not know yet. */
    synchronized void afterNext(Runnable event) {
        after.add(event);
    }

    static CommandResult exited(int code, String stderr) {
        return new CommandResult(
                CommandOutcome.exited(code),
                CommandOutput.NONE,
                CommandOutput.of(stderr.getBytes(StandardCharsets.UTF_8), false));
    }

    /** As another program would run it. */
    CommandResult byHand(String... argv) {
        return host.xl.run(Command.of(java.time.Duration.ofSeconds(10), argv));
    }

    @Override
    public RunningCommand start(Command command) {
        log.add(String.join(" ", command.argv().subList(1, command.argv().size())));
        synchronized (this) {
            CommandResult result = instead.poll();
            RunningCommand run = result == null ? new Run(command) : () -> result;
            return new Eventful(
                    run, before.isEmpty() ? () -> {} : before.poll(), after.isEmpty() ? () -> {} : after.poll());
        }
    }

    /** A run, and what happens around it. */
    private static final class Eventful implements RunningCommand {
        private final RunningCommand run;
        private final Runnable first;
        private final Runnable last;
        private CommandResult result;

        Eventful(RunningCommand run, Runnable first, Runnable last) {
            this.run = run;
            this.first = first;
            this.last = last;
        }

        @Override
        public synchronized CommandResult await() {
            if (result == null) {
                first.run();
                CommandResult how = run.await();
                last.run();
                result = how;
            }
            return result;
        }

        @Override
        public void close() {
            run.close();
        }
    }

    /** A run, whose work is done by whoever waits for it. */
    private final class Run implements RunningCommand {
        private final Command command;
        private final long end;
        private volatile boolean cancelled;
        private CommandResult result;
        private FakeDomain waitsFor;

        Run(Command command) {
            this.command = command;
            this.end = System.nanoTime() + command.timeout().toNanos();
        }

        @Override
        public synchronized CommandResult await() {
            if (result == null) {
                result = work();
            }
            return result;
        }

        @Override
        public void close() {
            cancelled = true;
            for (FakeDomain domain : host.domains()) {
                synchronized (domain) {
                    domain.notifyAll();
                }
            }
            CommandResult ignored = await();
        }

        private CommandResult work() {
            try {
                synchronized (host) {
                    waitsFor = host.domain(number(2)).orElse(null);
                }
                if (waitsFor == null) {
                    throw new Refused("libxl: error: libxl_domain.c:1:libxl__domain_type: unable to get domain type\n");
                }
                switch (command.argv().get(1)) {
                    case "usbctrl-attach" -> attachController(waitsFor);
                    case "usbdev-attach" -> attach(waitsFor);
                    case "usbdev-detach" -> detach(waitsFor);
                    default -> throw new Refused("xl: unknown command\n");
                }
                return exited(0, "");
            } catch (Refused e) {
                return exited(1, e.getMessage());
            } catch (Ended e) {
                return new CommandResult(e.outcome, CommandOutput.NONE, CommandOutput.NONE);
            }
        }

        private int number(int index) {
            Matcher match = NUMBER.matcher(command.argv().get(index));
            if (!match.matches()) {
                throw new IllegalArgumentException("not what xl takes for a number: " + command);
            }
            return Integer.parseInt(match.group(1));
        }

        /** Whatever was to happen happens; then QEMU is there to be told. */
        private Accident atQemu(FakeDomain domain) throws Ended, Refused {
            Accident accident = domain.takeAccident();
            if (accident == Accident.KILLED_BETWEEN) {
                throw new Ended(CommandOutcome.signalled(SIGKILL));
            }
            if (accident == Accident.DOMAIN_ENDS) {
                host.destroy(domain);
                throw new Refused("libxl: error: libxl_qmp.c:1334:qmp_ev_lock_aquired: Domain " + domain.domid
                        + ":Failed to connect to QMP socket /var/run/xen/qmp-libxl-" + domain.domid
                        + ": No such file or directory\n");
            }
            synchronized (domain) {
                while (domain.hangs()) {
                    long left = end - System.nanoTime();
                    if (cancelled || left <= 0) {
                        throw new Ended(cancelled ? CommandOutcome.CANCELLED : CommandOutcome.TIMED_OUT);
                    }
                    try {
                        domain.wait(left / 1_000_000 + 1);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }
            }
            return accident;
        }

        private void finish(Accident accident) throws Ended {
            if (accident == Accident.KILLED_AFTER) {
                throw new Ended(CommandOutcome.signalled(SIGKILL));
            }
        }

        private void attachController(FakeDomain domain) throws Ended, Refused {
            int devid = 0;
            while (host.hasController(domain, devid)) {
                devid++;
            }
            int version = number(4);
            if (!command.argv().get(3).equals(domain.hvm ? "type=devicemodel" : "type=qusb")
                    || version > (domain.hvm ? 3 : 2)) {
                throw new Refused(
                        "libxl: error: libxl_usb.c:117:libxl__device_usbctrl_setdefault: Illegal USB version\n");
            }
            if (domain.hvm) {
                host.controller(domain, devid, version, number(5));
            }
            Accident accident = atQemu(domain);
            String error = domain.addController(devid);
            if (!error.isEmpty()) {
                if (!domain.hvm) {
                    throw new Refused("libxl: error: libxl_dm.c:3845:libxl__dm_check_start: Domain " + domain.domid
                            + ":device model required but not running\n");
                }
                host.dropController(domain, devid);
                throw new Refused(qmp(domain, error) + "libxl_device_usbctrl_add failed.\n");
            }
            if (!domain.hvm) {
                host.controller(domain, devid, version, number(5));
            }
            finish(accident);
        }

        private void attach(FakeDomain domain) throws Ended, Refused {
            Optional<PluggedDevice> device = host.sysfs.at(number(3), number(4));
            VusbPortId port = new VusbPortId(number(5), number(6));
            if (!host.hasController(domain, port.controller())) {
                throw new Refused(
                        "libxl: error: libxl_xshelp.c:206:libxl__xs_read_mandatory: xenstore read failed: `/libxl/"
                                + domain.domid + "/device/vusb/" + port.controller()
                                + "': No such file or directory\n");
            }
            if (device.isEmpty() || host.sysfs.isHub(device.get().path())) {
                throw refused(domain, "libxl_usb.c:1732", "USB device is not assignable.");
            }
            if (isAssigned(device.get().address(), domain)) {
                throw refused(domain, "libxl_usb.c:1746", "USB device already attached to a domain");
            }
            if (!host.port(domain, port.controller(), port.number()).equals(Optional.of(""))) {
                throw refused(domain, "libxl_usb.c:1214", "The controller port isn't available");
            }
            String node = host.portNode(domain, port.controller(), port.number());
            if (domain.hvm) {
                host.store.put(node, device.get().path().toString());
            }
            Accident accident = atQemu(domain);
            String error = domain.hvm ? domain.addDevice(device.get().address(), port) : domain.takeRefusal();
            if (!error.isEmpty()) {
                host.store.put(node, "");
                throw new Refused(qmp(domain, error) + "libxl_device_usbdev_add failed.\n");
            }
            if (!domain.hvm) {
                host.store.put(node, device.get().path().toString());
            }
            finish(accident);
        }

        /** Over all ports of the host, as sysfs is now ({@code get_assigned_devices}). */
        private boolean isAssigned(DeviceAddress address, FakeDomain asking) throws Refused {
            boolean found = false;
            for (FakeDomain domain : host.domains()) {
                for (int devid = 0; host.hasController(domain, devid); devid++) {
                    Optional<String> value;
                    for (int port = 1; (value = host.port(domain, devid, port)).isPresent(); port++) {
                        Optional<PortPath> path = PortPath.tryParse(value.get());
                        if (path.isPresent()) {
                            PluggedDevice there = host.sysfs
                                    .at(path.get())
                                    .orElseThrow(() -> new Refused(
                                            "libxl: error: libxl_usb.c:945:get_assigned_devices: fail to get assigned"
                                                    + " devices\nlibxl: error:"
                                                    + " libxl_usb.c:1740:libxl__device_usbdev_add: Domain "
                                                    + asking.domid + ":cannot determine if device is assigned,"
                                                    + " refusing to continue\n"));
                            found |= there.address().equals(address);
                        }
                    }
                }
            }
            return found;
        }

        private void detach(FakeDomain domain) throws Ended, Refused {
            int devid = number(3);
            int port = number(4);
            if (!host.hasController(domain, devid)) {
                throw new Ended(CommandOutcome.signalled(SIGSEGV));
            }
            Optional<PluggedDevice> device =
                    host.port(domain, devid, port).flatMap(PortPath::tryParse).flatMap(host.sysfs::at);
            if (device.isEmpty()) {
                throw new Refused("Unknown device at controller " + devid + " port " + port + ".\n");
            }
            String node = host.portNode(domain, devid, port);
            if (domain.hvm) {
                host.store.put(node, "");
            }
            Accident accident = atQemu(domain);
            String id = "xenusb-" + device.get().address().bus() + "-"
                    + device.get().address().device();
            String error = domain.hvm ? domain.deleteDevice(id) : "";
            if (!error.isEmpty()) {
                host.store.put(node, device.get().path().toString());
                throw new Refused(qmp(domain, error) + "libxl_device_usbdev_remove failed.\n");
            }
            if (!domain.hvm) {
                host.store.put(node, "");
            }
            finish(accident);
        }

        private Refused refused(FakeDomain domain, String where, String text) {
            return new Refused(
                    "libxl: error: " + where + ":libxl__device_usbdev_add: Domain " + domain.domid + ":" + text
                            + "\nlibxl: error: libxl_device.c:1486:device_addrm_aocomplete: unable to add device\n"
                            + "libxl_device_usbdev_add failed.\n");
        }

        private String qmp(FakeDomain domain, String error) {
            return "libxl: error: libxl_qmp.c:1837:qmp_ev_parse_error_messages: Domain " + domain.domid + ":" + error
                    + "\nlibxl: error: libxl_device.c:1486:device_addrm_aocomplete: unable to add device\n";
        }
    }
}
