/** The BFD sessions that instances and groups track, as the BFD process told (reference: behaviour A6, A12). */

import type { MonotonicMs } from '../core/time.ts';

/** What a session says about an instance. */
export interface BfdVerdict {
  readonly up: boolean;
  /** When that changed last. */
  readonly since?: MonotonicMs | undefined;
  readonly words: string;
}

export class BfdTable {
  readonly #sessions = new Map<
    string,
    { readonly up: boolean; readonly reason: string; readonly since: MonotonicMs }
  >();

  /** @returns whether that is another state than before; at first all are down */
  take(session: string, up: boolean, reason: string, now: MonotonicMs): boolean {
    const known = this.#sessions.get(session);
    const since = known?.up === up ? known.since : now;
    this.#sessions.set(session, { up, reason, since });
    return up !== (known?.up ?? false);
  }

  verdict(session: string): BfdVerdict {
    const known = this.#sessions.get(session);
    if (known === undefined) return { up: false, words: `BFD session ${session} is not up yet` };
    return {
      up: known.up,
      since: known.since,
      words: `BFD session ${session} is ${known.up ? 'up' : `down: ${known.reason}`}`,
    };
  }

  states(): ReadonlyMap<string, boolean> {
    return new Map([...this.#sessions].map(([session, { up }]) => [session, up]));
  }
}
