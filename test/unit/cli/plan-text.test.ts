import { describe, expect, it } from 'vitest';
import { changeLines, summaryLines } from '../../../src/cli/plan-text.ts';

describe('a plan for people', () => {
  it('has a line an item and one for each setting', () => {
    expect(
      changeLines({
        what: 'changed',
        kind: 'real_server',
        name: '[10.0.0.1]:tcp:80',
        of: '[192.0.2.1]:tcp:80',
        settings: [
          { within: '', before: 'weight 1', after: 'weight 5' },
          { within: 'TCP_CHECK', after: 'retry 2' },
          { within: 'TCP_CHECK', before: 'alpha true' },
          { within: '', before: 'password ********', after: 'password ********' },
        ],
        consequences: ['checks that changed begin anew'],
      }),
    ).toEqual([
      '~ real_server [10.0.0.1]:tcp:80 of [192.0.2.1]:tcp:80',
      '    weight 1 -> weight 5',
      '    TCP_CHECK: + retry 2',
      '    TCP_CHECK: - alpha true',
      '    password ******** (another one)',
      '    => checks that changed begin anew',
    ]);
    expect(changeLines({ what: 'removed', kind: 'static_routes', name: '', settings: [], consequences: [] })).toEqual([
      '- static_routes',
    ]);
  });

  it('counts what is not listed', () => {
    const summary = {
      counts: {},
      writes: { 'add service': 2, 'add destination': 6 },
      masterships: [{ instance: 'VI_1', outcome: 'begins', reason: 'begins' } as const],
      warnings: ['mind the gap'],
    };
    expect(summaryLines(summary, 12)).toEqual([
      '... and 12 more changes (--verbose lists them)',
      'mastership of VI_1: begins',
      'warning: mind the gap',
      'writes to the kernel: 2 add service, 6 add destination (as if all servers were up)',
    ]);
    const staying = Array.from({ length: 7 }, (_, index) => ({
      instance: `VI_${index}`,
      outcome: 'stays' as const,
      reason: 'it stays MASTER',
    }));
    expect(summaryLines({ ...summary, writes: {}, masterships: staying, warnings: [] }, 0)).toEqual([
      'mastership does not move: VI_0, VI_1, VI_2, VI_3, VI_4 and 2 more',
      'writes to the kernel: none',
    ]);
    expect(summaryLines({ ...summary, writes: {}, masterships: [], warnings: [] }, 0)).toEqual([
      'writes to the kernel: none',
    ]);
  });
});
