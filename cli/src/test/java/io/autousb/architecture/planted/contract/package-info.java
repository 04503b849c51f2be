@NullMarked
package io.autousb.architecture.planted.contract;

import org.jspecify.annotations.NullMarked;
