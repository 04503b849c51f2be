package io.autousb.runtime;

import io.autousb.domain.model.Attachment;
import io.autousb.domain.model.Generation;
import io.autousb.domain.model.Guest;
import io.autousb.domain.model.GuestController;
import io.autousb.domain.model.GuestId;
import io.autousb.domain.model.GuestInspection;
import io.autousb.domain.model.GuestPort;
import io.autousb.domain.model.GuestState;
import io.autousb.domain.model.UsbDevice;
import io.autousb.domain.model.UsbSpeed;
import io.autousb.domain.port.AddControllerRequest;
import io.autousb.domain.port.AttachRequest;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DetachRequest;
import io.autousb.domain.port.GuestListener;
import io.autousb.domain.port.GuestSpec;
import io.autousb.domain.port.Hypervisor;
import io.autousb.domain.port.RepairRequest;
import io.autousb.domain.port.RepairResult;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A hypervisor in memory. Minds the rules that the engine must keep, and does what a test says: {@link
 * #next} and {@link #always} put something around a call.
 */
final class FakeHypervisor implements Hypervisor {

    /** Put around a call; does the real thing by {@code real.get()}, or does not. */
    interface Around {
        Object call(Supplier<Object> real);
    }

    private static final Set<UsbSpeed> SPEEDS = Set.of(UsbSpeed.LOW, UsbSpeed.FULL, UsbSpeed.HIGH, UsbSpeed.SUPER);

    private final FakeHost host;
    private final Map<String, GuestInspection> guests = new TreeMap<>();
    private final Map<String, Queue<Around>> next = new HashMap<>();
    private final Map<String, Around> always = new HashMap<>();
    private final Set<String> busy = new HashSet<>();
    private @Nullable GuestListener listener;
    private int serial;

    /** What was asked of it, inspections and lists left out: {@code attach a 1-1}. */
    final List<String> calls = new ArrayList<>();

    final Map<String, Integer> counts = new HashMap<>();
    /** What the engine must not do, and did. */
    final List<String> violations = new ArrayList<>();

    final List<RepairRequest> repairs = new ArrayList<>();
    /** What a look for leftovers brings. */
    RepairResult leftovers = RepairResult.NOTHING;

    List<GuestSpec> specs = List.of();
    boolean hints = true;
    boolean hangsOnClose;
    /** Whether it does anything early. */
    boolean prepares = true;
    /** For which devices, by guest. */
    final Map<String, Set<Generation>> prepared = new HashMap<>();

    FakeHypervisor(FakeHost host) {
        this.host = host;
    }

    // ---- What a test does ----

    /** The next call of that kind ({@code attach}, {@code inspect a}) goes through this. */
    void next(String call, Around around) {
        next.computeIfAbsent(call, unused -> new ArrayDeque<>()).add(around);
    }

    void always(String call, Around around) {
        always.put(call, around);
    }

    void normally(String call) {
        always.remove(call);
    }

    static Around fails(BackendException.Builder failure) {
        return real -> {
            throw failure.build();
        };
    }

    static Around failsAfterwards(BackendException.Builder failure) {
        return real -> {
            real.get();
            throw failure.build();
        };
    }

    static Around hangs() {
        return real -> {
            ManualThreads.hang();
            return real.get();
        };
    }

    void start(String name) {
        start(name, 1);
    }

    void start(String name, int controllers) {
        GuestController[] made = new GuestController[controllers];
        for (int i = 0; i < controllers; i++) {
            made[i] = controller("xhci." + i);
        }
        guests.put(name, new GuestInspection(guest(name, ++serial), List.of(made), List.of()));
        prepared.remove(name);
        guestsChanged();
    }

    private static Guest guest(String name, int instance) {
        return new Guest(id(name), name, name + "#" + instance, GuestState.RUNNING);
    }

    static GuestId id(String name) {
        return new GuestId("fake", name);
    }

    static GuestController controller(String id) {
        return new GuestController(
                id,
                3,
                IntStream.rangeClosed(1, 4)
                        .mapToObj(number -> new GuestPort(id, number, SPEEDS, true))
                        .toList());
    }

    void stop(String name) {
        guests.remove(name);
        prepared.remove(name);
        guestsChanged();
    }

    /** Its control channel is gone for a while: it is not listed. The guest itself lives on. */
    GuestInspection hide(String name) {
        GuestInspection hidden = guests.get(name);
        stop(name);
        return hidden;
    }

    void show(GuestInspection hidden) {
        guests.put(hidden.guest().name(), hidden);
        guestsChanged();
    }

    void state(String name, GuestState state) {
        GuestInspection it = guests.get(name);
        guests.put(name, new GuestInspection(it.guest().withState(state), it.controllers(), it.attachments()));
        guestsChanged();
    }

    /** Changes what a guest has, as if by hand. */
    void attachByHand(String name, Attachment attachment) {
        guests.computeIfPresent(name, (unused, it) -> it.plus(attachment));
        attachmentsChanged(name);
    }

    void detachByHand(String name, String path) {
        GuestInspection it = guests.get(name);
        for (Attachment attachment : it.attachments()) {
            if (behind(attachment).filter(path::equals).isPresent()) {
                it = it.minus(attachment);
            }
        }
        guests.put(name, it);
        attachmentsChanged(name);
    }

    /** Takes an attachment away as if by hand, whether or not there is a device behind it. */
    void takeByHand(String name, Attachment attachment) {
        guests.computeIfPresent(name, (unused, it) -> it.minus(attachment));
        attachmentsChanged(name);
    }

    void guestsChanged() {
        if (hints && listener != null) {
            listener.guestsChanged();
        }
    }

    void attachmentsChanged(String name) {
        if (hints && listener != null) {
            listener.attachmentsChanged(id(name));
        }
    }

    // ---- What it is ----

    /** The places of the devices a guest has; {@code dead} for one whose device is gone. */
    List<String> has(String name) {
        return guests.get(name).attachments().stream()
                .map(attachment -> behind(attachment).orElse("dead"))
                .sorted()
                .toList();
    }

    GuestInspection truth(String name) {
        return guests.get(name);
    }

    boolean isUp(String name) {
        return guests.containsKey(name);
    }

    private Optional<String> behind(Attachment attachment) {
        return host.devices().values().stream()
                .filter(device -> attachment
                        .generation()
                        .map(device.generation()::equals)
                        .orElseGet(() -> attachment
                                .address()
                                .filter(device.address()::equals)
                                .isPresent()))
                .map(device -> device.path().toString())
                .findFirst();
    }

    int count(String call) {
        return counts.getOrDefault(call, 0);
    }

    // ---- The port ----

    @Override
    public void configure(List<GuestSpec> wanted) {
        call("configure", null, () -> specs = List.copyOf(wanted));
    }

    @Override
    public void subscribe(GuestListener newListener) {
        call("subscribe", null, () -> "");
        listener = newListener;
    }

    @Override
    @SuppressWarnings("unchecked")
    public List<Guest> guests(Duration timeout) {
        return (List<Guest>) call("guests", null, () -> {
            List<Guest> listed = guests.values().stream()
                    .map(GuestInspection::guest)
                    .filter(guest -> specs.stream().anyMatch(spec -> spec.name().equals(guest.name())))
                    .toList();
            prepared.keySet().retainAll(listed.stream().map(Guest::name).toList());
            return listed;
        });
    }

    @Override
    public GuestInspection inspect(Guest guest, Duration timeout) {
        return (GuestInspection) call("inspect", guest, () -> {
            prepared.remove(guest.name());
            return living(guest, false);
        });
    }

    private GuestInspection living(Guest guest, boolean sameInstance) {
        GuestInspection it = guests.get(guest.name());
        if (it == null || sameInstance && !it.guest().instance().equals(guest.instance())) {
            throw BackendException.of(BackendException.GUEST_GONE, "the guest is gone")
                    .where(guest)
                    .build();
        }
        return it;
    }

    @Override
    public void addController(AddControllerRequest request) {
        calls.add("controller " + request.guest().name());
        call("addController", request.guest(), () -> {
            GuestInspection it = living(request.guest(), true);
            List<GuestController> more = new ArrayList<>(it.controllers());
            more.add(controller("xhci." + more.size()));
            guests.put(request.guest().name(), new GuestInspection(it.guest(), more, it.attachments()));
            return "";
        });
    }

    @Override
    public Attachment attach(AttachRequest request) {
        calls.add("attach " + request.guest().name() + " " + request.device().path());
        return (Attachment) call("attach", request.guest(), () -> attachNow(request));
    }

    private Attachment attachNow(AttachRequest request) {
        UsbDevice device = request.device();
        GuestInspection it = living(request.guest(), true);
        if (device.isHub() || !device.isReady()) {
            violations.add("a hub, or what is not ready, was attached: " + device);
        }
        prepared.forEach((name, devices) -> {
            if (!name.equals(request.guest().name()) && devices.contains(device.generation())) {
                violations.add(device + " was attached to " + request.guest() + ", and prepared for " + name);
            }
        });
        if (!it.guest().state().acceptsChanges()) {
            // It may have changed since it was planned.
            throw BackendException.of(
                            BackendException.REFUSED,
                            "the guest is " + it.guest().state())
                    .where(request.guest())
                    .build();
        }
        if (host.devices().values().stream()
                .noneMatch(other -> other.generation().equals(device.generation()))) {
            throw BackendException.of(BackendException.DEVICE_GONE, "the device is gone")
                    .where(device)
                    .build();
        }
        guests.forEach((name, other) -> other.attachments().stream()
                .filter(attachment -> holds(attachment, device))
                .forEach(attachment -> refuse(request, name, attachment)));
        boolean free = it.controllers().stream()
                .flatMap(controller -> controller.ports().stream())
                .anyMatch(port -> port.isSamePort(request.port()) && port.free());
        if (!free) {
            throw BackendException.of(BackendException.PORT_BUSY, "the port is taken")
                    .where(request.port())
                    .retry(BackendException.Retry.NOW)
                    .build();
        }
        Attachment attachment = Attachment.builder(request.guest().id(), "ours-" + ++serial)
                .port(request.port())
                .address(device.address())
                .generation(device.generation())
                .ours(true)
                .build();
        guests.put(request.guest().name(), it.plus(attachment));
        prepared.getOrDefault(request.guest().name(), new HashSet<>()).remove(device.generation());
        return attachment;
    }

    private void refuse(AttachRequest request, String holder, Attachment attachment) {
        if (holder.equals(request.guest().name())) {
            throw BackendException.of(BackendException.DUPLICATE, "it has it already")
                    .where(request.device())
                    .build();
        }
        if (attachment.ours()) {
            violations.add(request.device() + " was attached to " + request.guest() + " while " + holder + " has it");
        }
        throw BackendException.of(BackendException.REFUSED, "another guest has it")
                .where(request.device())
                .build();
    }

    static boolean holds(Attachment attachment, UsbDevice device) {
        return attachment
                .generation()
                .map(device.generation()::equals)
                .orElseGet(() ->
                        attachment.address().filter(device.address()::equals).isPresent());
    }

    @Override
    public void detach(DetachRequest request) {
        String what = request.devicePresent() ? "detach " : "clear ";
        calls.add(what + request.guest().name() + " "
                + request.attachment().handle().replaceAll("[0-9]+", "N"));
        call("detach", request.guest(), () -> {
            GuestInspection it = living(request.guest(), true);
            if (request.attachment().rematches()) {
                violations.add("a rematching object was removed: " + request.attachment());
            }
            guests.put(request.guest().name(), it.minus(request.attachment()));
            return "";
        });
    }

    @Override
    public boolean prepare(Guest guest, List<AttachRequest> attaches) {
        calls.add(attaches.stream()
                .map(each -> " " + each.device().path() + "@" + each.port().number())
                .collect(Collectors.joining("", "prepare " + guest.name(), "")));
        return (boolean) call("prepare", guest, () -> {
            prepared.remove(guest.name());
            if (prepares && !attaches.isEmpty() && isUp(guest.name())) {
                prepared.put(
                        guest.name(),
                        attaches.stream()
                                .map(each -> each.device().generation())
                                .collect(Collectors.toSet()));
            }
            return prepared.containsKey(guest.name());
        });
    }

    @Override
    public RepairResult repair(RepairRequest request) {
        repairs.add(request);
        return (RepairResult) call("repair", null, () -> leftovers);
    }

    private Object call(String name, @Nullable Guest guest, Supplier<Object> real) {
        counts.merge(name, 1, Integer::sum);
        if (guest == null) {
            return around(name, name, real);
        }
        counts.merge(name + " " + guest.name(), 1, Integer::sum);
        if (!busy.add(guest.name())) {
            violations.add("a second call to " + guest + " before the first was back: " + name);
        }
        try {
            return around(name + " " + guest.name(), name, real);
        } finally {
            busy.remove(guest.name());
        }
    }

    private Object around(String special, String general, Supplier<Object> real) {
        for (String key : List.of(special, general)) {
            Queue<Around> queue = next.get(key);
            if (queue != null && !queue.isEmpty()) {
                return queue.remove().call(real);
            }
        }
        for (String key : List.of(special, general)) {
            Around around = always.get(key);
            if (around != null) {
                return around.call(real);
            }
        }
        return real.get();
    }

    @Override
    public void close() {
        if (hangsOnClose) {
            Closings.hang();
        }
    }
}
