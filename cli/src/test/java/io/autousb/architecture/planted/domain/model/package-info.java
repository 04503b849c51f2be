@NullMarked
package io.autousb.architecture.planted.domain.model;

import org.jspecify.annotations.NullMarked;
