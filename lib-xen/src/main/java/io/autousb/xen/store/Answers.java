package io.autousb.xen.store;

import java.util.ArrayList;
import java.util.List;

/** Reads what answers hold. */
final class Answers {

    private Answers() {}

    /** The number that a transaction got. */
    static int transactionId(Payload payload) throws XenstoreProtocolException {
        try {
            int id = Integer.parseUnsignedInt(payload.string());
            if (id != 0) {
                return id;
            }
        } catch (NumberFormatException e) {
            // As for 0.
        }
        throw new XenstoreProtocolException("a transaction without a number");
    }

    /** The names that a whole list has. */
    static List<String> names(Payload payload) throws XenstoreProtocolException {
        List<String> names = payload.strings();
        for (String name : names) {
            if (!XenstorePath.isName(name)) {
                throw new XenstoreProtocolException("a list with what is no name");
            }
        }
        return names;
    }

    /**
     * A part of a list (xen {@code docs/misc/xenstore.txt}, "DIRECTORY_PART").
     *
     * @param generation another one after the list has changed
     * @param names those of this part
     * @param bytes how long the part is
     * @param isLast whether the list ends with it
     */
    record Part(String generation, List<String> names, int bytes, boolean isLast) {}

    /** Reads a part: the generation, names, and an empty text after the last one. */
    static Part part(Payload payload) throws XenstoreProtocolException {
        List<String> texts = payload.strings();
        if (texts.size() < 2) {
            throw new XenstoreProtocolException("a part of a list without a name");
        }
        String generation = texts.get(0);
        boolean isLast = texts.get(texts.size() - 1).isEmpty();
        List<String> names = new ArrayList<>(texts.subList(1, isLast ? texts.size() - 1 : texts.size()));
        int bytes = 0;
        for (String name : names) {
            if (!XenstorePath.isName(name)) {
                throw new XenstoreProtocolException("a list with what is no name");
            }
            bytes += name.length() + 1;
        }
        return new Part(generation, names, bytes, isLast);
    }
}
