/** Keeps ipsets as the limits want them. */
import type { BanSet } from '../../config/model.ts';
import type { LogLevel } from '../../core/events.ts';
import type { MonotonicMs } from '../../core/time.ts';
import type { Elements, FoundElement } from '../../limit/engine.ts';
import { ipsetCreate, ipsetScript, parseIpsetSave } from '../../limit/ipset-text.ts';
import type { IpsetFound } from '../../limit/ipset-text.ts';
import { setChanges } from '../../limit/set-changes.ts';
import type { FirewallProgram } from './messages.ts';

type Run = (program: Omit<FirewallProgram, 'namespace'>) => Promise<string>;
type Ipset = Extract<BanSet, { kind: 'ipset' }>;
const nothing: Elements = new Map();

interface OpenSet {
  readonly name: string;
  readonly timeouts: boolean;
  readonly comments: boolean;
}

interface OpenLimit {
  readonly set: Ipset;
  /** By family; undefined: to be looked at again. */
  sets: Partial<Record<'inet' | 'inet6', OpenSet>>;
  present: Elements;
}

export interface IpsetKeeperPorts {
  readonly run: Run;
  readonly log: (level: LogLevel, message: string) => void;
  /** These are all the sets that we have made. */
  readonly made: (names: readonly string[]) => void;
}

async function find(run: Run, name: string): Promise<IpsetFound | undefined> {
  const saved = await run({ program: 'ipset', arguments: ['save', name], input: '' }).catch(() => '');
  return parseIpsetSave(saved, name);
}

/**
 * Takes away a set that we have made; one of another form is somebody else's by now and stays. Nobody is banned by it
 * afterwards, even if it has to stay.
 * @throws Error what keeps it, with the remedy
 */
export async function removeOwnIpset(run: Run, name: string): Promise<void> {
  if ((await find(run, name))?.isOurs !== true) return;
  try {
    await run({ program: 'ipset', arguments: ['destroy', name], input: '' });
  } catch (error) {
    await run({ program: 'ipset', arguments: ['flush', name], input: '' });
    throw new Error(
      `${(error as Error).message}. It is empty now; remove the rule that looks into it, then "ipset destroy ${name}"`,
      { cause: error },
    );
  }
}

export class IpsetKeeper {
  readonly #ports: IpsetKeeperPorts;
  readonly #limits = new Map<string, OpenLimit>();
  readonly #made = new Set<string>();

  constructor(ports: IpsetKeeperPorts) {
    this.#ports = ports;
  }

  /** An earlier life has made these. */
  recall(names: Iterable<string>): void {
    for (const name of names) this.#made.add(name);
  }

  /** Looks at the sets of a limit, and makes those that are not there. @returns bans of a former run */
  async open(limit: string, set: Ipset): Promise<Map<string, FoundElement>> {
    const open: OpenLimit = { set, sets: {}, present: nothing };
    this.#limits.set(limit, open);
    const found = new Map<string, FoundElement>();
    try {
      for (const [text, element] of await this.#look(open)) found.set(text, element);
    } catch (error) {
      this.#ports.log('error', `connection_limit ${limit}: ${(error as Error).message}`);
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

  /** Takes out what we have put in, and the sets if they are ours. */
  async release(limit: string, now: MonotonicMs): Promise<void> {
    const { sets = {} } = this.#limits.get(limit) ?? {};
    const own = Object.values(sets).filter(({ name }) => this.#made.has(name));
    // A set that goes need not be emptied first.
    if (own.length < Object.keys(sets).length) await this.write(limit, nothing, now);
    this.#limits.delete(limit);
    for (const { name } of own) {
      try {
        await removeOwnIpset(this.#ports.run, name);
        this.#made.delete(name);
      } catch (error) {
        const problem = `ipset ${name} has no limit any more and stays: ${(error as Error).message}`;
        this.#ports.log('warning', `connection limits: ${problem}`);
      }
    }
    if (own.length > 0) this.#ports.made([...this.#made]);
  }

  /** The end of the daemon: bans go on where the kernel ends them, and are taken out of sets without times. */
  async close(now: MonotonicMs): Promise<void> {
    for (const [limit, { sets }] of this.#limits) {
      if (Object.values(sets).some(({ timeouts }) => !timeouts)) await this.release(limit, now);
    }
  }

  #restore(script: string): Promise<string> {
    return this.#ports.run({ program: 'ipset', arguments: ['-exist', 'restore'], input: script });
  }

  async #look(open: OpenLimit): Promise<Map<string, FoundElement>> {
    const elements = new Map<string, FoundElement>();
    const before = [...this.#made].join(' ');
    for (const family of ['inet', 'inet6'] as const) {
      const name = open.set[family];
      const found = await find(this.#ports.run, name);
      if (found === undefined) {
        await this.#restore(ipsetCreate(name, family));
        this.#made.add(name);
      } else if (!found.isOurs) this.#made.delete(name);
      const { comments = true, timeouts = true } = found ?? {};
      open.sets[family] = { name, comments, timeouts };
      for (const [text, element] of found?.elements ?? []) elements.set(text, element);
    }
    if ([...this.#made].join(' ') !== before) this.#ports.made([...this.#made]);
    return elements;
  }
}
