@NullMarked
package io.autousb.architecture.planted.qmp;

import org.jspecify.annotations.NullMarked;
