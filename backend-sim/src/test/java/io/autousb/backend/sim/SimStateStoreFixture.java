package io.autousb.backend.sim;

import io.autousb.contract.StateStoreFixture;
import io.autousb.contract.TestContext;
import io.autousb.domain.port.StateStore;
import java.nio.file.Path;

/** A place in memory. */
class SimStateStoreFixture implements StateStoreFixture {

    private final SimState state = new SimState();
    private final TestContext context = new TestContext(Path.of("/"));

    final SimState state() {
        return state;
    }

    @Override
    public StateStore open() {
        return new SimStateStore(state, context.context().scheduler());
    }

    @Override
    public void spoil(String code) {
        state.spoil(code);
    }

    @Override
    public int putAside() {
        return state.putAside();
    }

    @Override
    public void failSaves(boolean failing) {
        state.failSaves(failing);
    }

    @Override
    public void breakPlace() {
        state.makeUnreadable();
    }

    @Override
    public void hang(boolean hanging) {
        state.hang(hanging);
    }

    @Override
    public void close() {
        context.close();
    }
}
