/** Bad packets are counted by reason and logged at a limited rate (RFC 9568 section 7.1). */
import { describe, expect, it } from 'vitest';
import { Bench, logLines } from './bench.ts';
import { instance } from './configuration.ts';

const lowTtl = { priority: 200, meta: { ttl: 64 } };

function backup(): Bench {
  const bench = new Bench(instance({ priority: 1, downTimerAdvertisements: 100 }));
  bench.start();
  return bench;
}

describe('dropped advertisements', () => {
  it('are counted by reason, with the latest source and its words, the most frequent reason first', () => {
    const bench = backup();
    bench.hear({ priority: 200, configuration: instance({ advertisementInterval: 2000 }) });
    bench.pass(10);
    for (const ttl of [1, 2, 3]) bench.hear({ priority: 200, source: `192.0.2.7${ttl}`, meta: { ttl } });
    expect(bench.status().refusals).toEqual([
      {
        code: 'ttl',
        counter: 'ttlErrors',
        count: 3,
        source: '192.0.2.73',
        reason: 'invalid TTL 3, expected 255',
        at: 10,
      },
      {
        code: 'interval',
        counter: 'advertisementIntervalErrors',
        count: 1,
        source: '192.0.2.9',
        reason: 'advertisement interval 2000 ms, ours is 1000 ms',
        at: 0,
      },
    ]);
    bench.engine.clearStatistics();
    expect(bench.status().refusals).toEqual([]);
  });

  it('are told once a second for each counter that SNMP has notifications for', () => {
    const bench = backup();
    const refusals = (sent: Parameters<Bench['hear']>[0]): unknown[] =>
      bench.hear(sent).filter(({ type }) => type === 'refused');
    const told = { type: 'refused', instance: 'VI_1', source: '192.0.2.9', counter: 'ttlErrors' };
    expect(refusals(lowTtl)).toEqual([told]);
    expect(refusals({ priority: 200, configuration: instance({ advertisementInterval: 2000 }) })).toEqual([]);
    bench.pass(999);
    expect(refusals(lowTtl)).toEqual([]);
    bench.pass(1);
    expect(refusals(lowTtl)).toEqual([told]);
  });

  it('from ten thousand forged sources are a handful of lines, then one a minute', () => {
    const bench = backup();
    const lines: string[] = [];
    for (let packet = 0; packet < 10_000; packet++) {
      const source = `198.18.${packet >> 8}.${packet & 255}`;
      lines.push(...logLines(bench.hear({ ...lowTtl, source })), ...logLines(bench.pass(5)));
    }
    expect(lines).toHaveLength(4);
    const summary = logLines(bench.pass(60_000)).filter((line) => line.includes('more advertisements'));
    expect(summary).toEqual([
      '(VI_1) 9996 more advertisements dropped within 60 s: 9996 × invalid TTL 64, expected 255 (last from 198.18.39.15)',
    ]);
  });

  it('that go on for a day are told ever more seldom, and an end is an end', () => {
    const bench = new Bench(instance({ priority: 100 }));
    bench.start();
    const wrong = { priority: 200, meta: { ttl: 64 } };
    bench.untilMaster();
    const told: number[] = [];
    for (let minute = 0; minute < 24 * 60; minute++) {
      bench.hear(wrong);
      for (const line of logLines(bench.pass(60_000)))
        if (/ more advertisements? dropped/.test(line)) told.push(minute);
    }
    // After a minute, after ten, then once an hour.
    expect(told.length).toBeGreaterThan(23);
    expect(told.length).toBeLessThan(27);
    bench.pass(7_200_000);
    expect(logLines(bench.pass(86_400_000)).filter((line) => line.includes('dropped'))).toEqual([]);
  });

  it('two masters that take turns do not begin the telling anew with each packet', () => {
    const slower = instance({ version: 3, advertisementInterval: 2000 });
    const ours = new Bench(instance({ version: 3, priority: 1 }));
    ours.start();
    const lines: string[] = [];
    for (let turn = 0; turn < 100; turn++) {
      const source = turn % 2 === 0 ? '192.0.2.8' : '192.0.2.9';
      lines.push(...logLines(ours.hear({ priority: 200, source, configuration: slower })));
      lines.push(...logLines(ours.pass(50)));
    }
    // Each of them, and the first once more, now that it is the master.
    expect(lines.filter((line) => line.includes('advertisement interval'))).toHaveLength(3);
  });
});
