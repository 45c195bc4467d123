/** The language of `ipset restore` and `ipset save`. */
import type { MonotonicMs } from '../core/time.ts';
import type { BanOrigin, FoundElement } from './engine.ts';
import { parsePrefixText, prefixText } from './prefix-table.ts';
import type { SetChanges } from './set-changes.ts';

/** The kernel counts seconds in 32 bits of milliseconds (IPSET_MAX_TIMEOUT). */
const longestTimeout = 2_147_483;

export interface IpsetFound {
  /** It looks as ipsetCreate() makes them; an administrator would have to want the same size and both extensions. */
  readonly isOurs: boolean;
  readonly timeouts: boolean;
  readonly comments: boolean;
  readonly elements: ReadonlyMap<string, FoundElement>;
}

/** Addresses and prefixes in a set of ours. */
const mostElements = 1_048_576;

/** Makes a set that takes addresses, prefixes, times and notes. */
export function ipsetCreate(name: string, family: 'inet' | 'inet6'): string {
  return `create ${name} hash:net family ${family} maxelem ${mostElements} timeout 0 comment\n`;
}

/** What `ipset save NAME` says; undefined if it is not about that set. */
export function parseIpsetSave(text: string, name: string): IpsetFound | undefined {
  let found: Omit<IpsetFound, 'elements'> | undefined;
  const elements = new Map<string, FoundElement>();
  for (const line of text.split('\n')) {
    const words = line.split(' ');
    if (words[1] !== name) continue;
    if (words[0] === 'create') {
      const timeouts = words.includes('timeout');
      const comments = words.includes('comment');
      const isOurs = [`maxelem ${mostElements} `, ' timeout 0 ', ' hash:net '].every((part) =>
        `${line} `.includes(part),
      );
      found = { timeouts, comments, isOurs: isOurs && comments };
    }
    if (words[0] !== 'add') continue;
    const prefix = parsePrefixText(words[2] ?? '');
    if (prefix === undefined) continue;
    const timeout = words.indexOf('timeout');
    const seconds = timeout < 0 ? 0 : Number(words[timeout + 1]);
    const comment = words.indexOf('comment');
    const note = comment < 0 ? undefined : words[comment + 1]?.replaceAll('"', '');
    const origin: BanOrigin | undefined = note === 'count' || note === 'operator' ? note : undefined;
    elements.set(prefixText(prefix), {
      ...(seconds > 0 && { remaining: seconds * 1000 }),
      ...(origin !== undefined && { origin }),
    });
  }
  return found && { ...found, elements };
}

/** Changes for `ipset -exist restore`. @param setOf the set of an element; undefined: there is none for it */
export function ipsetScript(
  { add, remove }: SetChanges,
  setOf: (
    text: string,
  ) => { readonly name: string; readonly timeouts: boolean; readonly comments: boolean } | undefined,
  now: MonotonicMs,
): string {
  const lines: string[] = [];
  for (const text of remove) {
    const set = setOf(text);
    if (set) lines.push(`del ${set.name} ${text}`);
  }
  for (const [text, { origin, until }] of add) {
    const set = setOf(text);
    if (!set) continue;
    const seconds = until === undefined ? 0 : Math.min(longestTimeout, Math.max(1, Math.ceil((until - now) / 1000)));
    const timeout = set.timeouts ? ` timeout ${seconds}` : '';
    lines.push(
      `add ${set.name} ${text}${timeout}${set.comments && origin !== undefined ? ` comment "${origin}"` : ''}`,
    );
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
