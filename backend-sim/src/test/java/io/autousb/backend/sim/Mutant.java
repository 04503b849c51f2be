package io.autousb.backend.sim;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * An adapter, or a world, with one defect.
 *
 * @param name what is wrong with it
 * @param rules all rules that it breaks
 * @param fixture makes a contract's fixture around it
 */
record Mutant<F>(String name, Set<String> rules, Supplier<F> fixture) {

    /** Makes a mutant. The rules are those that it breaks, separated by blanks. */
    static <F> Mutant<F> of(String name, String rules, Supplier<F> fixture) {
        return new Mutant<>(name, new TreeSet<>(List.of(rules.split(" "))), fixture);
    }

    static <F> Mutant<F> named(List<Mutant<F>> mutants, String name) {
        return mutants.stream()
                .filter(mutant -> mutant.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public String toString() {
        return name;
    }
}
