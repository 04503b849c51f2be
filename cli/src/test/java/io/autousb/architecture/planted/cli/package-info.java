@NullMarked
package io.autousb.architecture.planted.cli;

import org.jspecify.annotations.NullMarked;
