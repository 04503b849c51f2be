@NullMarked
package io.autousb.architecture.planted.runtime;

import org.jspecify.annotations.NullMarked;
