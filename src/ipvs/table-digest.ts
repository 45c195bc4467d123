/**
 * A digest of the table's text (/proc/net/ip_vs) without the numbers of connections, which change all the time: as long as
 * it is the same, nobody has changed what the text shows. A tenth of the work of reading the text (see glance.ts). Pure.
 */
const NEWLINE = 10;
const SPACE = 32;
const MINUS = 45;
/** `->`, address, forwarding, weight; what follows are connections. */
const wordsOfServer = 4;
/** Lines that tell whether the table begins as it did: some milliseconds' worth of it. */
const linesOfHead = 512;

export class TableDigest {
  /** Two sums of 32 bits that have little in common; FNV-1a is the first. */
  #first = 0x811c9dc5;
  #second = 0x9747b28c;
  /** In the line at hand: words begun, whether the last octet was a blank, whether it is a server's. */
  #words = 0;
  #inWord = false;
  #isServer = false;
  #lines = 0;
  #head: string | undefined;

  /** @param octets of the text, from where the last ones ended */
  feed(octets: Uint8Array): void {
    let first = this.#first;
    let second = this.#second;
    let words = this.#words;
    let inWord = this.#inWord;
    let isServer = this.#isServer;
    const { length } = octets;
    for (let index = 0; index < length; index++) {
      const octet = octets[index] ?? 0;
      if (octet === NEWLINE) {
        words = 0;
        inWord = false;
        isServer = false;
        if (++this.#lines === linesOfHead) this.#head = valueOf(first, second);
      } else if (octet === SPACE) {
        inWord = false;
        continue;
      } else if (!inWord) {
        inWord = true;
        words++;
        if (words === 1) isServer = octet === MINUS;
      }
      if (isServer && words > wordsOfServer) {
        // Half of the line: nothing in it counts before its end.
        while (index + 1 < length && octets[index + 1] !== NEWLINE) index++;
        continue;
      }
      // Where words begin counts, how far they are apart does not.
      const value = inWord ? octet + words * 256 : octet;
      first = Math.imul(first ^ value, 0x01000193);
      second = Math.imul(second ^ (second >>> 15) ^ value, 0x85ebca6b);
    }
    this.#first = first;
    this.#second = second;
    this.#words = words;
    this.#inWord = inWord;
    this.#isServer = isServer;
  }

  get value(): string {
    return valueOf(this.#first, this.#second);
  }

  /** Of the first lines alone; undefined: there were not so many yet. */
  get head(): string | undefined {
    return this.#head;
  }
}

function valueOf(first: number, second: number): string {
  return `${first >>> 0}.${second >>> 0}`;
}
