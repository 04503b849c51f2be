/**
 * The engine that keeps guests as the policy says, and what a program around it needs. Plain
 * constructors; to be embedded with or without the command line.
 */
@NullMarked
package io.autousb.runtime;

import org.jspecify.annotations.NullMarked;
