package org.example.virsh;

import io.autousb.api.CommandResult;
import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.port.AddControllerRequest;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.BackendException.Retry;
import io.autousb.domain.port.DetachRequest;
import io.autousb.domain.port.GuestListener;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Guests of libvirt. Only what runs is changed, never a guest's configuration: the core attaches anew after each start.
 *
 * <p>Thread-safe; each call runs its own {@code virsh}, so that a guest that hangs delays no other.
 */
final class VirshHypervisor implements Hypervisor {

    private static final String AUTHORITY = "libvirt";
    /** How long one {@code dumpxml} may take while a call has other things to do. */
    private static final long LOOK_MILLIS = 5000;
    private static final long PAUSE_MILLIS = 50;
    private static final int SPARE_PART = 10;

    /** What passes by itself (libvirt {@code tools/virsh-domain-monitor.c}); others only tell what has been. */
    private static final Set<String> TRANSIENT = Set.of(
            "paused (migrating)",
            "paused (saving)",
            "paused (dumping)",
            "paused (creating snapshot)",
            "paused (starting up)",
            "paused (post-copy)",
            "running (post-copy)");

    private final Virsh virsh;
    private final HostDevices host;
    private final Events events;
    /** As they were when they last answered. */
    private final Map<String, Guest> known = new ConcurrentHashMap<>();
    private volatile List<GuestSpec> specs = List.of();

    VirshHypervisor(Virsh virsh, Path root) {
        this.virsh = virsh;
        this.host = new HostDevices(root);
        this.events = new Events(virsh, known::values);
    }

    @Override
    public void configure(List<GuestSpec> guests) {
        virsh.requireOpen();
        specs = List.copyOf(guests);
        known.keySet().retainAll(guests.stream().map(GuestSpec::name).toList());
    }

    @Override
    public void subscribe(GuestListener listener) {
        virsh.requireOpen();
        events.start(listener);
    }

    @Override
    public List<Guest> guests(Duration timeout) {
        virsh.requireOpen();
        Deadline deadline = Deadline.after(timeout.minus(timeout.dividedBy(SPARE_PART)));
        List<Guest> guests = new ArrayList<>();
        List<GuestSpec> wanted = specs;
        for (int i = 0; i < wanted.size(); i++) {
            Duration share = deadline.remaining().dividedBy(wanted.size() - i);
            find(wanted.get(i).name(), Deadline.after(share)).ifPresent(guests::add);
        }
        return guests;
    }

    /** One that does not answer is where it was, as far as anybody knows. */
    private Optional<Guest> find(String name, Deadline deadline) {
        try {
            Optional<Guest> found = ask(name, deadline);
            found.ifPresentOrElse(guest -> known.put(name, guest), () -> known.remove(name));
            return found;
        } catch (BackendException e) {
            Guest last = known.get(name);
            if (last == null || e.is(BackendException.CLOSED)) {
                throw e;
            }
            return Optional.of(last.withState(GuestState.UNKNOWN));
        }
    }

    /** virsh takes a number for a domain's id before it takes it for a name: so the name has to fit. */
    private Optional<Guest> ask(String name, Deadline deadline) {
        Optional<DomainXml> xml = look(name, deadline).filter(each -> each.name().equals(name));
        if (xml.isEmpty() || xml.get().run().isEmpty()) {
            return Optional.empty();
        }
        GuestId id = new GuestId(AUTHORITY, xml.get().uuid());
        return Optional.of(new Guest(id, name, instance(xml.get()), state(id, deadline)));
    }

    private static String instance(DomainXml xml) {
        return xml.uuid() + "/" + xml.run().orElse("-");
    }

    /** Empty if there is no such guest. */
    private Optional<DomainXml> look(String name, Deadline deadline) {
        CommandResult result = virsh.run(deadline, "dumpxml", "--domain", name);
        if (result.succeeded()) {
            return Optional.of(DomainXml.parse(Virsh.whole(result)));
        }
        if (result.stderr().raw().contains("Domain not found")) {
            return Optional.empty();
        }
        throw refused("libvirt does not say what the guest is", name, result);
    }

    private GuestState state(GuestId guest, Deadline deadline) {
        CommandResult result = virsh.run(deadline, "domstate", "--domain", guest.key(), "--reason");
        String said = result.stdout().raw().strip();
        if (TRANSIENT.contains(said)) {
            return GuestState.TRANSIENT;
        }
        return switch (said.replaceFirst(" \\(.*", "")) {
            case "running", "idle" -> GuestState.RUNNING;
            case "paused" -> GuestState.PAUSED;
            case "pmsuspended" -> GuestState.SUSPENDED;
            case "shut off", "crashed", "dying" -> GuestState.STOPPED;
            case "in shutdown" -> GuestState.RUNNING;
            default -> GuestState.UNKNOWN;
        };
    }

    @Override
    public GuestInspection inspect(Guest guest, Duration timeout) {
        Deadline deadline = Deadline.after(timeout);
        DomainXml xml = requireRunning(guest, deadline);
        Guest now = new Guest(guest.id(), guest.name(), instance(xml), state(guest.id(), deadline));
        return GuestUsb.inspection(now, xml);
    }

    private DomainXml requireRunning(Guest guest, Deadline deadline) {
        return look(guest.id().key(), deadline)
                .filter(xml -> xml.run().isPresent())
                .orElseThrow(() -> gone(guest));
    }

    /** The very run that was seen. */
    private DomainXml requireInstance(Guest guest, Deadline deadline) {
        DomainXml xml = requireRunning(guest, deadline);
        if (!instance(xml).equals(guest.instance())) {
            throw gone(guest);
        }
        return xml;
    }

