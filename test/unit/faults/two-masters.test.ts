import { describe, expect, it } from 'vitest';
import { longestSilence, twoMasters } from '../../interop/faults/two-masters.ts';
import type { SeenAdvertisement } from '../../interop/faults/two-masters.ts';

/** Each word is a router, the time it spoke, and 0 behind it for a good-bye. */
function seen(words: string): SeenAdvertisement[] {
  return words.split(' ').map((word) => {
    const [source = '', time = '', bye] = word.split(':');
    return { source, time: Number(time), priority: bye === '0' ? 0 : 100 };
  });
}

const spans = (words: string): [number, number][] => twoMasters(seen(words), 350).map(({ from, to }) => [from, to]);

describe('two masters in a capture', () => {
  it.each([
    ['one master', 'a:0 a:100 a:200', []],
    ['a takeover after silence', 'a:0 a:100 b:450 b:550', []],
    ['a takeover by preference', 'a:0 a:100 b:150 b:250', []],
    ['and back later', 'a:0 b:50 b:150 b:600 a:650 a:750', []],
    ['and back after a good-bye', 'a:0 a:100:0 b:150 b:250:0 a:260 a:360', []],
    ['a takeover that is given up at once', 'a:0 b:50 b:150 b:200:0 a:300 a:400', []],
    ['a master that has not yet heard of the other', 'a:0 b:50 a:100 b:150 b:250', [[50, 150]]],
    ['two that never agree', 'a:0 b:50 a:100 b:150 a:200 b:250 a:300 b:350', [[50, 350]]],
    [
      'twice',
      'a:0 b:50 a:100 a:200 a:1000 b:1050 a:1100',
      [
        [50, 100],
        [1050, 1100],
      ],
    ],
  ])('%s', (_name, words, expected) => {
    expect(spans(words)).toEqual(expected);
  });

  it('finds the longest time in which nobody was master', () => {
    expect(longestSilence(seen('a:0 a:100 a:150:0 b:500 b:600'))).toEqual({ from: 100, to: 500 });
  });
});
