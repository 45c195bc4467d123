/**
 * What is kept for each probe in flight, under a number that names it. Not in a Map: one that thousands of entries a
 * second go through is copied over and over inside the JavaScript engine, and copies that have grown old there keep
 * everything alive that they ever held.
 */

/** Places for probes at one time: the lower digits of a number. */
const places = 65_536;
/** How often places are given away before a number comes again; numbers stay small integers. */
const rounds = 16_384;

/** Gives away numbers: no two in use are equal, and one given back comes again after a long time only. */
export class ProbeNumbers {
  readonly #free: number[] = [];
  #places = 0;
  #round = 0;

  take(): number {
    const place = this.#free.pop() ?? this.#places++;
    this.#round = (this.#round + 1) % rounds;
    return this.#round * places + place;
  }

  giveBack(id: number): void {
    this.#free.push(id % places);
  }
}

/** Things by the number of a probe. */
export class ProbeTable<T> {
  readonly #items: (T | undefined)[] = [];
  readonly #ids: number[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  set(id: number, item: T): void {
    const place = id % places;
    while (this.#items.length < place) {
      this.#items.push(undefined);
      this.#ids.push(-1);
    }
    if (this.#items[place] === undefined) this.#size += 1;
    this.#items[place] = item;
    this.#ids[place] = id;
  }

  /** Takes out what is there; undefined for a number that is not (or no more) in use. */
  take(id: number): T | undefined {
    const place = id % places;
    const item = this.#items[place];
    if (item === undefined || this.#ids[place] !== id) return undefined;
    this.#items[place] = undefined;
    this.#size -= 1;
    return item;
  }

  /** Takes out everything. */
  takeAll(): (readonly [id: number, item: T])[] {
    const all: [number, T][] = [];
    for (const id of this.#ids) {
      const item = this.take(id);
      if (item !== undefined) all.push([id, item]);
    }
    return all;
  }
}
