/** Worlds for the contract tests that are real: devices are plugged into the lab's machine, guests run in it. */
@NullMarked
package io.autousb.lab;

import org.jspecify.annotations.NullMarked;
