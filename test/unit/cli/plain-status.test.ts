/** The words of `keepalivectl status` that need no command-line library. */
import { describe, expect, it } from 'vitest';
import { plainStatus } from '../../../src/cli/status/plain-arguments.ts';

const plain = { socket: '/run/keepalived/control.sock', names: [], json: false, verbose: false, ready: false, wait: 0 };

describe('plain words', () => {
  it.each([
    [['status'], plain],
    [['status', 'VI_1', '10.0.0.1:80'], { ...plain, names: ['VI_1', '10.0.0.1:80'] }],
    [['status', '--json', '-v'], { ...plain, json: true, verbose: true }],
    [['status', '--socket', '/s', 'VI_1'], { ...plain, socket: '/s', names: ['VI_1'] }],
    [['status', '--watch'], { ...plain, watch: 2 }],
    [['status', '-w', '0.5'], { ...plain, watch: 0.5 }],
    [['status', '--ready', '--wait', '2m'], { ...plain, ready: true, wait: 120_000 }],
  ])('%j are understood', (words, options) => {
    expect(plainStatus(words)).toEqual(options);
  });

  it.each([
    [['reload']],
    [['status', '--help']],
    [['status', '--json=false']],
    [['status', '--socket']],
    [['status', '--socket', '--json']],
    [['status', '--wait', 'soon']],
    [['status', '--watch', 'VI_1']],
    [['status', '--watch', '0']],
    [['status', '--', 'VI_1']],
    [['status', '']],
  ])('%j are left to the library', (words) => {
    expect(plainStatus(words)).toBeUndefined();
  });
});
