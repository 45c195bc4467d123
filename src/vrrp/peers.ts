/** Other routers that an instance has heard: what they said last, how often, and what of it was dropped. For status only. */
import type { Milliseconds, MonotonicMs } from '../core/time.ts';
import type { Finding } from './examine.ts';

/** More routers than this do not share a virtual router: what comes beyond is forged. */
const mostPeers = 16;

export interface Peer {
  readonly address: string;
  priority: number | undefined;
  interval: Milliseconds | undefined;
  readonly firstHeard: MonotonicMs;
  lastHeard: MonotonicMs;
  /** When the latest advertisement was taken. */
  lastAccepted: MonotonicMs;
  accepted: number;
  refused: number;
  lastRefusal: { readonly code: string; readonly reason: string; readonly at: MonotonicMs } | undefined;
}

export class PeerTable {
  readonly #peers = new Map<string, Peer>();

  /** An advertisement was taken. */
  heard(address: string, priority: number, interval: Milliseconds, now: MonotonicMs): void {
    const peer = this.#find(address, now);
    peer.priority = priority;
    peer.interval = interval;
    peer.lastHeard = now;
    peer.lastAccepted = now;
    peer.accepted++;
  }

  /** An advertisement was dropped. */
  refused(address: string, { code, reason }: Finding, now: MonotonicMs): void {
    const peer = this.#find(address, now);
    peer.lastHeard = now;
    peer.refused++;
    peer.lastRefusal = { code, reason, at: now };
  }

  get(address: string): Peer | undefined {
    return this.#peers.get(address);
  }

  /** Who was heard last comes first. */
  list(): readonly Peer[] {
    return [...this.#peers.values()].sort((a, b) => b.lastHeard - a.lastHeard);
  }

  /** A full table takes a new one in the place of the one heard longest ago, of which nothing was ever taken if there is such. */
  #find(address: string, now: MonotonicMs): Peer {
    const known = this.#peers.get(address);
    if (known !== undefined) return known;
    if (this.#peers.size >= mostPeers) this.#forgetOne();
    const peer: Peer = {
      address,
      priority: undefined,
      interval: undefined,
      firstHeard: now,
      lastHeard: now,
      lastAccepted: -Infinity,
      accepted: 0,
      refused: 0,
      lastRefusal: undefined,
    };
    this.#peers.set(address, peer);
    return peer;
  }

  #forgetOne(): void {
    const all = [...this.#peers.values()];
    const strangers = all.filter(({ accepted }) => accepted === 0);
    const [first] = (strangers.length > 0 ? strangers : all).sort((a, b) => a.lastHeard - b.lastHeard);
    if (first !== undefined) this.#peers.delete(first.address);
  }
}
