package io.autousb.xen.store;

import io.autousb.xen.store.FakeNodes.Node;
import java.util.ArrayList;
import java.util.List;

/**
 * What requests for nodes do, with either daemon's manners (xen {@code tools/xenstored/core.c}; {@code
 * tools/ocaml/xenstored/process.ml}, {@code store.ml}, {@code quota.ml}).
 */
final class FakeOperations {

    /** Where watches are to fire, and whether also those below. */
    record Change(String path, boolean below) {}

    private static final int PAYLOAD_MAX = 4096;

    private final FakeXenstored.Manners manners;

    FakeOperations(FakeXenstored.Manners manners) {
        this.manners = manners;
    }

    /** The payload of the answer. */
    String apply(FakeRequest request, FakeNodes nodes, List<Change> changes) throws FakeRefusal {
        return switch (request.type()) {
            case "READ" -> existing(nodes, path(request.only())).value();
            case "DIRECTORY" -> directory(existing(nodes, path(request.only())));
            case "DIRECTORY_PART" -> directoryPart(request, nodes);
            case "GET_PERMS" -> permissions(existing(nodes, path(request.only())));
            case "WRITE" -> write(request, nodes, changes);
            case "MKDIR" -> make(path(request.only()), nodes, changes);
            case "RM" -> remove(path(request.only()), nodes, changes);
            case "SET_PERMS" -> setPermissions(request, nodes, changes);
            default -> throw new FakeRefusal("ENOSYS");
        };
    }

    /** A path as it is meant: what is relative is dom0's. */
    String path(String text) throws FakeRefusal {
        String path = text.startsWith("/") || text.isEmpty() ? text : "/local/domain/0/" + text;
        int longest = isC() ? 2048 : 1024;
        boolean names = path.startsWith("/") && !path.contains("//") && path.matches("[A-Za-z0-9@_/-]+");
        if (!names
                || path.replaceFirst("^/local/domain/[0-9]{1,5}/", "").length() > longest
                || path.endsWith("/") && path.length() > 1) {
            throw new FakeRefusal("EINVAL");
        }
        return path;
    }

    private boolean isC() {
        return manners == FakeXenstored.Manners.C;
    }

    private static Node existing(FakeNodes nodes, String path) throws FakeRefusal {
        Node node = nodes.get(path);
        if (node == null) {
            throw new FakeRefusal("ENOENT");
        }
        return node;
    }

    private String directory(Node node) throws FakeRefusal {
        String names = joined(node);
        if (isC() && names.length() > PAYLOAD_MAX) {
            throw new FakeRefusal("E2BIG");
        }
        return names;
    }

    private static String joined(Node node) {
        StringBuilder names = new StringBuilder();
        node.children().forEach(name -> names.append(name).append('\0'));
        return names.toString();
    }

    private String directoryPart(FakeRequest request, FakeNodes nodes) throws FakeRefusal {
        if (!isC()) {
            throw new FakeRefusal("ENOSYS");
        }
        List<String> arguments = request.strings();
        if (arguments.size() != 2) {
            throw new FakeRefusal("EINVAL");
        }
        Node node = existing(nodes, path(arguments.get(0)));
        String generation = node.generation() + "\0";
        String names = joined(node);
        int offset = Integer.parseInt(arguments.get(1));
        if (offset >= names.length()) {
            return generation + "\0";
        }
        int end = offset;
        int longest = PAYLOAD_MAX - generation.length() - 1;
        for (int next = names.indexOf('\0', end) + 1; next > 0 && next - offset <= longest; ) {
            end = next;
            next = names.indexOf('\0', end) + 1;
        }
        return generation + names.substring(offset, end) + (end == names.length() ? "\0" : "");
    }

    private String write(FakeRequest request, FakeNodes nodes, List<Change> changes) throws FakeRefusal {
        int zero = request.payload().indexOf('\0');
        if (zero < 0) {
            throw new FakeRefusal("EINVAL");
        }
        String path = path(request.payload().substring(0, zero));
        String value = request.payload().substring(zero + 1);
        if (!isC() && value.length() > 2048) {
            throw new FakeRefusal("E2BIG");
        }
        Node node = nodes.get(path);
        if (node == null) {
            node = create(nodes, path);
        }
        nodes.put(path, new Node(value, node.permissions(), node.children(), nodes.nextGeneration()));
        changes.add(new Change(path, false));
        return "OK\0";
    }

    private static String make(String path, FakeNodes nodes, List<Change> changes) {
        if (nodes.get(path) == null) {
            Node ignored = create(nodes, path);
            changes.add(new Change(path, false));
        }
        return "OK\0";
    }

    private static String permissions(Node node) {
        StringBuilder entries = new StringBuilder();
        node.permissions().forEach(entry -> entries.append(entry).append('\0'));
        return entries.toString();
    }

    private static Node create(FakeNodes nodes, String path) {
        String parentPath = parent(path);
        Node parent = nodes.get(parentPath);
        if (parent == null) {
            parent = create(nodes, parentPath);
        }
        List<String> children = new ArrayList<>(parent.children());
        children.add(path.substring(path.lastIndexOf('/') + 1));
        nodes.put(parentPath, new Node(parent.value(), parent.permissions(), children, nodes.nextGeneration()));
        Node node = new Node("", parent.permissions(), List.of(), nodes.nextGeneration());
        nodes.put(path, node);
        return node;
    }

    private static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash == 0 ? "/" : path.substring(0, slash);
    }

    /** A missing leaf is fine, a missing parent is not. */
    private static String remove(String path, FakeNodes nodes, List<Change> changes) throws FakeRefusal {
        if (path.equals("/")) {
            throw new FakeRefusal("EINVAL");
        }
        Node node = nodes.get(path);
        Node parent = existing(nodes, parent(path));
        if (node != null) {
            removeAll(path, node, nodes);
            List<String> children = new ArrayList<>(parent.children());
            children.remove(path.substring(path.lastIndexOf('/') + 1));
            nodes.put(parent(path), new Node(parent.value(), parent.permissions(), children, nodes.nextGeneration()));
            changes.add(new Change(path, true));
        }
        return "OK\0";
    }

    private static void removeAll(String path, Node node, FakeNodes nodes) {
        for (String name : node.children()) {
            String child = path + "/" + name;
            Node below = nodes.get(child);
            if (below != null) {
                removeAll(child, below, nodes);
            }
        }
        nodes.delete(path);
    }

    private String setPermissions(FakeRequest request, FakeNodes nodes, List<Change> changes) throws FakeRefusal {
        List<String> arguments = request.strings();
        List<String> permissions = arguments.subList(1, arguments.size());
        if (permissions.isEmpty() || !permissions.stream().allMatch(each -> each.matches("[nrwb][0-9]+"))) {
            throw new FakeRefusal("EINVAL");
        }
        String path = path(arguments.get(0));
        Node node = existing(nodes, path);
        nodes.put(path, new Node(node.value(), List.copyOf(permissions), node.children(), nodes.nextGeneration()));
        changes.add(new Change(path, false));
        return "OK\0";
    }
}
