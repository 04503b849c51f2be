package io.autousb.xen.store;

import io.autousb.xen.store.FakeOperations.Change;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A transaction under way. */
interface FakeTransaction {

    /** The payload of the answer. */
    String apply(FakeRequest request) throws FakeRefusal;

    /** Where watches are to fire; empty if it has to be redone, and then nothing has happened. */
    Optional<List<Change>> commit();

    /**
     * As the C daemon does it (xen {@code tools/xenstored/transaction.c}): a node is copied when it is first looked at,
     * and all that were looked at have to be as they were then. What was looked at later may be of a later state.
     */
    final class C implements FakeTransaction, FakeNodes {
        private final FakeNodes.Tree tree;
        private final FakeOperations operations;
        private final Map<String, Long> seen = new HashMap<>();
        private final Map<String, Optional<Node>> own = new HashMap<>();
        private final Set<String> modified = new HashSet<>();
        private final List<Change> changes = new ArrayList<>();

        C(FakeNodes.Tree tree, FakeOperations operations) {
            this.tree = tree;
            this.operations = operations;
        }

        @Override
        public String apply(FakeRequest request) throws FakeRefusal {
            return operations.apply(request, this, changes);
        }

        private long generationNow(String path) {
            Node node = tree.get(path);
            return node == null ? -1 : node.generation();
        }

        @Override
        public @Nullable Node get(String path) {
            return own.computeIfAbsent(path, unseen -> {
                        seen.put(unseen, generationNow(unseen));
                        return Optional.ofNullable(tree.get(unseen));
                    })
                    .orElse(null);
        }

        @Override
        public void put(String path, Node node) {
            Node ignored = get(path);
            own.put(path, Optional.of(node));
            modified.add(path);
        }

        @Override
        public void delete(String path) {
            Node ignored = get(path);
            own.put(path, Optional.empty());
            modified.add(path);
        }

        @Override
        public long nextGeneration() {
            return tree.nextGeneration();
        }

        @Override
        public Optional<List<Change>> commit() {
            if (!seen.keySet().stream().allMatch(path -> seen.get(path) == generationNow(path))) {
                return Optional.empty();
            }
            for (String path : modified) {
                own.get(path).ifPresentOrElse(node -> tree.put(path, node), () -> tree.delete(path));
            }
            return Optional.of(changes);
        }
    }

    /**
     * As oxenstored does it (xen {@code tools/ocaml/xenstored/process.ml}, {@code transaction_replay}): all is looked at
     * in a copy; if others have changed anything meanwhile, everything is done again, and has to be answered the same.
     * One that changes nothing always succeeds.
     */
    final class Ocaml implements FakeTransaction {

        private record Done(FakeRequest request, String answer) {}

        private final FakeNodes.Tree tree;
        private final FakeOperations operations;
        private final FakeNodes.Tree copy;
        private final long start;
        private final List<Done> done = new ArrayList<>();
        private final List<Change> changes = new ArrayList<>();

        Ocaml(FakeNodes.Tree tree, FakeOperations operations) {
            this.tree = tree;
            this.operations = operations;
            this.copy = tree.copy();
            this.start = tree.generation();
        }

        @Override
        public String apply(FakeRequest request) throws FakeRefusal {
            try {
                String answer = operations.apply(request, copy, changes);
                done.add(new Done(request, answer));
                return answer;
            } catch (FakeRefusal e) {
                done.add(new Done(request, "!" + e.getMessage()));
                throw e;
            }
        }

        @Override
        public Optional<List<Change>> commit() {
            if (changes.isEmpty()) {
                return Optional.of(changes);
            }
            if (tree.generation() == start) {
                tree.become(copy);
                return Optional.of(changes);
            }
            FakeNodes.Tree again = tree.copy();
            for (Done each : done) {
                if (!each.answer().equals(answer(each.request(), again))) {
                    return Optional.empty();
                }
            }
            tree.become(again);
            return Optional.of(changes);
        }

        private String answer(FakeRequest request, FakeNodes nodes) {
            try {
                return operations.apply(request, nodes, new ArrayList<>());
            } catch (FakeRefusal e) {
                return "!" + e.getMessage();
            }
        }
    }
}
