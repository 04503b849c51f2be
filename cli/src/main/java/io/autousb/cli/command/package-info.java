/**
 * The commands. picocli is known here and where commands are wired, so that a program without a command
 * line need not load it.
 */
@NullMarked
package io.autousb.cli.command;

import org.jspecify.annotations.NullMarked;
