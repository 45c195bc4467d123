/**
 * The one unit of time inside the daemon: milliseconds, as a number that may carry a fraction (a double holds
 * nanoseconds of several years of uptime). Wire units (centiseconds, seconds) appear only in the codecs.
 */

/** A moment on the monotonic clock (CLOCK_MONOTONIC), in milliseconds. Never a date. */
export type MonotonicMs = number;

/** A span of time in milliseconds. */
export type Milliseconds = number;
