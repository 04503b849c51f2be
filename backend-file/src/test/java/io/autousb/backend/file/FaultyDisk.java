package io.autousb.backend.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The real disk, which can be told to fail, to hang, or to see this program end, at each of its steps. */
final class FaultyDisk implements Disk {

    /** The end of the program: nothing of it runs any more, as it would after a failure. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** When a step goes wrong. */
    enum Moment {
        BEFORE,
        /** When a part of it is done; if it has no parts, before it. */
        AMID,
        AFTER
    }

    private final Disk real = new HostDisk();
    private final List<String> steps = new ArrayList<>();
    private String failing = "";
    private String killing = "";
    private Moment moment = Moment.BEFORE;
    private boolean hanging;
    private boolean hung;

    /** What was done, in order: the steps by name, with the names of files. */
    synchronized List<String> steps() {
        return List.copyOf(steps);
    }

    synchronized void fail(String step) {
        failing = step;
    }

    synchronized void kill(String step, Moment when) {
        killing = step;
        moment = when;
    }

    synchronized void hang(boolean newHanging) {
        hanging = newHanging;
        notifyAll();
    }

    /** Whether a step ever hung. */
    synchronized boolean hasHung() {
        return hung;
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    private void run(String step, String what, Step part, Step all) throws IOException {
        boolean kill = begin(step, what);
        if (kill && moment == Moment.AMID) {
            part.run();
        }
        if (kill && moment != Moment.AFTER) {
            throw new Killed();
        }
        all.run();
        if (kill) {
            throw new Killed();
        }
    }

    private synchronized boolean begin(String step, String what) throws IOException {
        while (hanging) {
            hung = true;
            try {
                wait();
            } catch (InterruptedException e) {
                throw new AssertionError("nobody interrupts this", e);
            }
        }
        steps.add(what.isEmpty() ? step : step + " " + what);
        if (step.equals(failing)) {
            throw new IOException("No space left on device");
        }
        return step.equals(killing);
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    @Override
    public byte[] read(Path file, int atMost) throws IOException {
        byte[][] content = new byte[1][];
        run("read", name(file), () -> {}, () -> content[0] = real.read(file, atMost));
        return content[0];
    }

    @Override
    public NewFile create(Path file) throws IOException {
        NewFile[] made = new NewFile[1];
        run("create", name(file), () -> {}, () -> made[0] = real.create(file));
        return new NewFile() {
            @Override
            public void write(byte[] content) throws IOException {
                byte[] half = Arrays.copyOf(content, content.length / 2);
                run("write", "", () -> made[0].write(half), () -> made[0].write(content));
            }

            @Override
            public void force() throws IOException {
                run("force-file", "", () -> {}, () -> made[0].force());
            }

            @Override
            public void close() throws IOException {
                made[0].close();
            }
        };
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        run("move", name(from) + " " + name(to), () -> {}, () -> real.move(from, to));
    }

    @Override
    public void delete(Path file) throws IOException {
        run("delete", name(file), () -> {}, () -> real.delete(file));
    }

    @Override
    public void force(Path folder) throws IOException {
        run("force-folder", name(folder), () -> {}, () -> real.force(folder));
    }
}
