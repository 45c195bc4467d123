/** When a child that died is started again (reference: runtime contract, process structure). Pure. */
import type { Milliseconds, MonotonicMs } from '../core/time.ts';

/** A child that ran this long is started again at once, and its history is forgotten. */
const stableAfter: Milliseconds = 60_000;
const longestDelay: Milliseconds = 60_000;

/** Exit status for a defect of ours (sysexits.h, EX_SOFTWARE), as the original has it: nothing was given back. */
export const internalErrorExitCode = 70;

/** Exit statuses that say "starting me again changes nothing": the daemon stops with them. */
const finalExitCodes: ReadonlySet<number> = new Set([1, 2, 4]);

export type RespawnDecision =
  | { readonly action: 'respawn'; readonly after: Milliseconds }
  | { readonly action: 'stop-daemon'; readonly exitCode: number };

/** Remembers the deaths of one child and decides what follows the next one: 0, 1, 2, 4 ... 60 seconds. */
export class RespawnPolicy {
  #quickDeaths = 0;
  #startedAt: MonotonicMs = 0;

  started(now: MonotonicMs): void {
    this.#startedAt = now;
  }

  died(exitCode: number | null, now: MonotonicMs, respawnAllowed: boolean): RespawnDecision {
    if (exitCode !== null && finalExitCodes.has(exitCode)) return { action: 'stop-daemon', exitCode };
    if (!respawnAllowed) return { action: 'stop-daemon', exitCode: 1 };
    if (now - this.#startedAt >= stableAfter) this.#quickDeaths = 0;
    const after = this.#quickDeaths === 0 ? 0 : Math.min(longestDelay, 1000 * 2 ** (this.#quickDeaths - 1));
    this.#quickDeaths += 1;
    return { action: 'respawn', after };
  }
}
