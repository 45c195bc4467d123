import { describe, expect, it } from 'vitest';
import { TableDigest } from '../../../src/ipvs/table-digest.ts';

// The formats of ip_vs_info_seq_show() in net/netfilter/ipvs/ip_vs_ctl.c.
const text = [
  'IP Virtual Server version 1.2.1 (size=4096)',
  'Prot LocalAddress:Port Scheduler Flags',
  '  -> RemoteAddress:Port Forward Weight ActiveConn InActConn',
  'TCP  C0A80136:0050 wlc persistent 300 FFFFFFFF',
  '  -> AC100103:0050      Masq    1      12         3         ',
  '  -> AC100102:0050      Masq    2      0          0         ',
  'UDP  [2001:0db8:0000:0000:0000:0000:0000:0001]:0035 rr ',
  '  -> [2001:0db8:0000:0000:0000:0000:0000:000a]:0035      Route   1      0          0         ',
  '',
].join('\n');

/** @param piece octets a call */
function digest(of: string, piece = Infinity): string {
  const octets = new TextEncoder().encode(of);
  const found = new TableDigest();
  for (let from = 0; from < octets.length; from += piece) found.feed(octets.subarray(from, from + piece));
  return found.value;
}

describe('the digest of the table', () => {
  it.each([1, 7, 100])('is the same in pieces of %d', (piece) => {
    expect(digest(text, piece)).toBe(digest(text));
  });

  it('does not hang on connections', () => {
    expect(digest(text.replace('12         3', '4711       99999'))).toBe(digest(text));
  });

  it.each<[string, string, string]>([
    ['a weight', 'Masq    1', 'Masq    3'],
    ['the address of a server', 'AC100103', 'AC100104'],
    ['the port of a server', 'AC100103:0050', 'AC100103:0051'],
    ['forwarding', 'Masq    2', 'Route   2'],
    ['a scheduler', ' wlc ', ' rr '],
    ['the time of persistence', 'persistent 300', 'persistent 301'],
    ['a service', 'UDP  [2001', 'TCP  [2001'],
    ['a server less', '  -> AC100102:0050      Masq    2      0          0         \n', ''],
    ['where a word ends', 'C0A80136:0050 wlc', 'C0A80136:0050w lc'],
  ])('hangs on %s', (_what, from, to) => {
    expect(text).toContain(from);
    expect(digest(text.replace(from, to))).not.toBe(digest(text));
  });

  it('hangs on the order of servers, which is that of weights to some schedulers', () => {
    const lines = text.split('\n');
    const turned = [...lines.slice(0, 4), lines[5], lines[4], ...lines.slice(6)].join('\n');
    expect(digest(turned)).not.toBe(digest(text));
  });
});

describe('the digest of its beginning', () => {
  const line = (index: number, weight = 1, connections = '0'): string =>
    `  -> AC10${index.toString(16).padStart(4, '0').toUpperCase()}:0050      Masq    ${weight}      ${connections}          0         `;
  const header = text.split('\n').slice(0, 4);
  const table = (lines: readonly string[]): string => [...header, ...lines, ''].join('\n');
  const many = Array.from({ length: 2000 }, (_, index) => line(index));

  function head(of: string, piece = 16_384): string | undefined {
    const octets = new TextEncoder().encode(of);
    const found = new TableDigest();
    for (let from = 0; from < octets.length && found.head === undefined; from += piece)
      found.feed(octets.subarray(from, from + piece));
    return found.head;
  }

  it.each([100, 4096, 1e6])('is the same in pieces of %d, and whatever comes behind it', (piece) => {
    expect(head(table(many), piece)).toBe(head(table(many)));
    expect(head(table(many.with(1500, line(1500, 7))), piece)).toBe(head(table(many)));
  });

  it('hangs on what it has, but not on connections', () => {
    expect(head(table(many.with(100, line(100, 1, '4711'))))).toBe(head(table(many)));
    expect(head(table(many.with(100, line(100, 2))))).not.toBe(head(table(many)));
    expect(head(table(many.toSpliced(100, 1)))).not.toBe(head(table(many)));
  });

  it('is not there in a table that somebody cleared', () => {
    expect(head(table([]))).toBeUndefined();
  });
});
