package io.autousb.backend.file;

import io.autousb.contract.StateStoreContract;
import io.autousb.contract.StateStoreFixture;
import java.io.IOException;

class FileStateStoreContractTest extends StateStoreContract {
    @Override
    protected StateStoreFixture createFixture() throws IOException {
        return new FileStateStoreFixture();
    }
}
