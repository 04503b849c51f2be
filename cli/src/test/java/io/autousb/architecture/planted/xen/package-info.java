@NullMarked
package io.autousb.architecture.planted.xen;

import org.jspecify.annotations.NullMarked;
