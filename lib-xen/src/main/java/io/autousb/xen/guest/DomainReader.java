package io.autousb.xen.guest;

import io.autousb.domain.model.UntrustedText;
import io.autousb.xen.store.NodeReader;
import io.autousb.xen.store.XenstorePath;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.regex.Pattern;

/** Reads what xenstore says of domains. Pure, but for the reading. */
public final class DomainReader {

    /** {@code DOMID_FIRST_RESERVED} in xen {@code xen/include/public/xen.h}. */
    private static final int MAX_DOMID = 0x7ff0;

    private static final String VM = "/vm/";
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,8}");
    private static final Pattern UUID_FORM =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    private DomainReader() {}

    /**
     * The domains that there are, the control domain left out.
     *
     * @param nodes xenstore
     * @return domids, ascending
     * @throws io.autousb.domain.port.BackendException as the reading fails
     */
    public static List<Integer> domids(NodeReader nodes) {
        return nodes.list(XenNodes.DOMAINS).orElse(List.of()).stream()
                .map(DomainReader::number)
                .flatMapToInt(OptionalInt::stream)
                .filter(domid -> domid >= 1 && domid < MAX_DOMID)
                .sorted()
                .boxed()
                .toList();
    }

    /**
     * A domain's name alone.
     *
     * @param nodes xenstore
     * @param domid the domain
     * @return its name; empty if it has none
     */
    static Optional<String> name(NodeReader nodes, int domid) {
        return nodes.read(XenNodes.domain(domid).child("name")).filter(name -> !name.isBlank());
    }

    /**
     * Reads a guest.
     *
     * @param nodes xenstore
     * @param domid the domain, at least 1
     * @return the guest; empty if there is no such domain, or libxl has not finished building it, or it has no
     *     uuid or name
     * @throws io.autousb.domain.port.BackendException as the reading fails
     */
    public static Optional<XenGuest> read(NodeReader nodes, int domid) {
        XenstorePath node = XenNodes.domain(domid);
        XenstorePath image = node.child("image");
        NodeReader known = nodes.ahead(
                node.child("name"),
                node.child("domid"),
                vm(domid),
                node.child("control").child("shutdown"),
                XenNodes.libxl(domid).child("type"),
                XenNodes.libxl(domid).child("dm-version"),
                XenNodes.deviceModel(0, domid).child("state"),
                image.child("device-model-pid"),
                image.child("device-model-domid"),
                image.child("device-model-kill-uid"));
        return name(known, domid).flatMap(name -> read(known, domid, name));
    }

    private static Optional<XenGuest> read(NodeReader nodes, int domid, String name) {
        XenstorePath node = XenNodes.domain(domid);
        // Written together with the start time, just before the domain is introduced (libxl__build_post).
        boolean built = nodes.read(node.child("domid"))
                .filter(Integer.toString(domid)::equals)
                .isPresent();
        Optional<UUID> uuid = uuid(nodes, domid);
        if (!built || uuid.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(XenGuest.builder(domid, uuid.get(), name)
                .type(type(nodes.read(XenNodes.libxl(domid).child("type")).orElse("")))
                .startTime(startTime(nodes, uuid.get()))
                .deviceModel(deviceModel(nodes, domid))
                .shutdown(nodes.read(node.child("control").child("shutdown")).orElse(""))
                .build());
    }

    /**
     * Whether a domain is still the guest that was read: has its uuid, and its start time. Cheap, and to be
     * asked in the transaction that changes something of the guest's, so that nothing is written for a domain
     * that is gone.
     *
     * @param nodes xenstore
     * @param guest the guest, as read earlier
     * @return false if it is gone, or its domid is another one's by now
     * @throws io.autousb.domain.port.BackendException as the reading fails
     */
    public static boolean isThere(NodeReader nodes, XenGuest guest) {
        NodeReader known = nodes.ahead(identity(guest), List.of());
        return uuid(known, guest.domid()).filter(guest.uuid()::equals).isPresent()
                && startTime(known, guest.uuid()).equals(guest.startTime());
    }

    /**
     * What {@link #isThere} looks at.
     *
     * @param guest the guest, as read earlier
     * @return for {@link NodeReader#ahead}, where more is looked at together with it
     */
    public static List<XenstorePath> identity(XenGuest guest) {
        return List.of(vm(guest.domid()), startTime(guest.uuid()));
    }

    private static XenstorePath vm(int domid) {
        return XenNodes.domain(domid).child("vm");
    }

    private static XenstorePath startTime(UUID uuid) {
        return XenstorePath.of(VM + uuid).child("start_time");
    }

    private static Optional<UUID> uuid(NodeReader nodes, int domid) {
        return nodes.read(vm(domid))
                .filter(vm -> vm.startsWith(VM))
                .map(vm -> vm.substring(VM.length()))
                .filter(uuid -> UUID_FORM.matcher(uuid).matches())
                .map(UUID::fromString);
    }

    private static String startTime(NodeReader nodes, UUID uuid) {
        return nodes.read(startTime(uuid)).filter(XenGuest::isStartTime).orElse("");
    }

    private static XenGuest.Type type(String text) {
        return switch (text) {
            case "hvm" -> XenGuest.Type.HVM;
            case "pv" -> XenGuest.Type.PV;
            case "pvh" -> XenGuest.Type.PVH;
            default -> XenGuest.Type.UNKNOWN;
        };
    }

    private static DeviceModel deviceModel(NodeReader nodes, int domid) {
        XenstorePath image = XenNodes.domain(domid).child("image");
        OptionalInt stubdomain = number(nodes, image.child("device-model-domid"));
        return new DeviceModel(
                text(nodes, XenNodes.libxl(domid).child("dm-version")),
                text(nodes, XenNodes.deviceModel(stubdomain.orElse(0), domid).child("state")),
                number(nodes, image.child("device-model-pid")),
                stubdomain,
                text(nodes, image.child("device-model-kill-uid")));
    }

    private static Optional<UntrustedText> text(NodeReader nodes, XenstorePath path) {
        return nodes.read(path).filter(text -> !text.isEmpty()).map(UntrustedText::of);
    }

    private static OptionalInt number(NodeReader nodes, XenstorePath path) {
        return number(nodes.read(path).orElse(""));
    }

    private static OptionalInt number(String text) {
        return NUMBER.matcher(text).matches() ? OptionalInt.of(Integer.parseInt(text)) : OptionalInt.empty();
    }
}
