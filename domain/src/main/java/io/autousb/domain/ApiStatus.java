package io.autousb.domain;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * How firm a part of the program is for those who build on it. The nearest one counts: that of a method, of its type, of
 * its package. What has none is internal.
 *
 * <p>Versions are those of Semantic Versioning 2.0.0, for what is {@link Level#STABLE}. While the major version is 0, a minor
 * version may change it, and the change log says how to follow.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.PACKAGE, ElementType.TYPE, ElementType.METHOD})
public @interface ApiStatus {

    /**
     * How firm it is.
     *
     * @return the level
     */
    Level value();

    /**
     * Since when it is there.
     *
     * @return the version that brought it
     */
    String since();

    /** How firm something is. */
    enum Level {
        /** Changes as the version number says. */
        STABLE,
        /** May change with any version; who uses it is asked to say how it went. */
        EXPERIMENTAL,
        /** Not for others. */
        INTERNAL
    }
}
