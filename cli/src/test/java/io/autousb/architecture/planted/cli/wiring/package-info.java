@NullMarked
package io.autousb.architecture.planted.cli.wiring;

import org.jspecify.annotations.NullMarked;
