package io.autousb.xen.store;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Who may use a node (xen {@code docs/misc/xenstore.txt}, "GET_PERMS"). The first entry names the owner,
 * who may do everything, and says what everybody may who has no entry; each further one is about one
 * domain. Domain 0 may do everything whatever they say.
 *
 * @param entries a letter ({@code n}one, {@code r}ead, {@code w}rite, {@code b}oth) and a domid each
 */
public record XenstorePermissions(List<String> entries) {

    /** For what only the control domain may see. */
    public static final XenstorePermissions CONTROL_DOMAIN_ONLY = ownedBy(0);

    private static final int MAX_DOMID = 0x7ff0;

    /** Checks and copies the entries. */
    public XenstorePermissions {
        entries = List.copyOf(entries);
        if (entries.isEmpty() || !entries.stream().allMatch(Entry::isValid)) {
            throw new IllegalArgumentException("no permissions: " + entries.size() + " entries");
        }
    }

    /**
     * Nobody but the owner.
     *
     * @param domid the owner
     * @return permissions of one entry
     */
    public static XenstorePermissions ownedBy(int domid) {
        return new XenstorePermissions(List.of("n" + domid));
    }

    /**
     * And one more domain that may read.
     *
     * @param domid the domain
     * @return permissions of one entry more
     */
    public XenstorePermissions readableBy(int domid) {
        List<String> more = new ArrayList<>(entries);
        more.add("r" + domid);
        return new XenstorePermissions(more);
    }

    /** Apart, so that the constant above can be made before the record's own statics are. */
    private static final class Entry {
        private static final Pattern FORM = Pattern.compile("[nrwb](0|[1-9][0-9]{0,4})");

        private static boolean isValid(String entry) {
            return FORM.matcher(entry).matches() && Integer.parseInt(entry.substring(1)) < MAX_DOMID;
        }
    }
}
