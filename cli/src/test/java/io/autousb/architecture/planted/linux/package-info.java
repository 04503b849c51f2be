@NullMarked
package io.autousb.architecture.planted.linux;

import org.jspecify.annotations.NullMarked;
