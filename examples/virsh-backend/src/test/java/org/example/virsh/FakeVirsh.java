package org.example.virsh;

import io.autousb.api.Command;
import io.autousb.api.CommandOutcome;
import io.autousb.api.CommandOutput;
import io.autousb.api.CommandResult;
import io.autousb.api.CommandRunner;
import io.autousb.api.RunningCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** libvirt and its {@code virsh}, as far as the adapter goes: says and refuses what those of libvirt 9.0 do. */
final class FakeVirsh implements CommandRunner {

    /** What becomes of the next change. */
    enum Accident {
        NONE,
        ENDS,
        LOST_UNDONE,
        LOST_DONE,
        /** The daemon ends, and is not there for the next look. */
        DISCONNECTED
    }

    private static final int SIGKILL = 9;
    private static final Pattern ALIAS = Pattern.compile("<alias name='([^']*)'/>");
    private static final Pattern SOURCE = Pattern.compile("<address bus='([0-9]+)' device='([0-9]+)'/>");
    private static final Pattern PORT = Pattern.compile("<address type='usb' bus='([0-9]+)' port='([0-9]+)'/>");

    /** Which devices the host has, as {@code bus device}. */
    private final Predicate<String> present;

    private final Map<String, Domain> domains = new LinkedHashMap<>();
    private boolean away;
    private int lastRun;
    private int lastUuid;
    private long events;

    /** A guest. */
    private final class Domain {
        private final String name;
        private final String uuid = "00000000-0000-4000-8000-%012d".formatted(++lastUuid);
        private int run;
        private String state = "running (booted)";
        /** XML by alias. */
        private final Map<String, String> devices = new TreeMap<>();

        private boolean hangs;
        private Accident accident = Accident.NONE;
        private String refusal = "";

        private Domain(String name) {
            this.name = name;
        }

        private String xml() {
            return "<domain type='qemu'" + (run > 0 ? " id='" + run + "'" : "") + ">\n  <name>" + name + "</name>\n  <uuid>"
                    + uuid + "</uuid>\n  <devices>\n    <controller type='usb' index='0' model='qemu-xhci' ports='8'>\n"
                    + "      <alias name='usb'/>\n    </controller>\n" + String.join("", devices.values())
                    + "  </devices>\n</domain>\n";
        }
    }

    FakeVirsh(Predicate<String> present) {
        this.present = present;
    }

    synchronized void start(String name) {
        Domain domain = domains.computeIfAbsent(name, Domain::new);
        domain.run = ++lastRun;
        domain.devices.clear();
        happened();
    }

    synchronized void stop(String name) {
        Domain domain = domains.get(name);
        domain.run = 0;
        domain.devices.clear();
        happened();
    }

    synchronized void state(String name, String text) {
        domains.get(name).state = text;
        happened();
    }

    synchronized void reboot() {
        happened();
    }

    synchronized void hang(String name, boolean hangs) {
        domains.get(name).hangs = hangs;
        notifyAll();
    }

    synchronized void next(String name, Accident accident) {
        domains.get(name).accident = accident;
    }

    synchronized void refuseNext(String name, String text) {
        domains.get(name).refusal = text;
    }

    synchronized void put(String name, String alias, String xml) {
        domains.get(name).devices.put(alias, xml);
        happened();
    }

    synchronized void take(String name, String alias) {
        domains.get(name).devices.remove(alias);
        happened();
    }

    private void happened() {
        events++;
        notifyAll();
    }

    @Override
    public RunningCommand start(Command command) {
        return new Run(command);
    }

    /** One run of virsh. */
    private final class Run implements RunningCommand {
        private final List<String> words;
        private final long end;
        private boolean cancelled;

        private Run(Command command) {
            words = command.argv().subList(4, command.argv().size());
            end = System.nanoTime() + command.timeout().toNanos();
        }

        @Override
        public CommandResult await() {
            synchronized (FakeVirsh.this) {
                return work();
            }
        }

        @Override
        public void close() {
            synchronized (FakeVirsh.this) {
                cancelled = true;
                FakeVirsh.this.notifyAll();
            }
        }