    private static BackendException gone(Guest guest) {
        return BackendException.of(BackendException.GUEST_GONE, "the guest does not run any more")
                .where(guest)
                .retry(Retry.ON_CHANGE)
                .build();
    }

    @Override
    public void addController(AddControllerRequest request) {
        virsh.requireOpen();
        throw BackendException.of(BackendException.UNSUPPORTED, "libvirt adds no USB controller to a guest that runs")
                .where(request.guest())
                .retry(Retry.NEVER)
                .remedy("add <controller type='usb' model='qemu-xhci' ports='15'/> to its XML and start it anew")
                .build();
    }

    @Override
    public Attachment attach(AttachRequest request) {
        Deadline deadline = Deadline.after(request.timeout());
        requireFree(request, requireInstance(request.guest(), deadline));
        host.requireThere(request.device());
        Path file = write(HostdevXml.of(request), request.guest());
        try {
            CommandResult result = virsh.run(
                    deadline, "attach-device", "--live", "--domain", request.guest().id().key(), "--file", file.toString());
            if (!result.succeeded()) {
                requireMade(request, result, deadline);
            }
        } catch (BackendException e) {
            throw e.outcomeUnknown() && !isRunning(request.guest(), deadline) ? gone(request.guest()) : e;
        } finally {
            delete(file);
        }
        return made(request);
    }

    private static Attachment made(AttachRequest request) {
        Mark mark = Mark.of(request.device());
        return Attachment.builder(request.guest().id(), mark.alias())
                .port(request.port().occupied())
                .address(request.device().address())
                .path(mark.path())
                .generation(mark.generation())
                .ours(true)
                .build();
    }

    private void requireFree(AttachRequest request, DomainXml xml) {
        GuestInspection seen = GuestUsb.inspection(request.guest(), xml);
        boolean has = seen.attachments().stream()
                .anyMatch(each -> each.address().filter(request.device().address()::equals).isPresent()
                        && each.generation().map(request.device().generation()::equals).orElse(true));
        if (has) {
            throw BackendException.of(BackendException.DUPLICATE, "the guest has the device already")
                    .where(request.device())
                    .retry(Retry.ON_CHANGE)
                    .build();
        }
        boolean free = seen.controllers().stream()
                .flatMap(controller -> controller.ports().stream())
                .anyMatch(port -> port.isSamePort(request.port()) && port.free());
        if (!free) {
            throw BackendException.of(BackendException.PORT_BUSY, "the guest's port is taken")
                    .where(request.port())
                    .retry(Retry.NOW)
                    .build();
        }
    }

    /**
     * libvirt's words are for people, and virsh fails with the same code whether libvirt refused or the connection to it broke:
     * what has become of device and guest tells.
     */
    private void requireMade(AttachRequest request, CommandResult result, Deadline deadline) {
        DomainXml xml = requireInstanceAfterwards(request.guest(), deadline.orAfterMillis(LOOK_MILLIS));
        if (has(xml, Mark.of(request.device()).alias())) {
            return;
        }
        host.requireThere(request.device());
        requireFree(request, xml);
        throw refused("libvirt refuses to attach the device", request.device(), result);
    }

    private static BackendException refused(String what, Object where, CommandResult result) {
        return BackendException.of(BackendException.REFUSED, what + ": " + Virsh.complaint(result))
                .where(where)
                .remedy("see the log of libvirt's daemon")
                .build();
    }

    /** Not known to have ended. */
    private boolean isRunning(Guest guest, Deadline deadline) {
        if (deadline.hasPassed()) {
            return true;
        }
        try {
            requireInstance(guest, deadline.orAfterMillis(LOOK_MILLIS));
            return true;
        } catch (BackendException e) {
            return !e.is(BackendException.GUEST_GONE);
        }
    }

    @Override
    public void detach(DetachRequest request) {
        Deadline deadline = Deadline.after(request.timeout());
        Guest guest = request.guest();
        String alias = request.attachment().handle();
        if (!has(requireInstance(guest, deadline), alias)) {
            return;
        }
        CommandResult result = virsh.run(
                deadline, "detach-device-alias", "--live", "--domain", guest.id().key(), "--alias", alias);
        while (has(requireInstanceAfterwards(guest, deadline), alias)) {
            if (!result.succeeded()) {
                throw refused("libvirt refuses to take the device away", alias, result);
            }
            if (deadline.hasPassed()) {
                throw BackendException.of(BackendException.TIMEOUT, "the guest has not let go of the device in time")
                        .where(guest)
                        .outcomeUnknown()
                        .build();
            }
            pause();
        }
    }

    private static boolean has(DomainXml xml, String alias) {
        return xml.hostdevs().stream().anyMatch(hostdev -> hostdev.alias().equals(alias));
    }

    /** What was begun may still take effect if nobody can look. */
    private DomainXml requireInstanceAfterwards(Guest guest, Deadline deadline) {
        try {
            return requireInstance(guest, deadline);
        } catch (BackendException e) {
            throw e.is(BackendException.GUEST_GONE) ? e : e.again().outcomeUnknown().build();
        }
    }

    private void pause() {
        virsh.requireOpen();
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Path write(String xml, Guest guest) {
        try {
            Path file = Files.createTempFile("virsh-hostdev", ".xml");
            Files.writeString(file, xml);
            return file;
        } catch (IOException e) {
            throw BackendException.of(BackendException.IO, "cannot write a file for virsh: " + e.getMessage())
                    .where(guest)
                    .cause(e)
                    .build();
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            file.toFile().deleteOnExit();
        }
    }

    @Override
    public void close() {
        virsh.close();
        events.close();
    }
}
