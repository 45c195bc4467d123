/** Whatever state the engines are in, it can be told: in lines that a terminal can show, with nothing left undefined. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDetails, formatOverview } from '../../src/cli/status/text.ts';
import type { DaemonStatus } from '../../src/process/status-types.ts';
import { checkerModel, statusModel, vrrpModel } from '../support/status-models.ts';
import { at, realServerModel, virtualServerModel } from '../support/models.ts';
import { configuration, httpCheck, tcpCheck } from '../unit/check/builders.ts';
import { Simulation } from '../unit/check/simulation.ts';
import type { Answer } from '../unit/check/simulation.ts';
import { Bench, ownAddresses } from '../unit/vrrp/bench.ts';
import {
  address,
  instance,
  kernelAddress,
  link,
  script,
  syncGroup,
  vrrpConfiguration,
} from '../unit/vrrp/configuration.ts';

/** Every text of a status, wide and narrow, plain and coloured. */
function expectTellable(status: DaemonStatus): void {
  // Over the control socket and back.
  const sent = JSON.parse(JSON.stringify(status)) as DaemonStatus;
  for (const width of [Infinity, 80, 20]) {
    for (const colour of [false, true]) {
      const layout = { width, colour };
      for (const text of [
        formatOverview(sent, layout),
        formatDetails(sent, layout, true),
        formatDetails(sent, layout, false),
      ]) {
        expect(text).not.toMatch(/undefined|NaN|Infinity|null|\[object|-0 /);
        expect(text.replace(/\u001b\[\d*m/g, '')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
        expect(text.endsWith('\n')).toBe(true);
      }
    }
  }
}

const scriptEnd = fc.oneof(
  fc.record({ kind: fc.constant('exited' as const), code: fc.nat(255), message: fc.string({ unit: 'binary' }) }),
  fc.constant({ kind: 'killed', signal: 'SIGKILL' } as const),
  fc.constant({ kind: 'not-started', error: 'no such file' } as const),
);

/** Something that happens to a router. */
const happening = fc.oneof(
  fc.nat(5000).map((span) => (bench: Bench) => void bench.pass(span)),
  fc
    .record({ priority: fc.nat(255), host: fc.integer({ min: 6, max: 30 }), ttl: fc.constantFrom(255, 255, 255, 1) })
    .map(
      ({ host, priority, ttl }) =>
        (bench: Bench) =>
          void bench.hear({ priority, source: `192.0.2.${host}`, meta: { ttl } }),
    ),
  fc.tuple(fc.boolean(), fc.constantFrom('up', 'down', 'missing')).map(([first, other]) => (bench: Bench) => {
    const links = [link('eth0', first), ...(other === 'missing' ? [] : [link('eth1', other === 'up')])];
    bench.links(links);
  }),
  fc.subarray(['192.0.2.51', '198.51.100.62']).map((present) => (bench: Bench) => {
    const known = present.map((text, index) => kernelAddress(text, index + 2, 32));
    bench.addresses([...ownAddresses(), ...known]);
  }),
  scriptEnd.map((outcome) => (bench: Bench) => void bench.script('chk', outcome)),
  fc.integer({ min: -300, max: 300 }).map((value) => (bench: Bench) => void bench.file('load', value)),
);

const router = fc.record({
  priority: fc.integer({ min: 1, max: 255 }),
  nopreempt: fc.boolean(),
  preemptDelay: fc.constantFrom(0, 3000),
  accept: fc.boolean(),
  grouped: fc.boolean(),
  weight: fc.constantFrom(-253, -20, 0, 20),
  happenings: fc.array(happening, { maxLength: 25 }),
});

describe('the status text', () => {
  it('tells every state of routers', () => {
    fc.assert(
      fc.property(router, ({ accept, grouped, happenings, nopreempt, preemptDelay, priority, weight }) => {
        const changes = { priority, nopreempt, preemptDelay, accept };
        const bench = new Bench(
          vrrpConfiguration({
            instances: [
              instance({ ...changes, trackScripts: [{ script: 'chk', weight, reverse: false }] }),
              instance({
                ...changes,
                name: 'VI_2',
                virtualRouterId: 62,
                interface: 'eth1',
                virtualAddresses: [address('198.51.100.62', 'eth1')],
                trackFiles: [{ file: 'load', weight: -1, reverse: false }],
              }),
            ],
            syncGroups: grouped ? [syncGroup('G', ['VI_1', 'VI_2'])] : [],
            scripts: [script('chk', { weight, rise: 2, fall: 2 })],
            trackFiles: [{ name: 'load', path: '/load', weight: 1, reverse: false, at }],
          }),
        );
        bench.start();
        expectTellable(statusModel({ vrrp: vrrpModel(bench) }));
        for (const happen of happenings) {
          happen(bench);
          const vrrp = vrrpModel(bench);
          for (const { explanation, reason, state } of vrrp.instances) {
            expect(explanation.startsWith(`${state}: `) && explanation.length > state.length + 2).toBe(true);
            expect(reason).not.toBe('');
          }
        }
        expectTellable(statusModel({ vrrp: vrrpModel(bench) }));
      }),
      { numRuns: 60 },
    );
  });

  const answer: fc.Arbitrary<Answer> = fc.oneof(
    fc.constant<Answer>('never'),
    fc
      .record({ after: fc.nat(4000), detail: fc.string({ unit: 'binary' }), ok: fc.boolean() })
      .map(({ after, detail, ok }): Answer => ({
        after,
        result: ok
          ? { ok, detail, duration: after, steps: [{ reached: 'connected', at: after / 2 }] }
          : { ok, detail, duration: after, phase: 'headers' },
      })),
  );

  it('tells every state of services', () => {
    const plan = fc.record({
      answers: fc.array(answer, { minLength: 1, maxLength: 8 }),
      until: fc.nat(60_000),
      sorry: fc.boolean(),
    });
    fc.assert(
      fc.property(plan, ({ answers, sorry, until }) => {
        let asked = 0;
        const service = virtualServerModel({
          quorum: 2,
          hysteresis: 1,
          realServers: [
            realServerModel({ address: '172.16.1.2', checkers: [httpCheck({ address: '172.16.1.2', alpha: true })] }),
            realServerModel({
              address: '172.16.1.3',
              inhibitOnFailure: true,
              checkers: [tcpCheck({ address: '172.16.1.3' })],
            }),
            realServerModel({ address: '172.16.1.4' }),
          ],
          ...(sorry && { sorryServer: realServerModel({ address: '172.16.1.9' }) }),
        });
        const simulation = new Simulation(configuration(service), () => answers[asked++ % answers.length] ?? 'never');
        expectTellable(statusModel({ checker: checkerModel(simulation) }));
        simulation.run(until);
        expectTellable(statusModel({ checker: checkerModel(simulation, 0) }));
        expectTellable(statusModel({ checker: checkerModel(simulation) }));
      }),
      { numRuns: 60 },
    );
  });
});
