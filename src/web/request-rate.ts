/** How many requests a client may make: a bucket of tokens for each of the clients seen lately. */
import type { MonotonicMs } from '../core/time.ts';

interface Bucket {
  tokens: number;
  at: MonotonicMs;
}

export class RequestRate {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #mostClients: number;
  /** The client seen longest ago first. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(perSecond: number, burst: number, mostClients: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#mostClients = mostClients;
  }

  /** Whether this request may be answered. */
  allows(client: string, now: MonotonicMs): boolean {
    const known = this.#buckets.get(client);
    const refill = known === undefined ? this.#burst : ((now - known.at) / 1000) * this.#perSecond;
    const tokens = Math.min(this.#burst, (known?.tokens ?? 0) + refill);
    const allowed = tokens >= 1;
    this.#buckets.delete(client);
    this.#buckets.set(client, { tokens: allowed ? tokens - 1 : tokens, at: now });
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size <= this.#mostClients) break;
      this.#buckets.delete(oldest);
    }
    return allowed;
  }

  /** Clients remembered. */
  get size(): number {
    return this.#buckets.size;
  }
}
