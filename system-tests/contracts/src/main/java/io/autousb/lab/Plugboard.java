package io.autousb.lab;

import io.autousb.contract.Gadget;
import io.autousb.domain.model.PortPath;
import io.autousb.domain.model.UsbInterface;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The ports of the machine's xHCI, whose USB 2 side is bus 2. Devices are plugged from outside, by the lab: it is asked
 * over a connection, one line of text for a request and one for the answer. A call returns when the kernel and udev are
 * done. Thread-safe.
 */
final class Plugboard implements Closeable {

    /** The root hub. */
    static final PortPath ROOT_HUB = PortPath.rootHub(2);

    private static final Path DEVICES = Path.of("/sys/bus/usb/devices");
    private static final Path UDEV = Path.of("/run/udev/data");
    private static final Path AUTHORIZED_DEFAULT = DEVICES.resolve("usb2/authorized_default");

    private final Socket lab;
    private final BufferedReader answers;
    private boolean udevStands;

    /** Connects to the lab, where the property {@code lab} says. */
    Plugboard() {
        String[] address = System.getProperty("lab", "").split(":");
        try {
            lab = new Socket(address[0], Integer.parseInt(address[1]));
            answers = new BufferedReader(new InputStreamReader(lab.getInputStream(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A device's folder in sysfs, which is there while it is plugged in. */
    static Path folder(PortPath port) {
        return DEVICES.resolve(port.toString());
    }

    synchronized void plug(PortPath port, Gadget gadget) {
        if (!gadget.authorized()) {
            Machine.write(AUTHORIZED_DEFAULT, "0");
        }
        if (!gadget.initialized()) {
            holdUdev(true);
        }
        try {
            ask("plug " + place(port) + ' ' + describe(gadget));
            Machine.await(port + " to be there", () -> Files.exists(folder(port).resolve("idProduct")));
            if (gadget.authorized()) {
                awaitConfigured(port, gadget);
            }
        } finally {
            if (!gadget.authorized()) {
                Machine.write(AUTHORIZED_DEFAULT, "1");
            }
        }
        if (gadget.authorized() && gadget.interfaces().isEmpty()) {
            Machine.write(folder(port).resolve("bConfigurationValue"), "0");
        }
        if (gadget.initialized()) {
            awaitUdev(port);
        }
    }

    private static void awaitConfigured(PortPath port, Gadget gadget) {
        Machine.await(port + " to be configured", () -> isConfigured(port));
        gadget.interfaces().stream()
                .filter(each -> each.driver().isPresent())
                .map(each -> DEVICES.resolve(port + ":1." + each.number()).resolve("driver"))
                .forEach(driver -> Machine.await(driver + " to be there", () -> Files.exists(driver)));
    }

    private static boolean isConfigured(PortPath port) {
        return !Machine.read(folder(port).resolve("bConfigurationValue")).isEmpty();
    }

    private static void awaitUdev(PortPath port) {
        Path entry = UDEV.resolve('c' + Machine.read(folder(port).resolve("dev")));
        Machine.await("udev to be done with " + port, () -> Files.exists(entry));
    }

    synchronized void unplug(PortPath port) {
        ask("unplug " + place(port));
        Machine.await(port + " to be gone", () -> !Files.exists(folder(port)));
    }

    /** Takes a device's authorization away, or gives it, upon which the kernel configures it. */
    synchronized void authorize(PortPath port, boolean authorized) {
        Machine.write(folder(port).resolve("authorized"), authorized ? "1" : "0");
        Machine.await(port + " to be configured: " + authorized, () -> isConfigured(port) == authorized);
    }

    /** Lets udev work that was held up by {@link Gadget#uninitialized}. */
    synchronized void initialize(PortPath port) {
        holdUdev(false);
        awaitUdev(port);
    }

    private void holdUdev(boolean hold) {
        Machine.run("udevadm", "control", hold ? "--stop-exec-queue" : "--start-exec-queue");
        udevStands = hold;
    }

    /** Asks the kernel for an event of a device, or of the root hub if there is none. */
    synchronized void change(PortPath port) {
        Path device = Files.exists(folder(port)) ? folder(port) : DEVICES.resolve("usb2");
        Machine.write(device.resolve("uevent"), "change");
    }

    /** Takes the controller from its driver and gives it back. Addresses begin anew then. */
    synchronized void rebind(PortPath... plugged) {
        Path controller = Machine.target(DEVICES.resolve("usb2/.."));
        Path driver = Machine.target(controller.resolve("driver"));
        String name = controller
                .subpath(controller.getNameCount() - 1, controller.getNameCount())
                .toString();
        Machine.write(driver.resolve("unbind"), name);
        Machine.write(driver.resolve("bind"), name);
        Machine.await("the root hub to be back", () -> Files.exists(AUTHORIZED_DEFAULT));
        for (PortPath port : plugged) {
            Machine.await(port + " to be back", () -> Files.exists(folder(port)) && isConfigured(port));
            awaitUdev(port);
        }
    }

    private static String place(PortPath port) {
        String name = port.toString();
        return name.substring(name.indexOf('-') + 1);
    }

    private static String describe(Gadget gadget) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("id", gadget.id().toString());
        facts.put("class", gadget.usbClass().toString());
        facts.put("speed", gadget.speed().toString());
        facts.put("ports", Integer.toString(gadget.hubPorts()));
        facts.put(
                "interfaces",
                gadget.interfaces().stream().map(Plugboard::describe).collect(Collectors.joining(",")));
        put(facts, "manufacturer", gadget.manufacturer());
        put(facts, "product", gadget.product());
        put(facts, "serial", gadget.serial());
        return facts.entrySet().stream()
                .map(fact -> fact.getKey() + '=' + URLEncoder.encode(fact.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private static String describe(UsbInterface each) {
        return each.number() + "/" + each.usbClass();
    }

    private static void put(Map<String, String> facts, String name, Optional<String> value) {
        value.ifPresent(text -> facts.put(name, text));
    }

    private void ask(String request) {
        try {
            lab.getOutputStream().write((request + '\n').getBytes(StandardCharsets.UTF_8));
            String answer = answers.readLine();
            if (!"ok".equals(answer)) {
                throw new IllegalStateException(request + ": the lab says: " + answer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Unplugs everything. */
    @Override
    public synchronized void close() throws IOException {
        if (udevStands) {
            holdUdev(false);
        }
        ask("clear");
        Machine.await("all ports to be empty", () -> {
            try (var devices = Files.newDirectoryStream(DEVICES, ROOT_HUB.bus() + "-[1-9]*")) {
                return !devices.iterator().hasNext();
            }
        });
        lab.close();
    }
}
