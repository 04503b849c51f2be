@NullMarked
package io.autousb.architecture.planted.backend.qmp;

import org.jspecify.annotations.NullMarked;
