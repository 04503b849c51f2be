package io.autousb.xen.store;

/** The fake daemon says no, by the name of an errno. */
final class FakeRefusal extends Exception {

    private static final long serialVersionUID = 1L;

    FakeRefusal(String errno) {
        super(errno);
    }
}
