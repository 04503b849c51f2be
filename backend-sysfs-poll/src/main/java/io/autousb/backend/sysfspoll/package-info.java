/** The device source {@code sysfs-poll}: looks at sysfs again and again, where no events can be heard. */
@NullMarked
package io.autousb.backend.sysfspoll;

import org.jspecify.annotations.NullMarked;
