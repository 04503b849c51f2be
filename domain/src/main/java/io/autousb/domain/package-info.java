/** What is said of the packages below and of others: how firm they are. */
@NullMarked
package io.autousb.domain;

import org.jspecify.annotations.NullMarked;
