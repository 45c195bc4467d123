/** What is to be said of hundreds of instances at once is one line. */
import { describe, expect, it } from 'vitest';
import { Bench, logLines } from './bench.ts';
import { address, instance, vrrpConfiguration } from './configuration.ts';

function many(count: number): Bench {
  const instances = Array.from({ length: count }, (_, index) =>
    instance({
      name: `VI_${index + 1}`,
      virtualRouterId: index + 1,
      virtualAddresses: [address(`192.0.2.${100 + index}`, 'eth0')],
    }),
  );
  return new Bench(vrrpConfiguration({ instances }));
}

/** The process is not run for so long, and then sees what is due. */
function sleep(bench: Bench, span: number): void {
  bench.now += span;
  bench.intents.push(...bench.engine.timeout(bench.now));
}

function said(bench: Bench, words: string): string[] {
  return logLines(bench.intents).filter((line) => line.includes(words));
}

describe('lines about many instances', () => {
  it('name the first three and count the others', () => {
    const bench = many(6);
    bench.start();
    bench.pass(3700);
    sleep(bench, 10_000);
    bench.pass(0);
    expect(said(bench, 'not run for')).toEqual([
      expect.stringMatching(
        /^\(VI_1, VI_2, VI_3 and 3 others\) were not run for up to 9\.\d+ s after their timers: listening before speaking$/,
      ),
    ]);
    bench.pass(3000);
    expect(said(bench, 'go on as masters')).toEqual(['(VI_1, VI_2, VI_3 and 3 others) listened, and go on as masters']);
    expect(said(bench, 'listened, and goes on')).toEqual([]);
  });

  it('are one line about who has never heard another router', () => {
    const bench = many(4);
    bench.start();
    bench.pass(20_000);
    const hints = said(bench, 'without ever having heard');
    expect(hints).toHaveLength(1);
    expect(hints[0]).toMatch(/^\(VI_1, VI_2, VI_3 and 1 other\) are masters .*protocol 112/);
  });

  it('are a line for each where they are few, at once', () => {
    const bench = many(3);
    bench.start();
    bench.pass(3700);
    sleep(bench, 10_000);
    expect(said(bench, 'was not run for')).toHaveLength(3);
  });
});
