package io.autousb.lab;

import io.autousb.contract.StateStoreContract;
import io.autousb.contract.StateStoreFixture;

class XenstoreInLab extends StateStoreContract {

    @Override
    protected StateStoreFixture createFixture() {
        return new XenstoreWorld();
    }
}
