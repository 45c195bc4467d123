/**
 * Adds 16-bit words to a ones-complement sum (RFC 1071); an odd last octet counts as the high half of a word.
 * @returns the sum, not folded: pass it on as `initial` or to finishChecksum()
 */
export function addToSum(octets: Uint8Array, from: number, to: number, initial = 0): number {
  let sum = initial;
  let index = from;
  for (; index + 1 < to; index += 2) sum += ((octets[index] ?? 0) << 8) | (octets[index + 1] ?? 0);
  if (index < to) sum += (octets[index] ?? 0) << 8;
  return sum;
}

/** Folds a sum and complements it: the value of a checksum field, or 0 over octets whose checksum field is right. */
export function finishChecksum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  return ~folded & 0xffff;
}

/**
 * Sum over the pseudo-header of RFC 2460 section 8.1, which RFC 5798 section 5.2.8 takes for both families.
 * @param source,destination 4 or 16 octets each
 * @param length of the message in octets
 */
export function pseudoHeaderSum(source: Uint8Array, destination: Uint8Array, protocol: number, length: number): number {
  const addresses = addToSum(destination, 0, destination.length, addToSum(source, 0, source.length));
  return addresses + protocol + length;
}

/** Writes a 16-bit number in network order. */
export function writeUint16(octets: Uint8Array, offset: number, value: number): void {
  octets[offset] = value >>> 8;
  octets[offset + 1] = value & 0xff;
}

/** Reads a 16-bit number in network order; octets behind the end read as zero. */
export function readUint16(octets: Uint8Array, offset: number): number {
  return ((octets[offset] ?? 0) << 8) | (octets[offset + 1] ?? 0);
}
