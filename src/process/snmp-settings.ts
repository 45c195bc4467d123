/** What SNMP sets, as live changes: in force until the next reload. */
import { now } from '../kernel/clock.ts';
import { isVrrpChange } from '../live/store.ts';
import type { AnyChange } from '../live/types.ts';
import type { Setting } from '../notify/snmp/settings.ts';
import type { LiveOverlay } from './live-overlay.ts';

/**
 * Puts settings in force together. What is as in the file takes a change back, unless a sync group has one that would
 * count then.
 * @returns what takes them back; undefined: there are too many changes
 */
export function applySettings(
  live: Pick<LiveOverlay, 'set' | 'clear' | 'get' | 'list'>,
  settings: readonly Setting[],
): (() => void) | undefined {
  const ofGroups = live.list().some(({ change }) => isVrrpChange(change) && change.target.kind === 'group');
  const since = now();
  const cleared: string[] = [];
  const set: AnyChange[] = [];
  for (const { asInFile, key, ...change } of settings) {
    if (asInFile && !(ofGroups && 'name' in change.target)) cleared.push(key);
    else set.push({ ...change, since, by: 'SNMP' });
  }
  const former = settings.map(({ key }) => [key, live.get(key)] as const);
  if (set.length > 0 && !live.set(set)) return undefined;
  live.clear(cleared);
  return () => {
    live.clear(former.flatMap(([key, change]) => (change === undefined ? [key] : [])));
    live.set(former.flatMap(([, change]) => change ?? []));
  };
}
