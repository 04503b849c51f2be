package io.autousb.runtime.catalogue;

import io.autousb.domain.port.BackendException;
import io.autousb.runtime.Adapters;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * Stands before an adapter, so that every call of it, whoever makes it, returns or throws a {@link BackendException}: a class
 * that is missing from a plugin shows only when it is used.
 */
final class GuardedAdapter implements InvocationHandler {

    private final Object adapter;
    private final String name;

    private GuardedAdapter(Object adapter, String name) {
        this.adapter = adapter;
        this.name = name;
    }

    /**
     * Guards an adapter.
     *
     * @param port the interface it is used by
     * @param adapter the adapter
     * @param name what people call it
     */
    static <T> T of(Class<T> port, T adapter, String name) {
        return port.cast(Proxy.newProxyInstance(
                port.getClassLoader(), new Class<?>[] {port}, new GuardedAdapter(adapter, name)));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments) {
        return AdapterCall.of(adapter, () -> {
            try {
                return method.invoke(adapter, arguments);
            } catch (InvocationTargetException e) {
                throw failure(method, e.getCause());
            } catch (ReflectiveOperationException | LinkageError e) {
                throw failure(method, e);
            }
        });
    }

    private RuntimeException failure(Method method, @Nullable Throwable thrown) {
        if (thrown instanceof VirtualMachineError fatal && !(thrown instanceof StackOverflowError)) {
            throw fatal;
        }
        return Adapters.asBackendException(
                thrown == null ? new IllegalStateException("no cause") : thrown, name + "'s " + method.getName());
    }
}
