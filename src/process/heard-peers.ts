/**
 * VRRP peers that no configuration names: who is heard by multicast. They are never banned by a connection limit, so the
 * checker process has to know them; what the VRRP process says of itself is asked for now and then.
 */
import type { Milliseconds } from '../core/time.ts';

const interval: Milliseconds = 10_000;
/** The first time, peers have had time to speak. */
const firstLook: Milliseconds = 2_000;

/** Addresses of routers of which an advertisement was taken, from the status of the VRRP process. */
export function heardAddresses(status: unknown): readonly string[] {
  const { instances = [] } = (status ?? {}) as {
    readonly instances?: readonly {
      readonly peers?: readonly { readonly address: string; readonly accepted: number }[];
    }[];
  };
  const accepted = instances.flatMap(({ peers = [] }) => peers.filter((peer) => peer.accepted > 0));
  return [...new Set(accepted.map(({ address }) => address))].sort();
}

export class HeardPeers {
  readonly #ask: () => Promise<unknown>;
  readonly #tell: (addresses: readonly string[]) => void;
  #timer: NodeJS.Timeout | undefined;

  /** @param tell is told at every look: who takes it may have been started anew */
  constructor(ask: () => Promise<unknown>, tell: (addresses: readonly string[]) => void) {
    this.#ask = ask;
    this.#tell = tell;
  }

  /** @param wanted whether somebody wants to know */
  follow(wanted: boolean): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (wanted) this.#later(firstLook);
  }

  #later(time: Milliseconds): void {
    const timer = setTimeout(() => {
      void this.#ask()
        .then((status) => this.#tell(heardAddresses(status)))
        // Who does not answer now does so next time.
        .catch(() => undefined)
        .then(() => {
          if (this.#timer === timer) this.#later(interval);
        });
    }, time);
    timer.unref();
    this.#timer = timer;
  }
}
