/** The program at work in a simulated world, for who wants to see it without plugging anything. */
@NullMarked
package io.autousb.cli.demo;

import org.jspecify.annotations.NullMarked;
