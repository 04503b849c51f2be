package io.autousb.backend.sim;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs a contract over an adapter, and tells which rules it kept. */
final class ContractRun implements TestExecutionListener {

    /** The parameter by which the contract's class learns which mutant it is to test. */
    static final String MUTANT = "mutant";

    private final Map<String, TestExecutionResult> rules = new TreeMap<>();

    private ContractRun() {}

    static ContractRun of(Class<?> contract, String mutant) {
        ContractRun run = new ContractRun();
        var request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(contract))
                .configurationParameter(MUTANT, mutant)
                .configurationParameter("auto-usb-attach.rule-report", "false")
                .build();
        LauncherFactory.create().execute(request, run);
        return run;
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (test.isTest()) {
            rules.put(number(test), result);
        }
    }

    private static String number(TestIdentifier test) {
        return test.getDisplayName().substring(0, test.getDisplayName().indexOf(' '));
    }

    /** All rules that were run. */
    Set<String> all() {
        return rules.keySet();
    }

    /** Those that failed. */
    Set<String> failed() {
        Map<String, TestExecutionResult> failed = new TreeMap<>(rules);
        failed.values().removeIf(result -> result.getStatus() != Status.FAILED);
        return failed.keySet();
    }

    /** Why rules failed, but for some. */
    String reasons(Set<String> expected) {
        return failed().stream()
                .filter(rule -> !expected.contains(rule))
                .map(rule -> rule + ": " + rules.get(rule).getThrowable().orElseThrow())
                .collect(Collectors.joining("\n"));
    }
}
