import { describe, expect, it } from 'vitest';
import { countAt, numbersOf, SampleOctets, textsOf } from '../../../src/metrics/sample-octets.ts';

function textOf(octets: SampleOctets): string {
  return Buffer.concat([...octets.takeAll()]).toString();
}

describe('counts', () => {
  const numbers = numbersOf('1,0,4096,12');

  it('are found by their place', () => {
    expect([0, 1, 2, 3].map((index) => countAt(numbers, index))).toEqual([1, 0, 4096, 12]);
  });

  it('are nothing where there are none', () => {
    expect(countAt(numbers, 4)).toBe(0);
    expect(countAt(numbersOf(''), 0)).toBe(0);
  });
});

describe('rows of samples', () => {
  const labels = textsOf(['{a="ä"}', '', '{a="😀"}', '{a="z"}']);
  const rows = { labels, first: Uint32Array.of(0, 2, 4, 6) };

  it('have their name, their labels and the number at their place, behind one head', () => {
    const octets = new SampleOctets();
    expect(octets.rows('n', rows, numbersOf('1,2,3,4,5,6,7,8.5'), 1, '# head\n')).toBe(true);
    expect(textOf(octets)).toBe('# head\nn{a="ä"} 2\nn{a="😀"} 6\nn{a="z"} 8.5\n');
  });

  it('are left out, with the head, where nothing is known', () => {
    const octets = new SampleOctets();
    expect(octets.rows('n', rows, numbersOf('-1,2,3,4,-1,6'), 0, '# head\n')).toBe(false);
    expect(textOf(octets)).toBe('');
  });

  it('survive any length of a line, and come in pieces of whole lines', () => {
    const long = textsOf(Array.from({ length: 10 }, (_, index) => `{a="${String(index).repeat(100_000)}"}`));
    const huge = textsOf([`{a="${'x'.repeat(1_000_000)}"}`]);
    const octets = new SampleOctets();
    octets.rows('n', { labels: long, first: new Uint32Array(10) }, numbersOf('7'), 0, '');
    octets.rows('n', { labels: huge, first: new Uint32Array(1) }, numbersOf('8'), 0, '');
    octets.text('end\n');
    const pieces = [...octets.takeFull(), ...octets.takeAll()];
    expect(pieces.length).toBeGreaterThan(4);
    for (const piece of pieces) expect(piece.at(-1)).toBe(10);
    const lines = Buffer.concat(pieces).toString().trimEnd().split('\n');
    expect(lines.map(({ length }) => length)).toEqual([...Array<number>(10).fill(100_009), 1_000_009, 3]);
  });
});
