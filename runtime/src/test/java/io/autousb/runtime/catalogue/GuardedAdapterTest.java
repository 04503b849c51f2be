package io.autousb.runtime.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.autousb.domain.model.HostTopology;
import io.autousb.domain.port.BackendException;
import io.autousb.domain.port.DeviceSource;
import io.autousb.domain.port.Hypervisor;
import io.autousb.domain.port.StateStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GuardedAdapterTest {

    private static final ClassLoader OWN = GuardedAdapterTest.class.getClassLoader();

    /** An adapter whose every method fails so. */
    private static <T> T failing(Class<T> port, Throwable thrown) {
        return port.cast(Proxy.newProxyInstance(OWN, new Class<?>[] {port}, (proxy, method, arguments) -> {
            throw thrown;
        }));
    }

    private static Stream<Method> methods() {
        return Stream.of(Hypervisor.class, DeviceSource.class, StateStore.class)
                .flatMap(port -> Arrays.stream(port.getMethods()));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void call_whenAClassIsMissing_failsAsAnAdapterMay(Method method) throws Exception {
        Class<?> port = method.getDeclaringClass();
        Object guarded = guardFailing(port, new NoClassDefFoundError("lib/Gone"));
        Object[] arguments = new Object[method.getParameterCount()];

        assertThatThrownBy(() -> method.invoke(guarded, arguments))
                .isInstanceOf(InvocationTargetException.class)
                .cause()
                .isInstanceOfSatisfying(BackendException.class, e -> {
                    assertThat(e.getMessage()).contains("plug's " + method.getName(), "lib/Gone");
                    assertThat(e.remedy()).isNotBlank();
                });
    }

    private static <T> T guardFailing(Class<T> port, Throwable thrown) {
        return GuardedAdapter.of(port, failing(port, thrown), "plug");
    }

    @Test
    void call_whenItFailsAsItMay_failsSo() {
        BackendException known =
                BackendException.of(BackendException.CLOSED, "closed").build();

        assertThatThrownBy(() -> guardFailing(DeviceSource.class, known).close())
                .isSameAs(known);
    }

    @Test
    void call_whenTheStackIsFull_failsAsAnAdapterMay() {
        assertThatThrownBy(() -> guardFailing(DeviceSource.class, new StackOverflowError())
                        .close())
                .isInstanceOf(BackendException.class);
    }

    @Test
    void call_whenTheMemoryIsFull_isNotHidden() {
        OutOfMemoryError full = new OutOfMemoryError();

        assertThatThrownBy(() -> guardFailing(DeviceSource.class, full).close()).isSameAs(full);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void call_always_hasTheAdaptersClassLoader(boolean other) {
        List<ClassLoader> seen = new ArrayList<>();
        DeviceSource adapter = new DeviceSource() {
            @Override
            public void subscribe(Runnable listener) {
                listener.run();
            }

            @Override
            public HostTopology snapshot(Duration timeout) {
                return HostTopology.EMPTY;
            }

            @Override
            public void close() {}
        };
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        ClassLoader callers = other ? ClassLoader.getPlatformClassLoader() : null;
        thread.setContextClassLoader(callers);
        try {
            GuardedAdapter.of(DeviceSource.class, adapter, "plug")
                    .subscribe(() -> seen.add(Thread.currentThread().getContextClassLoader()));

            assertThat(seen).containsExactly(OWN);
            assertThat(thread.getContextClassLoader()).isSameAs(callers);
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
