/** Octets for people, in the layout of the original's verbose output. */

const octetsOfLine = 16;

/**
 * Sixteen octets a line: decimal offset, hexadecimal in two groups, printable ASCII. Every line ends with a newline and
 * is padded to full width.
 */
export function hexDump(octets: Uint8Array): string {
  let text = '';
  for (let offset = 0; offset < octets.length; offset += octetsOfLine) {
    text += dumpLine(offset, octets.subarray(offset, offset + octetsOfLine));
  }
  return text;
}

function dumpLine(offset: number, octets: Uint8Array): string {
  const hexadecimal = Array.from({ length: octetsOfLine }, (_, index) => {
    const octet = octets[index];
    const digits = octet === undefined ? '  ' : octet.toString(16).padStart(2, '0');
    return index === octetsOfLine / 2 ? `- ${digits}` : digits;
  });
  const ascii = Array.from(octets, (octet) => (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '.'));
  return `${offset.toString().padStart(4, '0')}  ${hexadecimal.join(' ')}   ${ascii.join('').padEnd(octetsOfLine)}\n`;
}
