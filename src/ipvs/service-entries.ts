/** What the reconciler knows of each service: one entry a key text, so that each needs one search. */
import { serviceKeyText } from './keys.ts';
import { mergeTwins, withoutTwins } from './plan.ts';
import type { Service } from './types.ts';

export interface ServiceEntry {
  readonly text: string;
  /** As it should be; undefined: not at all. */
  wished: Service | undefined;
  /** As it is in the kernel, as far as we know. */
  believed: Service | undefined;
  /** Wanted now, or written by us and not yet gone. */
  isOurs: boolean;
  /** Its wish is new since the last round. */
  isTouched: boolean;
}

/** Key texts of services, in no particular order. */
export interface KeyTexts extends Iterable<string> {
  readonly size: number;
  has(text: string): boolean;
}

export class ServiceEntries {
  #entries = new Map<string, ServiceEntry>();
  #ours = 0;

  get(text: string): ServiceEntry | undefined {
    return this.#entries.get(text);
  }

  all(): MapIterator<ServiceEntry> {
    return this.#entries.values();
  }

  /** The entry of a key text, a new one if there is none. */
  of(text: string): ServiceEntry {
    let entry = this.#entries.get(text);
    if (entry === undefined) this.#entries.set(text, (entry = entryOf(text)));
    return entry;
  }

  /**
   * These services are wished, in this order, and no others. Merged as by mergeServices().
   * @returns their key texts
   */
  wish(services: readonly Service[]): readonly string[] {
    const former = this.#entries;
    const entries = new Map<string, ServiceEntry>();
    this.#entries = entries;
    for (const entry of former.values()) entry.wished = undefined;
    const texts = services.map((service) => {
      const text = serviceKeyText(service.key);
      let entry = entries.get(text);
      if (entry === undefined) entries.set(text, (entry = former.get(text) ?? entryOf(text)));
      entry.wished = entry.wished === undefined ? withoutTwins(service) : mergeTwins(entry.wished, service);
      return text;
    });
    const areTwins = entries.size < texts.length;
    const all = areTwins ? [...entries.keys()] : texts;
    for (const [text, entry] of former) if (entry.wished === undefined && isNeeded(entry)) entries.set(text, entry);
    return all;
  }

  own(entry: ServiceEntry): void {
    if (!entry.isOurs) this.#ours++;
    entry.isOurs = true;
  }

  disown(entry: ServiceEntry): void {
    if (entry.isOurs) this.#ours--;
    entry.isOurs = false;
    this.forget(entry);
  }

  /** Drops an entry of which there is nothing to be known; in its place there may be another one by now. */
  forget(entry: ServiceEntry): void {
    const { text, wished } = entry;
    if (wished === undefined && !isNeeded(entry) && this.#entries.get(text) === entry) this.#entries.delete(text);
  }

  /** Of the services that are ours. */
  readonly owned: KeyTexts = ((entries: ServiceEntries) => ({
    get size() {
      return entries.#ours;
    },
    has: (text: string) => entries.get(text)?.isOurs === true,
    *[Symbol.iterator]() {
      for (const { isOurs, text } of entries.all()) if (isOurs) yield text;
    },
  }))(this);
}

function entryOf(text: string): ServiceEntry {
  return { text, wished: undefined, believed: undefined, isOurs: false, isTouched: false };
}

function isNeeded({ believed, isOurs }: ServiceEntry): boolean {
  return isOurs || believed !== undefined;
}
