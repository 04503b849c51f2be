package io.autousb.domain.plan;

/**
 * That a device is to be left alone for a moment.
 *
 * @param until till when, in milliseconds of the world's time
 * @param reason why, one line, safe to print
 */
public record Hold(long until, String reason) {}
