/** Advertisements for virtual routers that are not configured here, told once an hour each (log_unknown_vrids). */
import type { MonotonicMs } from '../core/time.ts';
import { peekVirtualRouterId } from './examine.ts';
import type { PacketMeta } from './types.ts';

/** How long the same stranger is not told again. */
const silence = 3_600_000;
/** More than the identifiers there are on a few interfaces; a forged flood does not grow it further. */
const mostRemembered = 1024;

export class UnknownRouters {
  readonly #told = new Map<string, MonotonicMs>();

  /**
   * @param packet as the engine receives it
   * @returns what to log, or nothing if it was told lately
   */
  heard(packet: Uint8Array, meta: PacketMeta, interfaceName: string, now: MonotonicMs): string | undefined {
    const id = peekVirtualRouterId(packet, meta.family);
    if (id === undefined) return undefined;
    const key = `${meta.interfaceIndex} ${meta.family} ${id}`;
    const before = this.#told.get(key);
    if (before !== undefined && now - before < silence) return undefined;
    if (before === undefined && this.#told.size >= mostRemembered) return undefined;
    this.#told.set(key, now);
    // The original's words: log scrapers know them.
    return `Unknown VRID(${id}) received on interface(${interfaceName}) from ${meta.source}. ignoring...`;
  }
}
