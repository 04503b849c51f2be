package io.autousb.xen.store;

import java.util.ArrayList;
import java.util.List;

/**
 * What is asked of xenstored (xen {@code docs/misc/xenstore.txt}, "XENSTORE PROTOCOL DETAILS").
 *
 * @param type the kind of request, and of the answer
 * @param transactionId 0 outside of transactions
 * @param payload what follows the header
 * @param isChange whether others may see the effect as soon as it is done
 * @param subject what it is about, safe to print
 */
record Request(MessageType type, int transactionId, Payload payload, boolean isChange, String subject) {

    static Request read(XenstorePath path, int transactionId) {
        return new Request(MessageType.READ, transactionId, Payload.strings(path.text()), false, path.text());
    }

    static Request directory(XenstorePath path, int transactionId) {
        return new Request(MessageType.DIRECTORY, transactionId, Payload.strings(path.text()), false, path.text());
    }

    static Request directoryPart(XenstorePath path, int offset, int transactionId) {
        Payload payload = Payload.strings(path.text(), Integer.toString(offset));
        return new Request(MessageType.DIRECTORY_PART, transactionId, payload, false, path.text());
    }

    static Request write(XenstorePath path, String value, int transactionId) {
        Payload payload = Payload.pathAndValue(path.text(), value);
        return new Request(MessageType.WRITE, transactionId, payload, transactionId == 0, path.text());
    }

    static Request remove(XenstorePath path, int transactionId) {
        Payload payload = Payload.strings(path.text());
        return new Request(MessageType.RM, transactionId, payload, transactionId == 0, path.text());
    }

    static Request setPermissions(XenstorePath path, XenstorePermissions permissions, int transactionId) {
        List<String> texts = new ArrayList<>();
        texts.add(path.text());
        texts.addAll(permissions.entries());
        Payload payload = Payload.strings(texts);
        return new Request(MessageType.SET_PERMS, transactionId, payload, transactionId == 0, path.text());
    }

    static Request start() {
        return new Request(MessageType.TRANSACTION_START, 0, Payload.strings(""), false, "");
    }

    static Request commit(int transactionId) {
        return new Request(MessageType.TRANSACTION_END, transactionId, Payload.strings("T"), true, "");
    }

    static Request abort(int transactionId) {
        return new Request(MessageType.TRANSACTION_END, transactionId, Payload.strings("F"), false, "");
    }

    static Request watch(WatchTarget target, String token) {
        return new Request(MessageType.WATCH, 0, Payload.strings(target.text(), token), false, target.text());
    }

    static Request unwatch(WatchTarget target, String token) {
        return new Request(MessageType.UNWATCH, 0, Payload.strings(target.text(), token), false, target.text());
    }

    /** Safe to print. */
    @Override
    public String toString() {
        return subject.isEmpty() ? type.name() : type + " " + subject;
    }
}
