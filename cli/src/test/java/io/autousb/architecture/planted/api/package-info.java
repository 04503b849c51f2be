@NullMarked
package io.autousb.architecture.planted.api;

import org.jspecify.annotations.NullMarked;
