/** Keeps ipsets as the limits want them. */
import type { BanSet } from '../../config/model.ts';
import type { LogLevel } from '../../core/events.ts';
import type { MonotonicMs } from '../../core/time.ts';
import type { Elements, FoundElement } from '../../limit/engine.ts';
import { ipsetCreate, ipsetScript, parseIpsetSave } from '../../limit/ipset-text.ts';
import { setChanges } from '../../limit/set-changes.ts';
import type { FirewallProgram } from './messages.ts';

type Run = (program: Omit<FirewallProgram, 'namespace'>) => Promise<string>;
type Ipset = Extract<BanSet, { kind: 'ipset' }>;
const nothing: Elements = new Map();

interface OpenSet {
  readonly name: string;
  readonly timeouts: boolean;
  readonly comments: boolean;
  /** Made by us in this life. */
  readonly made: boolean;
}

interface OpenLimit {
  readonly set: Ipset;
  /** By family; undefined: to be looked at again. */
  sets: Partial<Record<'inet' | 'inet6', OpenSet>>;
  present: Elements;
}

export class IpsetKeeper {
  readonly #run: Run;
  readonly #limits = new Map<string, OpenLimit>();

  constructor(run: Run) {
    this.#run = run;
  }

  /** Looks at the sets of a limit, and makes those that are not there. @returns bans of a former run */
  async open(
    limit: string,
    set: Ipset,
    log: (level: LogLevel, message: string) => void,
  ): Promise<Map<string, FoundElement>> {
    const open: OpenLimit = { set, sets: {}, present: nothing };
    this.#limits.set(limit, open);
    const found = new Map<string, FoundElement>();
    try {
      for (const [text, element] of await this.#look(open)) found.set(text, element);
    } catch (error) {
      log('error', `connection_limit ${limit}: ${(error as Error).message}`);
    }
    return found;
  }

  /** @throws Error with what ipset says */
  async write(limit: string, wanted: Elements, now: MonotonicMs): Promise<void> {
    const open = this.#limits.get(limit);
    if (open === undefined) return;
    if (open.sets.inet === undefined) await this.#look(open);
    const script = ipsetScript(
      setChanges(open.present, wanted),
      (text) => open.sets[text.includes(':') ? 'inet6' : 'inet'],
      now,
    );
    try {
      if (script !== '') await this.#restore(script);
      open.present = wanted;
    } catch (error) {
      // Perhaps somebody has made the set anew: everything is put in again.
      open.sets = {};
      open.present = nothing;
      throw error;
    }
  }

  /** Takes out what we have put in, and the sets if they were ours and nobody uses them. */
  async release(limit: string, now: MonotonicMs): Promise<void> {
    await this.write(limit, nothing, now);
    const open = this.#limits.get(limit);
    this.#limits.delete(limit);
    for (const { made, name } of Object.values(open?.sets ?? {})) {
      if (made) await this.#run({ program: 'ipset', arguments: ['destroy', name], input: '' }).catch(() => undefined);
    }
  }

  /** The end of the daemon: bans go on where the kernel ends them, and are taken out of sets without times. */
  async close(now: MonotonicMs): Promise<void> {
    for (const [limit, { sets }] of this.#limits) {
      if (Object.values(sets).some(({ timeouts }) => !timeouts)) await this.release(limit, now);
    }
  }

  #restore(script: string): Promise<string> {
    return this.#run({ program: 'ipset', arguments: ['-exist', 'restore'], input: script });
  }

  async #look(open: OpenLimit): Promise<Map<string, FoundElement>> {
    const elements = new Map<string, FoundElement>();
    for (const family of ['inet', 'inet6'] as const) {
      const name = open.set[family];
      const saved = await this.#run({ program: 'ipset', arguments: ['save', name], input: '' }).catch(() => '');
      const found = parseIpsetSave(saved, name);
      if (found === undefined) await this.#restore(ipsetCreate(name, family));
      const { comments = true, timeouts = true } = found ?? {};
      open.sets[family] = { name, comments, timeouts, made: found === undefined };
      for (const [text, element] of found?.elements ?? []) elements.set(text, element);
    }
    return elements;
  }
}
