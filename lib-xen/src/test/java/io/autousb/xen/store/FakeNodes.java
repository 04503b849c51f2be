package io.autousb.xen.store;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A tree of nodes, by path: the one there is, or what a transaction makes of it. Texts have a character for each byte. */
interface FakeNodes {

    /** A node. Another generation after each change of its value, permissions or children. */
    record Node(String value, List<String> permissions, List<String> children, long generation) {}

    @Nullable
    Node get(String path);

    void put(String path, Node node);

    void delete(String path);

    /** A number that no node had as its generation. */
    long nextGeneration();

    /** The tree that all see. */
    final class Tree implements FakeNodes {
        private final Map<String, Node> nodes = new TreeMap<>();
        private long generation = 1;

        Tree() {
            nodes.put("/", new Node("", List.of("n0"), List.of(), generation));
        }

        private Tree(Tree other) {
            nodes.putAll(other.nodes);
            generation = other.generation;
        }

        Tree copy() {
            return new Tree(this);
        }

        void become(Tree other) {
            nodes.clear();
            nodes.putAll(other.nodes);
            generation = Math.max(generation, other.generation) + 1;
        }

        Map<String, Node> nodes() {
            return nodes;
        }

        long generation() {
            return generation;
        }

        @Override
        public @Nullable Node get(String path) {
            return nodes.get(path);
        }

        @Override
        public void put(String path, Node node) {
            nodes.put(path, node);
        }

        @Override
        public void delete(String path) {
            nodes.remove(path);
        }

        @Override
        public long nextGeneration() {
            return ++generation;
        }
    }
}
