@NullMarked
package io.autousb.architecture.planted.domain.port;

import org.jspecify.annotations.NullMarked;
