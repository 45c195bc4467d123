/** Why an instance became master, as VRRPV3-MIB asks: seen with Debian's keepalived in vrrpv3StatisticsNewMasterReason. */
import { describe, expect, it } from 'vitest';
import { Bench } from './bench.ts';
import { instance } from './configuration.ts';

function begun(changes: Parameters<typeof instance>[0] = {}): Bench {
  const bench = new Bench(instance({ priority: 100, ...changes }));
  bench.start();
  return bench;
}

function becomesMaster(bench: Bench): void {
  bench.pass(4000);
  expect(bench.status().state).toBe('MASTER');
}

describe('the cause of a mastership', () => {
  it('is that nobody was heard, and is remembered when it ends', () => {
    const bench = begun();
    expect(bench.status()).not.toHaveProperty('masterCause');
    becomesMaster(bench);
    expect(bench.status()).toMatchObject({ masterCause: 'no-response' });
    bench.hear({ priority: 200 });
    expect(bench.status()).toMatchObject({ state: 'BACKUP', masterCause: 'no-response' });
  });

  it('is preemption where a lower master was heard last', () => {
    const bench = begun();
    bench.hear({ priority: 200 });
    for (let second = 0; second < 4 && bench.status().state === 'BACKUP'; second++) {
      bench.hear({ priority: 50 });
      bench.pass(1000);
    }
    expect(bench.status()).toMatchObject({ state: 'MASTER', masterCause: 'preempted' });
    bench.hear({ priority: 200 });
    becomesMaster(bench);
    expect(bench.status()).toMatchObject({ masterCause: 'no-response' });
  });

  it('is that the master resigned, of whatever priority it was', () => {
    const bench = begun();
    bench.hear({ priority: 50 });
    bench.hear({ priority: 0 });
    becomesMaster(bench);
    expect(bench.status()).toMatchObject({ masterCause: 'resigned' });
    bench.hear({ priority: 200 });
    bench.hear({ priority: 0 });
    bench.hear({ priority: 200 });
    becomesMaster(bench);
    expect(bench.status()).toMatchObject({ masterCause: 'no-response' });
  });

  it('of an owner is called preemption', () => {
    const bench = begun({ priority: 255, initialState: 'MASTER' });
    becomesMaster(bench);
    expect(bench.status()).toMatchObject({ masterCause: 'preempted' });
  });
});
