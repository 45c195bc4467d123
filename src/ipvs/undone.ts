/** What somebody else did to our services, in words, and how often it is looked for. */
import type { Milliseconds } from '../core/time.ts';
import { describeOperation } from './keys.ts';
import type { IpvsOperation } from './types.ts';

/** The kernel tells nobody of changes to IPVS: it has to be asked. */
const shortestPause: Milliseconds = 10_000;

/** Reading a table costs the kernel and us time that grows with it; at most this part of all time may go there. */
const pauseByDuration = 50;

/** How long to wait between two looks at the table when the last took `duration`. */
export function pauseBetweenLooks(duration: Milliseconds): Milliseconds {
  return Math.max(shortestPause, pauseByDuration * duration);
}

/** Examples named in a log line; the rest is a number. */
const namedAtMost = 3;

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/**
 * "somebody else changed IPVS: 1 service and 2 servers are not as written and are put back (add service tcp
 * 192.0.2.1:80 (rr), ...)".
 * @param undone the writes that put back what was changed, see ReconcileReport; at least one
 */
export function undoneText(undone: readonly IpvsOperation[]): string {
  const services = undone.filter(({ op }) => op === 'add-service' || op === 'edit-service').length;
  const parts: string[] = [];
  if (services > 0) parts.push(counted(services, 'service'));
  if (undone.length > services) parts.push(counted(undone.length - services, 'server'));
  const single = undone.length === 1;
  const named = undone.slice(0, namedAtMost).map(describeOperation);
  if (undone.length > namedAtMost) named.push('...');
  return `somebody else changed IPVS: ${parts.join(' and ')} ${single ? 'is' : 'are'} not as written and ${single ? 'is' : 'are'} put back (${named.join(', ')})`;
}
