package io.autousb.backend.xenstore;

import io.autousb.backend.xenstore.StateFormat.Content;
import io.autousb.backend.xenstore.StateFormat.Sound;
import io.autousb.backend.xenstore.StateFormat.Spoilt;
import io.autousb.backend.xenstore.StateFormat.Title;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.LoadedState;
import io.autousb.domain.port.StoredState;
import io.autousb.xen.store.XenstorePath;
import io.autousb.xen.store.XenstorePermissions;
import io.autousb.xen.store.XenstoreTransaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The nodes of a state, within a transaction. Below one key there are numbers, of which the highest is the state's. To
 * put aside what cannot be used is to go on with the next number: what it is stays where and as it is, whatever it is
 * and however large.
 *
 * <pre>{@code
 * /local/domain/0/auto-usb-attach/state/1   = "version 1, 2 entries, checksum 5f0c3a9b"
 * /local/domain/0/auto-usb-attach/state/1/0 = "override.usb3 guest=windows"
 * /local/domain/0/auto-usb-attach/state/1/1 = "pause.1 linux"
 * }</pre>
 *
 * An entry too long for a node has its key alone there, and its value in parts below.
 */
final class StateNodes {

    static final XenstorePath KEY = XenstorePath.of("/local/domain/0/auto-usb-attach/state");

    /** oxenstored's limit, for the control domain too ({@code quota-maxsize}). */
    static final int MAX_VALUE = 2048;

    private static final int MOST_PUT_ASIDE = 5;
    private static final int MAX_PARTS = StateFormat.MAX_LINE / MAX_VALUE + 1;
    private static final int MAX_NUMBER = 999_999_999;
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,8}");

    private final XenstoreTransaction nodes;

    StateNodes(XenstoreTransaction nodes) {
        this.nodes = nodes;
    }

    /** What is in the place of the state, of which nothing counts as an empty one. */
    Content read() {
        return read(latest());
    }

    /** The state; an empty one if there is one that cannot be used, which is then put aside. */
    LoadedState load() {
        int latest = latest();
        Content found = read(latest);
        if (found instanceof Spoilt spoilt) {
            return LoadedState.without(goOn(latest, spoilt, StoredState.EMPTY));
        }
        return LoadedState.of(((Sound) found).state());
    }

    /** Replaces the state. Puts aside first what cannot be used, and returns it. */
    Optional<BackendException> save(StoredState state) {
        int latest = latest();
        Content found = read(latest);
        if (found instanceof Spoilt spoilt) {
            return Optional.of(goOn(latest, spoilt, state));
        }
        if (!found.equals(new Sound(state))) {
            write(KEY.child(Math.max(latest, 1)), state);
        }
        return Optional.empty();
    }

    /** What is to be said of something that could not be put aside. */
    static BackendException left(Spoilt spoilt, BackendException why) {
        return BackendException.of(spoilt.code(), spoilt.what() + " and may not be put aside: " + why.what())
                .where(KEY.text())
                .remedy("see what it is (xenstore-ls), and remove it (xenstore-rm)")
                .build();
    }

    private BackendException goOn(int latest, Spoilt spoilt, StoredState state) {
        if (latest == MAX_NUMBER) {
            throw BackendException.of(BackendException.REFUSED, "there is no place beside the state")
                    .where(KEY.child(latest))
                    .remedy("see what it is (xenstore-ls), and remove it (xenstore-rm)")
                    .build();
        }
        write(KEY.child(latest + 1), state);
        List<Integer> aside = numbers();
        aside.remove(Integer.valueOf(latest + 1));
        aside.subList(0, Math.max(0, aside.size() - MOST_PUT_ASIDE)).forEach(number -> nodes.remove(KEY.child(number)));
        XenstorePath place = KEY.child(latest);
        return BackendException.of(spoilt.code(), spoilt.what())
                .where(place.text())
                .remedy(remedy(spoilt.code(), place))
                .build();
    }

    private static String remedy(String code, XenstorePath place) {
        return code.equals(BackendException.NEWER)
                ? "for that version of the program, remove those of higher numbers beside it (xenstore-rm); else remove it"
                : "see what it is (xenstore-ls " + place + "), and remove it (xenstore-rm)";
    }

    /** The numbers in use, the smallest first. */
    private List<Integer> numbers() {
        return nodes.list(KEY).orElse(List.of()).stream()
                .filter(name -> NUMBER.matcher(name).matches())
                .map(Integer::valueOf)
                .sorted()
                .collect(ArrayList::new, List::add, List::addAll);
    }

    /** The highest number; 0 if there is none. */
    private int latest() {
        List<Integer> numbers = numbers();
        return numbers.isEmpty() ? 0 : numbers.get(numbers.size() - 1);
    }

    private Content read(int number) {
        if (number == 0) {
            return new Sound(StoredState.EMPTY);
        }
        XenstorePath place = KEY.child(number);
        String text = nodes.read(place).orElse("");
        Title title = StateFormat.title(text);
        if (title instanceof Title.None none) {
            return none.why();
        }
        return body(place, text, ((Title.Entries) title).count());
    }

    private Content body(XenstorePath place, String title, int count) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Optional<String> line = line(place.child(i));
            if (line.isEmpty()) {
                return StateFormat.INCOMPLETE;
            }
            lines.add(line.get());
        }
        return StateFormat.decode(title, lines);
    }

    private Optional<String> line(XenstorePath place) {
        Optional<String> first = nodes.read(place);
        if (first.isEmpty() || first.get().indexOf(' ') >= 0) {
            return first;
        }
        StringBuilder line = new StringBuilder(first.get()).append(' ');
        for (int i = 0; i < MAX_PARTS; i++) {
            Optional<String> part = nodes.read(place.child(i));
            if (part.isEmpty()) {
                break;
            }
            line.append(part.get());
        }
        return Optional.of(line.toString());
    }

    /** What is made below a node has its permissions. */
    private void write(XenstorePath place, StoredState state) {
        List<String> lines = StateFormat.lines(state);
        nodes.remove(place);
        nodes.write(place, StateFormat.title(lines));
        nodes.setPermissions(place, XenstorePermissions.CONTROL_DOMAIN_ONLY);
        for (int i = 0; i < lines.size(); i++) {
            write(place.child(i), lines.get(i));
        }
    }

    private void write(XenstorePath place, String line) {
        if (line.length() <= MAX_VALUE) {
            nodes.write(place, line);
            return;
        }
        int blank = line.indexOf(' ');
        nodes.write(place, line.substring(0, blank));
        String value = line.substring(blank + 1);
        for (int i = 0; i * MAX_VALUE < value.length(); i++) {
            int start = i * MAX_VALUE;
            nodes.write(place.child(i), value.substring(start, Math.min(value.length(), start + MAX_VALUE)));
        }
    }
}
