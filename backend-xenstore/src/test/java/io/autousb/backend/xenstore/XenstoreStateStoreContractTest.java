package io.autousb.backend.xenstore;

import io.autousb.contract.StateStoreContract;
import io.autousb.contract.StateStoreFixture;
import io.autousb.xen.store.FakeXenstored.Manners;
import java.io.IOException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;

/** With either daemon. */
@Timeout(60)
class XenstoreStateStoreContractTest {

    @Nested
    class WithTheDaemonInC extends StateStoreContract {
        @Override
        protected StateStoreFixture createFixture() throws IOException {
            return new XenstoreStateStoreFixture(Manners.C);
        }
    }

    @Nested
    class WithTheDaemonInOcaml extends StateStoreContract {
        @Override
        protected StateStoreFixture createFixture() throws IOException {
            return new XenstoreStateStoreFixture(Manners.OCAML);
        }
    }
}
