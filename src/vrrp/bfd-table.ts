/** The BFD sessions that instances and groups track, as the BFD process told (reference: behaviour A6, A12). */

/** What a session says about an instance. */
export interface BfdVerdict {
  readonly up: boolean;
  readonly words: string;
}

export class BfdTable {
  readonly #sessions = new Map<string, { readonly up: boolean; readonly reason: string }>();

  /** @returns whether that is another state than before; at first all are down */
  take(session: string, up: boolean, reason: string): boolean {
    const before = this.#sessions.get(session)?.up ?? false;
    this.#sessions.set(session, { up, reason });
    return up !== before;
  }

  verdict(session: string): BfdVerdict {
    const known = this.#sessions.get(session);
    if (known === undefined) return { up: false, words: `BFD session ${session} is not up yet` };
    return { up: known.up, words: `BFD session ${session} is ${known.up ? 'up' : `down: ${known.reason}`}` };
  }

  states(): ReadonlyMap<string, boolean> {
    return new Map([...this.#sessions].map(([session, { up }]) => [session, up]));
  }
}
