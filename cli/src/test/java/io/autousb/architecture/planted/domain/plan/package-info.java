@NullMarked
package io.autousb.architecture.planted.domain.plan;

import org.jspecify.annotations.NullMarked;
