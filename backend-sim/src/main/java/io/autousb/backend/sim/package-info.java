/**
 * A host and guests in memory, with faults: for the demo, for tests of what drives adapters, for the
 * contract tests' own test and for benchmarks of scale.
 *
 * <p>{@link io.autousb.backend.sim.SimWorld} is where to begin. The world behaves as Linux and QEMU do:
 * an attachment whose device was pulled out stays until it is taken away, and nothing but the host says
 * that the device is gone.
 */
@NullMarked
package io.autousb.backend.sim;

import org.jspecify.annotations.NullMarked;
