package io.autousb.backend.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The contracts' own test: each mutant breaks just the rules that it says, and each rule has its mutant. */
class MutantsTest {

    @TestFactory
    Stream<DynamicTest> deviceSource_whenBroken_failsItsRules() {
        return each(DeviceSourceMutants.all(), MutantDeviceSource.class);
    }

    @TestFactory
    Stream<DynamicTest> hypervisor_whenBroken_failsItsRules() {
        return each(HypervisorMutants.all(), MutantHypervisor.class);
    }

    @TestFactory
    Stream<DynamicTest> provider_whenBroken_failsItsRules() {
        return each(ProviderMutants.all(), MutantProvider.class);
    }

    @TestFactory
    Stream<DynamicTest> stateStore_whenBroken_failsItsRules() {
        return each(StateStoreMutants.all(), MutantStateStore.class);
    }

    private static <F> Stream<DynamicTest> each(List<Mutant<F>> mutants, Class<?> contract) {
        return mutants.stream()
                .map(mutant -> DynamicTest.dynamicTest(mutant.name(), () -> {
                    ContractRun run = ContractRun.of(contract, mutant.name());
                    assertThat(run.failed())
                            .as(() -> run.reasons(mutant.rules()))
                            .isEqualTo(mutant.rules());
                }));
    }

    @Test
    void deviceSourceRules_all_haveAMutant() {
        assertAllCovered(DeviceSourceMutants.all(), MutantDeviceSource.class);
    }

    @Test
    void hypervisorRules_all_haveAMutant() {
        assertAllCovered(HypervisorMutants.all(), MutantHypervisor.class);
    }

    @Test
    void providerRules_all_haveAMutant() {
        assertAllCovered(ProviderMutants.all(), MutantProvider.class);
    }

    @Test
    void stateStoreRules_all_haveAMutant() {
        assertAllCovered(StateStoreMutants.all(), MutantStateStore.class);
    }

    private static <F> void assertAllCovered(List<Mutant<F>> mutants, Class<?> contract) {
        Set<String> broken = new TreeSet<>();
        mutants.forEach(mutant -> broken.addAll(mutant.rules()));

        assertThat(broken)
                .isEqualTo(ContractRun.of(contract, mutants.get(0).name()).all());
        assertThat(mutants).extracting(Mutant::name).doesNotHaveDuplicates();
    }
}
