@NullMarked
package io.autousb.architecture.planted.backend.sim;

import org.jspecify.annotations.NullMarked;
