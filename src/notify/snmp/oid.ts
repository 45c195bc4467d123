/** Object identifiers as lists of numbers, and their order (RFC 3416: lexicographical). */
export type Oid = readonly number[];

/** Negative, zero or positive as `a` comes before, equals or comes behind `b`. */
export function compareOids(a: Oid, b: Oid): number {
  const shorter = Math.min(a.length, b.length);
  for (let index = 0; index < shorter; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export function startsWith(oid: Oid, prefix: Oid): boolean {
  return oid.length >= prefix.length && prefix.every((number, index) => number === oid[index]);
}

/** `1.3.6.1` as a list. */
export function parseOid(text: string): Oid {
  return text.split('.').map(Number);
}
