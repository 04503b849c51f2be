package io.autousb.xen.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XenstorePermissionsTest {

    @Test
    void controlDomainOnly_letsNobodyElse() {
        assertThat(XenstorePermissions.CONTROL_DOMAIN_ONLY.entries()).containsExactly("n0");
    }

    @Test
    void readableBy_addsAnEntry() {
        assertThat(XenstorePermissions.ownedBy(0).readableBy(5).entries()).containsExactly("n0", "r5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "n", "x0", "n-1", "n01", "n32752", "n0 ", "n0\0r5", "n99999"})
    void of_whenEntryIsNone_fails(String entry) {
        assertThatThrownBy(() -> new XenstorePermissions(List.of(entry))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void of_whenThereIsNoOwner_fails() {
        assertThatThrownBy(() -> new XenstorePermissions(List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
