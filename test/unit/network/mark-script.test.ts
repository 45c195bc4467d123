import { describe, expect, it } from 'vitest';
import { markScript, type GroupMark } from '../../../src/network/mark-script.ts';

const settings = { table: 'keepalived_ipvs', priority: -1, counters: false };
const mark = (number: number, ...ranges: GroupMark['ranges']): GroupMark => ({ mark: number, protocol: 'tcp', ranges });
const range = (address: string, count: number, port: number) => ({ address, count, port });

/** The elements of a map, in their order. */
function elements(script: string, map: string): string[] {
  return new RegExp(`map ${map} .*elements = \\{ (.*?) \\}`).exec(script)?.[1]?.split(', ') ?? [];
}

describe('marks for groups', () => {
  it('begin by taking away what an earlier life left, in one script', () => {
    expect(markScript([], settings)).toBe(
      ['ip', 'ip6']
        .map((family) => `add table ${family} keepalived_ipvs\ndelete table ${family} keepalived_ipvs\n`)
        .join(''),
    );
  });

  it('an entry without port gets all ports, behind those of ports of their own', () => {
    const script = markScript([mark(7, range('10.0.0.1', 1, 0)), mark(8, range('10.0.0.1', 1, 80))], settings);
    expect(elements(script, 'tcp_map')).toEqual(['10.0.0.1 . 80 : 8']);
    expect(elements(script, 'tcp_all_map')).toEqual(['10.0.0.1 : 7']);
    expect(script.indexOf('@tcp_map')).toBeLessThan(script.indexOf('@tcp_all_map'));
  });

  it('what two want the first has, as far as they meet', () => {
    const marks = [
      mark(1, range('10.0.0.4', 2, 80)),
      mark(2, range('10.0.0.0', 8, 80), range('10.0.0.4', 1, 81)),
      mark(3, range('10.0.0.7', 2, 80)),
    ];
    expect(elements(markScript(marks, settings), 'tcp_map')).toEqual([
      '10.0.0.4-10.0.0.5 . 80 : 1',
      '10.0.0.0-10.0.0.3 . 80 : 2',
      '10.0.0.6-10.0.0.7 . 80 : 2',
      '10.0.0.8 . 80 : 3',
      '10.0.0.4 . 81 : 2',
    ]);
  });

  it('ranges of IPv6 carry over 16 bits', () => {
    const script = markScript([mark(1, range('2001:db8::ffff', 2, 80))], settings);
    expect(elements(script, 'tcp_map')).toEqual(['2001:db8::ffff-2001:db8::1:0 . 80 : 1']);
    expect(script).toContain('table ip6 keepalived_ipvs {');
    expect(script).not.toContain('table ip keepalived_ipvs {');
  });
});
