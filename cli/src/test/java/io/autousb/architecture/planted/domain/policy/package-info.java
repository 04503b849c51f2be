@NullMarked
package io.autousb.architecture.planted.domain.policy;

import org.jspecify.annotations.NullMarked;
