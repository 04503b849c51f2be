package io.autousb.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Prints, after a class of contract tests, which rules were kept, broken and skipped, and for which capability. The
 * configuration parameter {@code auto-usb-attach.rule-report} with the value {@code false} turns it off.
 */
final class RuleReport implements TestWatcher, AfterAllCallback {

    private static final Pattern NUMBER = Pattern.compile("[A-Z]{2}-[0-9]{2,}");
    private static final String SWITCH = "auto-usb-attach.rule-report";

    private final ConcurrentMap<Class<?>, Map<String, List<String>>> results = new ConcurrentHashMap<>();

    @Override
    public void testSuccessful(ExtensionContext test) {
        note(test, "kept", "");
    }

    @Override
    public void testAborted(ExtensionContext test, @Nullable Throwable cause) {
        String reason = cause == null || cause.getMessage() == null ? "no reason" : cause.getMessage();
        note(test, "skipped", " (" + reason.substring(reason.lastIndexOf(' ') + 1) + ")");
    }

    @Override
    public void testDisabled(ExtensionContext test, Optional<String> reason) {
        note(test, "skipped", " (disabled)");
    }

    @Override
    public void testFailed(ExtensionContext test, @Nullable Throwable cause) {
        note(test, "BROKEN", "");
    }

    private void note(ExtensionContext test, String result, String remark) {
        Matcher number = NUMBER.matcher(test.getDisplayName());
        if (number.lookingAt()) {
            List<String> rules = results.computeIfAbsent(test.getRequiredTestClass(), each -> new TreeMap<>())
                    .computeIfAbsent(result, each -> new ArrayList<>());
            rules.add(number.group() + remark);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Map<String, List<String>> rules = results.remove(context.getRequiredTestClass());
        if (rules != null
                && context.getConfigurationParameter(SWITCH)
                        .map(Boolean::parseBoolean)
                        .orElse(true)) {
            System.out.println(describe(context.getRequiredTestClass(), rules));
        }
    }

    private static String describe(Class<?> contract, Map<String, List<String>> rules) {
        return rules.entrySet().stream()
                .map(each ->
                        each.getKey() + ' ' + each.getValue().stream().sorted().collect(Collectors.joining(" ")))
                .collect(Collectors.joining("; ", "contract of " + contract.getName() + ": ", ""));
    }
}
