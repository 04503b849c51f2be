package io.autousb.architecture;

import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What others may compile against, as text: one line for each type and each member, in an order of its own. */
final class PublicApi {

    private static final int SHOWN = Modifier.STATIC | Modifier.ABSTRACT | Modifier.FINAL;

    private PublicApi() {}

    /** A type that can be seen from outside, with its members. */
    static Stream<String> lines(Class<?> type) {
        Stream<String> members = Stream.concat(
                        Stream.concat(
                                Arrays.stream(type.getDeclaredFields())
                                        .filter(PublicApi::isOpen)
                                        .map(PublicApi::field),
                                Arrays.stream(type.getDeclaredConstructors())
                                        .filter(PublicApi::isOpen)
                                        .map(PublicApi::constructor)),
                        Arrays.stream(type.getDeclaredMethods())
                                .filter(method ->
                                        isOpen(method) && !method.isSynthetic() && !isGivenByTheLanguage(method))
                                .map(PublicApi::method))
                .sorted();
        return Stream.concat(Stream.of(head(type)), members.map(line -> "    " + line));
    }

    /** Whether it can be seen from outside its package, with all types that it is nested in. */
    static boolean isOpen(Class<?> type) {
        Class<?> owner = type.getDeclaringClass();
        return isOpen(type.getModifiers()) && (owner == null || isOpen(owner));
    }

    private static boolean isOpen(Member member) {
        return isOpen(member.getModifiers());
    }

    private static boolean isOpen(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    /** Of any object, an enum and a record; a record's accessors are told by its head. */
    private static boolean isGivenByTheLanguage(Method method) {
        Class<?> owner = method.getDeclaringClass();
        if (List.of("equals", "hashCode", "toString").contains(method.getName())) {
            return true;
        }
        if (owner.isEnum()) {
            return method.getName().equals("values") || method.getName().equals("valueOf");
        }
        return owner.isRecord()
                && method.getParameterCount() == 0
                && Arrays.stream(owner.getRecordComponents())
                        .anyMatch(part -> part.getAccessor().equals(method));
    }

    private static String head(Class<?> type) {
        String name = type.getName().replace('$', '.');
        String parents = Stream.concat(
                        Stream.ofNullable(type.getAnnotatedSuperclass())
                                .filter(parent ->
                                        !List.of(Object.class, Record.class).contains(parent.getType())
                                                && !type.isEnum()),
                        Arrays.stream(type.getAnnotatedInterfaces()))
                .map(PublicApi::name)
                .collect(Collectors.joining(", "));
        String permitted = type.isSealed()
                ? Arrays.stream(type.getPermittedSubclasses())
                        .map(Class::getSimpleName)
                        .sorted()
                        .collect(Collectors.joining(", "))
                : "";
        return modifiers(type.getModifiers(), type.isInterface() || type.isRecord() || type.isEnum())
                + kind(type) + " " + name + parameters(type)
                + (type.isRecord() ? components(type) : "")
                + (parents.isEmpty() ? "" : " : " + parents)
                + (permitted.isEmpty() ? "" : " permits " + permitted);
    }

    private static String kind(Class<?> type) {
        if (type.isAnnotation()) {
            return "@interface";
        }
        if (type.isInterface()) {
            return "interface";
        }
        return type.isRecord() ? "record" : type.isEnum() ? "enum" : "class";
    }

    private static String parameters(Class<?> type) {
        return type.getTypeParameters().length == 0
                ? ""
                : Arrays.stream(type.getTypeParameters())
                        .map(Type::getTypeName)
                        .collect(Collectors.joining(", ", "<", ">"));
    }

    private static String components(Class<?> type) {
        return Arrays.stream(type.getRecordComponents())
                .map(part -> name(part.getAnnotatedType()) + " " + part.getName())
                .collect(Collectors.joining(", ", "(", ")"));
    }

    private static String field(Field field) {
        String value = field.isEnumConstant() ? "" : ": " + name(field.getAnnotatedType());
        return modifiers(field.getModifiers(), field.isEnumConstant()) + field.getName() + value;
    }

    private static String constructor(Constructor<?> constructor) {
        return modifiers(constructor.getModifiers(), false) + "new" + signature(constructor);
    }

    private static String method(Method method) {
        String body = method.isDefault() ? "default " : "";
        return modifiers(
                        method.getModifiers(),
                        method.getDeclaringClass().isInterface() && !Modifier.isStatic(method.getModifiers()))
                + body + method.getName() + signature(method) + ": " + name(method.getAnnotatedReturnType());
    }

    private static String signature(Executable executable) {
        String thrown = Arrays.stream(executable.getExceptionTypes())
                .map(Class::getName)
                .sorted()
                .collect(Collectors.joining(", "));
        return Arrays.stream(executable.getParameters())
                        .map(Parameter::getAnnotatedType)
                        .map(PublicApi::name)
                        .collect(Collectors.joining(", ", "(", ")"))
                + (thrown.isEmpty() ? "" : " throws " + thrown);
    }

    /** A type by its name, with a question mark if there may be none. */
    private static String name(AnnotatedType type) {
        String name = type.getType()
                .getTypeName()
                .replaceAll("java\\.(lang|util|time|util\\.function)\\.(?=[A-Z])", "")
                .replace('$', '.');
        return type.isAnnotationPresent(Nullable.class) ? name + "?" : name;
    }

    private static String modifiers(int modifiers, boolean implied) {
        String access = Modifier.isProtected(modifiers) ? "protected " : "";
        String rest = implied ? "" : Modifier.toString(modifiers & SHOWN);
        return access + (rest.isEmpty() ? "" : rest + " ");
    }

    /** In the order of the alphabet, nested types after those they are nested in. */
    static final Comparator<Class<?>> ORDER = Comparator.comparing(type -> Objects.requireNonNull(type.getName()));
}
