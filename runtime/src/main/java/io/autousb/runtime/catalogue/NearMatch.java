package io.autousb.runtime.catalogue;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Guesses what a person meant who misspelt a name. */
public final class NearMatch {

    private NearMatch() {}

    /**
     * The known name that is nearest to what was written.
     *
     * @param written what was written
     * @param known the names that there are
     * @return one that begins so or differs in few letters, or empty
     */
    public static Optional<String> of(String written, Collection<String> known) {
        int tolerance = (written.length() + 2) / 3;
        return known.stream()
                .filter(name -> isBeginning(written, name) || distance(written, name) <= tolerance)
                .min(Comparator.<String>comparingInt(name -> distance(written, name))
                        .thenComparing(Comparator.naturalOrder()));
    }

    private static boolean isBeginning(String written, String name) {
        return written.length() >= 2 && (name.startsWith(written) || written.startsWith(name));
    }

    /** How many letters have to be added, dropped or changed (Levenshtein). */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