        private CommandResult work() {
            if (words.get(0).equals("event")) {
                return event();
            }
            Domain domain = domains.values().stream()
                    .filter(each -> each.run > 0 && word("--domain").equals(Integer.toString(each.run)))
                    .findFirst()
                    .or(() -> domains.values().stream()
                            .filter(each -> Set.of(each.name, each.uuid).contains(word("--domain")))
                            .findFirst())
                    .orElse(null);
            if (away) {
                away = false;
                return failed("failed to connect to the hypervisor");
            }
            if (domain == null) {
                return failed("Domain not found: no domain with matching name '" + word("--domain") + "'");
            }
            return switch (words.get(0)) {
                case "dumpxml" -> succeeded(domain.xml());
                case "domstate" -> succeeded(domain.run > 0 ? domain.state : "shut off (shutdown)");
                case "attach-device", "detach-device-alias" -> change(domain);
                default -> failed("unknown command: '" + words.get(0) + "'");
            };
        }

        private CommandResult event() {
            long before = events;
            long until = Math.min(end, System.nanoTime() + TimeUnit.SECONDS.toNanos(Integer.parseInt(word("--timeout"))));
            while (events == before && !cancelled && System.nanoTime() < until) {
                pause(until);
            }
            if (cancelled) {
                return ended(CommandOutcome.CANCELLED);
            }
            return events == before
                    ? new CommandResult(
                            CommandOutcome.exited(1), output("event loop timed out\nevents received: 0\n"), CommandOutput.NONE)
                    : succeeded("event 'lifecycle' for domain 'x': Started Booted\nevents received: 1\n");
        }

        private CommandResult change(Domain domain) {
            while (domain.hangs && !cancelled && System.nanoTime() < end) {
                pause(end);
            }
            if (domain.hangs) {
                return ended(cancelled ? CommandOutcome.CANCELLED : CommandOutcome.TIMED_OUT);
            }
            Accident accident = domain.accident;
            domain.accident = Accident.NONE;
            if (accident == Accident.ENDS) {
                stop(domain.name);
            }
            if (accident == Accident.DISCONNECTED) {
                away = true;
                return failed("Disconnected from qemu:///system due to end of file");
            }
            if (accident == Accident.LOST_UNDONE) {
                return ended(CommandOutcome.signalled(SIGKILL));
            }
            CommandResult result = domain.run == 0
                    ? failed("Requested operation is not valid: domain is not running")
                    : words.get(0).equals("attach-device") ? attach(domain) : detach(domain);
            return accident == Accident.LOST_DONE ? ended(CommandOutcome.signalled(SIGKILL)) : result;
        }

        private CommandResult attach(Domain domain) {
            String xml = read(Path.of(word("--file")));
            if (!domain.refusal.isEmpty()) {
                String said = domain.refusal;
                domain.refusal = "";
                return failed(said);
            }
            String device = match(SOURCE, xml, 1) + " " + match(SOURCE, xml, 2);
            if (!present.test(device)) {
                return failed("Did not find USB device " + device);
            }
            String port = match(PORT, xml, 0);
            if (domain.devices.values().stream().anyMatch(other -> other.contains(port))) {
                return failed("XML error: Duplicate USB address");
            }
            domain.devices.put(match(ALIAS, xml, 1), xml);
            happened();
            return succeeded("");
        }

        private CommandResult detach(Domain domain) {
            if (domain.devices.remove(word("--alias")) == null) {
                return failed("device not found: no device found with alias '" + word("--alias") + "'");
            }
            happened();
            return succeeded("");
        }

        private String word(String option) {
            return words.get(words.indexOf(option) + 1);
        }

        private void pause(long until) {
            try {
                FakeVirsh.this.wait(Math.max(1, (until - System.nanoTime()) / 1_000_000));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static String match(Pattern pattern, String text, int group) {
        Matcher match = pattern.matcher(text);
        if (!match.find()) {
            throw new IllegalArgumentException("not what virsh takes: " + text);
        }
        return match.group(group);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static CommandResult succeeded(String stdout) {
        return new CommandResult(CommandOutcome.exited(0), output(stdout), CommandOutput.NONE);
    }

    private static CommandResult failed(String stderr) {
        return new CommandResult(
                CommandOutcome.exited(1), CommandOutput.NONE, output("error: Failed\nerror: " + stderr + "\n"));
    }

    private static CommandResult ended(CommandOutcome how) {
        return new CommandResult(how, CommandOutput.NONE, CommandOutput.NONE);
    }

    private static CommandOutput output(String text) {
        return CommandOutput.of(text.getBytes(StandardCharsets.UTF_8), false);
    }

    List<String> names() {
        return new ArrayList<>(domains.keySet());
    }
}
