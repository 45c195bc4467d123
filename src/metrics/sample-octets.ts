/**
 * Samples by the hundred thousand, as octets: labels and numbers stand ready as they are sent, and a line is three pieces
 * put behind one another. Strings take eight times as long for that, and leave as much again to the garbage collector.
 */

/** Texts one behind the other. That of `index` is octets[bounds[index]] up to, not including, octets[bounds[index + 1]]. */
export interface Texts {
  readonly octets: Uint8Array;
  readonly bounds: Uint32Array;
}

/** What each line of a family says beside its value. */
export interface Rows {
  /** As labelText() writes them; who has none has no line. */
  readonly labels: Texts;
  /** Which number of the piece is the first of this row. */
  readonly first: Uint32Array;
}

/** One write's worth: many small ones cost more than what they bring. */
const chunkOctets = 256 * 1024;
const blank = 0x20;
const newline = 0x0a;
const comma = 0x2c;
const minus = 0x2d;
const zero = 0x30;

const encoder = new TextEncoder();

/** UTF-8, one behind the other. */
export function textsOf(texts: readonly string[]): Texts {
  const bounds = new Uint32Array(texts.length + 1);
  // A UTF-16 unit has three octets at most.
  const octets = new Uint8Array(texts.reduce((sum, { length }) => sum + 3 * length, 0));
  let at = 0;
  for (const [index, text] of texts.entries()) {
    at += encoder.encodeInto(text, octets.subarray(at)).written;
    bounds[index + 1] = at;
  }
  return { octets: octets.slice(0, at), bounds };
}

/** What commas separate; each text but the last ends with its comma, as if it were its last character. */
export function numbersOf(text: string): Texts {
  const octets = encoder.encode(`${text},`);
  let count = 1;
  for (let at = 0; at < octets.length; at++) if (octets[at] === comma) count++;
  const bounds = new Uint32Array(count);
  for (let at = 0, index = 1; index < count; at++) if (octets[at] === comma) bounds[index++] = at + 1;
  return { octets, bounds };
}

/** One that is a count: its digits. @returns 0 where there is none */
export function countAt({ bounds, octets }: Texts, index: number): number {
  const end = (bounds[index + 1] ?? 0) - 1;
  let count = 0;
  for (let at = bounds[index] ?? 0; at < end; at++) count = 10 * count + (octets[at] ?? zero) - zero;
  return count;
}

/** Collects octets in pieces that are large enough for a write of their own. */
export class SampleOctets {
  #full: Uint8Array[] = [];
  #chunk = new Uint8Array(chunkOctets);
  #length = 0;

  text(text: string): void {
    this.#put(encoder.encode(text));
  }

  /**
   * Puts a line for each row of which the number is known (not negative).
   * @param place which of the numbers of a row
   * @param head put before the first line
   * @returns whether there was one
   */
  rows(name: string, { first, labels }: Rows, { bounds, octets }: Texts, place: number, head: string): boolean {
    const start = encoder.encode(name);
    let begun = false;
    for (let row = 0; row < first.length; row++) {
      const index = (first[row] ?? 0) + place;
      const from = bounds[index] ?? 0;
      const end = (bounds[index + 1] ?? 0) - 1;
      const labelsFrom = labels.bounds[row] ?? 0;
      const labelsEnd = labels.bounds[row + 1] ?? 0;
      if (end <= from || octets[from] === minus || labelsEnd === labelsFrom) continue;
      if (!begun) this.text(head);
      begun = true;
      this.#reserve(start.length + labelsEnd - labelsFrom + end - from + 2);
      const chunk = this.#chunk;
      let at = this.#length;
      chunk.set(start, at);
      at += start.length;
      chunk.set(labels.octets.subarray(labelsFrom, labelsEnd), at);
      at += labelsEnd - labelsFrom;
      chunk[at++] = blank;
      // A number is a few octets: a call would take longer than they do.
      for (let digit = from; digit < end; digit++) chunk[at++] = octets[digit] ?? 0;
      chunk[at++] = newline;
      this.#length = at;
    }
    return begun;
  }

  /** The pieces that are full since the last call. */
  takeFull(): readonly Uint8Array[] {
    const full = this.#full;
    if (full.length > 0) this.#full = [];
    return full;
  }

  /** Everything that is left. */
  takeAll(): readonly Uint8Array[] {
    this.#close();
    return this.takeFull();
  }

  #close(): void {
    if (this.#length > 0) this.#full.push(this.#chunk.subarray(0, this.#length));
    this.#length = 0;
    this.#chunk = new Uint8Array(chunkOctets);
  }

  #reserve(octets: number): void {
    if (this.#length + octets <= this.#chunk.length) return;
    this.#close();
    if (octets > this.#chunk.length) this.#chunk = new Uint8Array(octets);
  }

  #put(octets: Uint8Array): void {
    this.#reserve(octets.length);
    this.#chunk.set(octets, this.#length);
    this.#length += octets.length;
  }
}
