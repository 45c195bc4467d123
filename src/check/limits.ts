/**
 * What one check may cost, so that a hostile or broken server costs its own check and nothing else. The original knows
 * only the timeout of each step; a server that sends one octet a second keeps its checks busy for ever.
 */
import type { Milliseconds } from '../core/time.ts';
import type { ActingChecker } from './acting.ts';

/** Response header an HTTP check reads (the original gives up at 4 KiB; real proxies send more). */
export const maximumHeaderOctets = 64 * 1024;

/** Response body an HTTP check reads; a page to check by digest is far smaller, a download that never ends is not. */
export const maximumBodyOctets = 8 * 1024 * 1024;

/** Bodies that all checks together keep for regular expressions. */
export const maximumKeptOctets = 64 * 1024 * 1024;

/** A body of this length is kept in any case: with all probes in flight these are 64 MiB once more. */
export const octetsKeptAnyway = 16 * 1024;

/**
 * Probes in flight at one time. High on purpose: a probe waits most of its life, and silent servers times their timeout
 * must fit (4096 probes of 5 s: 800 dead servers a second) or they would delay the checks of the living.
 */
export const defaultMaximumInFlight = 4096;

/**
 * Probes started in one turn, and the pause before the next turn: measured, 25 connects each 5 ms leave timers 1-2 ms
 * late, 5,000 in one turn half a second. With 2,000 checks a second ten share a timer and a round of the event loop.
 */
export const startsPerTurn = 32;
export const turnSpacing: Milliseconds = 5;

/**
 * Steps that may each take connect_timeout: connect, TLS, first octet, and as much again for the rest of the body.
 * The check as a whole may take the product.
 */
const stepsOfHttpCheck = 5;

/** Connection, greeting, HELO and QUIT may each take connect_timeout. */
const stepsOfSmtpCheck = 4;

/** A program that is asked to end may take this long before it is killed. */
const killAfterTimeout: Milliseconds = 2000;

/** Servers or checks looked at in one go, between which other work goes on; a few milliseconds. */
export const sliceSize = 1000;

/** Longest time from the start of a probe to its result. */
export function wholeCheckLimit(checker: ActingChecker): Milliseconds {
  switch (checker.type) {
    case 'TCP_CHECK':
    case 'DNS_CHECK':
    case 'UDP_CHECK':
    case 'PING_CHECK':
      return checker.connectTimeout;
    case 'SMTP_CHECK':
      return stepsOfSmtpCheck * checker.connectTimeout;
    case 'MISC_CHECK':
      return checker.timeout + killAfterTimeout;
    case 'HTTP_GET':
    case 'SSL_GET':
      return stepsOfHttpCheck * checker.connectTimeout;
  }
}

/**
 * Past the limit of the check by this much, the engine stops waiting for a probe that ought to have reported: a mistake
 * in a probe must not end the checks of a server.
 */
export const watchdogSlack: Milliseconds = 2000;

/**
 * A timer that is later than this, and the process was not run (stopped, suspended with its machine): the server may have
 * answered in time, which is found out within the extension.
 */
export const standstill: Milliseconds = 1000;
export const extension: Milliseconds = 1000;
