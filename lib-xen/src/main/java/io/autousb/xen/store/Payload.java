package io.autousb.xen.store;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What follows a message's header: texts that end with a zero, or a value that ends with the message. Immutable. */
final class Payload {

    private final byte[] bytes;

    private Payload(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Takes the bytes over. */
    static Payload of(byte[] bytes) {
        return new Payload(bytes);
    }

    /** Texts, each with a zero after it. They hold none themselves. */
    static Payload strings(String... texts) {
        return pathAndValue(List.of(texts), "");
    }

    /** A text with a zero after it, then one without. */
    static Payload pathAndValue(String path, String value) {
        return pathAndValue(List.of(path), value);
    }

    /** Texts, each with a zero after it, from a list. */
    static Payload strings(List<String> texts) {
        return pathAndValue(texts, "");
    }

    private static Payload pathAndValue(List<String> texts, String value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String text : texts) {
            bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
            bytes.write(0);
        }
        bytes.writeBytes(value.getBytes(StandardCharsets.UTF_8));
        return new Payload(bytes.toByteArray());
    }

    int length() {
        return bytes.length;
    }

    void putInto(ByteBuffer buffer) {
        buffer.put(bytes);
    }

    /** All of it as one text. */
    String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** All of it as one text, without the zero at its end, if there is one. */
    String string() {
        int length = bytes.length > 0 && bytes[bytes.length - 1] == 0 ? bytes.length - 1 : bytes.length;
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    /** The texts that it is made of, each of which has to end with a zero. */
    List<String> strings() throws XenstoreProtocolException {
        List<String> texts = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                texts.add(new String(bytes, start, i - start, StandardCharsets.UTF_8));
                start = i + 1;
            }
        }
        if (start != bytes.length) {
            throw new XenstoreProtocolException("a text without an end");
        }
        return texts;
    }

    /** What comes after the first so many bytes. */
    Payload from(int start) {
        return new Payload(Arrays.copyOfRange(bytes, start, bytes.length));
    }

    /** Where the first zero is, or -1. */
    int firstZero() {
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                return i;
            }
        }
        return -1;
    }
}
