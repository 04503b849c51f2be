package io.autousb.backend.xenstore;

import io.autousb.contract.StateStoreFixture;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.StateStore;
import io.autousb.xen.store.FakeXenstored;
import io.autousb.xen.store.FakeXenstored.Manners;
import io.autousb.xen.store.XenstoreClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/** A xenstored that can be made faulty. */
final class XenstoreStateStoreFixture implements StateStoreFixture {

    static final String KEY = "/local/domain/0/auto-usb-attach/state";

    private static final int MANY_CALLS = 20;

    private final Path root;
    private final FakeXenstored fake;
    private CountDownLatch hanging = new CountDownLatch(0);

    XenstoreStateStoreFixture(Manners manners) throws IOException {
        root = Files.createTempDirectory("state");
        fake = new FakeXenstored(root, manners);
    }

    @Override
    public StateStore open() {
        return new XenstoreStateStore(() -> XenstoreClient.open(fake.address()));
    }

    @Override
    public void spoil(String code) {
        List<Integer> numbers = numbers(fake);
        String latest = KEY + "/" + numbers.get(numbers.size() - 1);
        switch (code) {
            case BackendException.TORN -> fake.delete(latest + "/0");
            case BackendException.FOREIGN -> fake.put(latest, "root:x:0:0:root:/root:/bin/bash");
            default -> fake.put(latest, "version 2, in another way");
        }
    }

    @Override
    public int putAside() {
        return numbers(fake).size() - 1;
    }

    /** The numbers in use below the key, the smallest first. */
    static List<Integer> numbers(FakeXenstored fake) {
        return fake.dump(KEY).keySet().stream()
                .map(path -> path.substring(KEY.length() + 1))
                .filter(name -> name.matches("[0-9]+"))
                .map(Integer::valueOf)
                .sorted()
                .toList();
    }

    @Override
    public void failSaves(boolean failing) {
        if (failing) {
            fake.faults().refuse("WRITE", "ENOSPC");
        } else {
            fake.faults().allow();
        }
    }

    @Override
    public void breakPlace() {
        fake.faults().refuse("DIRECTORY", "EIO");
    }

    /** Where it matters most: transactions do not end, and may yet when nobody waits for them any more. */
    @Override
    public synchronized void hang(boolean newHanging) {
        hanging.countDown();
        if (newHanging) {
            CountDownLatch latch = new CountDownLatch(1);
            hanging = latch;
            for (int i = 0; i < MANY_CALLS; i++) {
                fake.faults().before("TRANSACTION_END", () -> await(latch));
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** In which a connection is made and used. */
    @Override
    public Duration shortTimeout() {
        return Duration.ofSeconds(1);
    }

    @Override
    public void close() throws IOException {
        hang(false);
        fake.close();
        deleteTree(root);
    }

    static void deleteTree(Path root) throws IOException {
        try (Stream<Path> left = Files.walk(root)) {
            for (Path path : left.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
