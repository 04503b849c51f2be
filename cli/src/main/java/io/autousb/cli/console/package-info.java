/** How the program speaks: data and events to stdout, talk to stderr, one line each, nothing unescaped. */
@NullMarked
package io.autousb.cli.console;

import org.jspecify.annotations.NullMarked;
