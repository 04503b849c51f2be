@NullMarked
package io.autousb.architecture.planted.backend.udev;

import org.jspecify.annotations.NullMarked;
