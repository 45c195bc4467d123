/**
 * Two to five routers run the real engine on a simulated Ethernet that loses, doubles, delays, reorders and divides,
 * while they crash, return, sleep, are reloaded, and what they track fails. A failure prints the command that replays it;
 * `npm run soak -- simulation --runs 20000` plays more of them.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VrrpEngine } from '../../src/vrrp/engine.ts';
import type { VrrpIntent } from '../../src/vrrp/types.ts';
import type { MakeEngine } from './machine.ts';
import { simulate } from './run.ts';
import type { MachinePlan, Scene } from './scene.ts';
import { scene } from './scene.ts';
import { Story } from './story.ts';

const RUNS = 900;

const plan: MachinePlan = {
  priorities: [100, 100, 100],
  nopreempt: false,
  preemptDelay: 0,
  initialMaster: false,
  startupDelay: 0,
  excluded: 0,
  refresh: false,
  answerLower: true,
  untracked: false,
  upDelay: 0,
  downDelay: 0,
  trackers: {},
};

/** Two routers of version 3, 100 ms. */
function pair(first: Partial<MachinePlan> = {}, second: Partial<MachinePlan> = {}): Scene {
  return {
    seed: 1,
    ahead: 'never',
    virtualRouters: [
      {
        version: 3,
        flavour: 'plain',
        interval: 100,
        downTimerAdvertisements: 3,
        addresses: 1,
        vmac: 'none',
        routes: 0,
      },
    ],
    grouped: false,
    machines: [[{ ...plan, priorities: [150, 0, 0], ...first }], [{ ...plan, ...second }]],
    ethernet: { loss: 0, duplication: 0, delay: 0 },
    happenings: [],
    staysCut: false,
  };
}

function masters(story: Story): number[] {
  return story.machines.filter(({ engine }) => engine?.status()[0]?.state === 'MASTER').map(({ number }) => number);
}

describe('simulated networks', () => {
  it('hold what must always hold', { timeout: 180_000 }, () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    expect(simulate({ seed, runs: RUNS })).toBeUndefined();
  });

  it('are the same again from the same seed', () => {
    const journal = (drawn: Scene): string =>
      JSON.stringify(new Story(drawn).play().machines.map(({ intents }) => intents));
    fc.assert(
      fc.property(scene, (drawn) => {
        expect(journal(drawn)).toBe(journal(drawn));
      }),
      { numRuns: 20 },
    );
  });

  it('a router that slept through its own replacement comes back without two masters for longer than an interval', () => {
    const story = new Story(pair({ nopreempt: true }, { nopreempt: true }));
    const [first, second] = story.machines;
    first?.start();
    second?.start();
    story.ethernet.run(5000);
    expect(masters(story)).toEqual([1]);
    if (first) first.pausedUntil = story.ethernet.now + 3000;
    story.ethernet.run(2900);
    expect(masters(story)).toEqual([1, 2]);
    story.ethernet.run(300);
    expect(masters(story)).toEqual([2]);
  });

  it('a backup that is reloaded again and again takes over in time', () => {
    const story = new Story(pair());
    const [first, second] = story.machines;
    first?.start();
    second?.start();
    story.ethernet.run(5000);
    expect(masters(story)).toEqual([1]);
    first?.crash();
    for (let count = 0; count < 6; count++) {
      story.ethernet.run(39);
      if (second) second.reload({ ...second.configuration });
      expect(masters(story)).toEqual([]);
    }
    // RFC 5798 section 6.1: 3 * 100 ms + (256 - 100) * 100 / 256 ms after the last advertisement, which is 0 to 100 ms old.
    story.ethernet.run(361 - 6 * 39);
    expect(masters(story)).toEqual([2]);
  });
});

/** An engine with a defect in what it hands out. */
function defective(defect: (intents: readonly VrrpIntent[], method: string) => readonly VrrpIntent[]): MakeEngine {
  class DefectiveEngine extends VrrpEngine {
    override timeout(now: number): readonly VrrpIntent[] {
      return defect(super.timeout(now), 'timeout');
    }

    override receive(...parameters: Parameters<VrrpEngine['receive']>): readonly VrrpIntent[] {
      return defect(super.receive(...parameters), 'receive');
    }
  }
  return (_, { vrrp, global }, environment) => new DefectiveEngine(vrrp, global, environment);
}

describe('the simulation notices', () => {
  const found = (makeEngine: MakeEngine): string =>
    simulate({ seed: 1, runs: 200 }, (drawn) => void new Story(drawn, makeEngine).play()) ?? 'nothing';

  it('addresses that stay away', () => {
    const makeEngine = defective((intents) => intents.filter(({ type }) => type !== 'reconcile-addresses'));
    expect(found(makeEngine)).toMatch(/is master and .* is not set/);
  });

  it('addresses that do not come back with their interface', () => {
    class ForgetfulEngine extends VrrpEngine {
      override linksChanged(...parameters: Parameters<VrrpEngine['linksChanged']>): readonly VrrpIntent[] {
        const intents = super.linksChanged(...parameters);
        const isChange = intents.some(({ type }) => type === 'event');
        return isChange ? intents : intents.filter(({ type }) => type !== 'reconcile-addresses');
      }
    }
    const makeEngine: MakeEngine = (_, { vrrp, global }, environment) => new ForgetfulEngine(vrrp, global, environment);
    const elsewhere = { excluded: 1, untracked: true };
    const happenings = [{ kind: 'link-anew', machine: 0, wait: 60, choice: 2 } as const];
    const play = (make?: MakeEngine) => () => new Story({ ...pair(elsewhere), happenings }, make).play();
    expect(play()).not.toThrow();
    expect(play(makeEngine)).toThrow(/is master and .* is not set/);
  });

  it('routes that stay away', () => {
    class RoutelessEngine extends VrrpEngine {
      override desiredRouting(): ReturnType<VrrpEngine['desiredRouting']> {
        return [];
      }
    }
    const makeEngine: MakeEngine = (_, { vrrp, global }, environment) => new RoutelessEngine(vrrp, global, environment);
    expect(found(makeEngine)).toMatch(/the route .* is not set on a master/);
  });

  it('a master-down timer that a reload takes away', () => {
    // What a reload hands over afterwards is never due again.
    class ForgetfulEngine extends VrrpEngine {
      #reloaded = false;
      override reload(...parameters: Parameters<VrrpEngine['reload']>): readonly VrrpIntent[] {
        const intents = super.reload(...parameters);
        this.#reloaded = this.status().every(({ state }) => state === 'BACKUP');
        return intents;
      }

      override nextTimeout(): number | undefined {
        return this.#reloaded ? (super.nextTimeout() ?? 0) + 60_000 : super.nextTimeout();
      }

      override timeout(now: number): readonly VrrpIntent[] {
        return this.#reloaded ? [] : super.timeout(now);
      }
    }
    const makeEngine: MakeEngine = (_, { vrrp, global }, environment) => new ForgetfulEngine(vrrp, global, environment);
    expect(found(makeEngine)).toMatch(/moved the next timer|lost its timer over a reload|0 masters of/);
  });

  it('advertisements that come twice', () => {
    const makeEngine = defective((intents) =>
      intents.flatMap((intent): VrrpIntent[] => (intent.type === 'send-advertisement' ? [intent, intent] : [intent])),
    );
    expect(found(makeEngine)).toMatch(/2 advertisements at once/);
  });

  it('a router that cannot be heard', () => {
    const makeEngine: MakeEngine = (machine, configuration, environment, now) =>
      defective((intents) => (machine === 1 ? intents.filter(({ type }) => type !== 'send-advertisement') : intents))(
        machine,
        configuration,
        environment,
        now,
      );
    expect(found(makeEngine)).toMatch(/2 masters of|speaks again at|has not advertised since/);
  });

  it('another priority than the one shown', () => {
    const makeEngine = defective((intents) =>
      intents.map((intent) => {
        if (intent.type !== 'send-advertisement') return intent;
        const packet = intent.packet.slice();
        const priority = intent.family === 'inet' ? (packet[9] === 51 ? 46 : 22) : 2;
        packet[priority] = ((packet[priority] ?? 0) % 250) + 1;
        return { ...intent, packet };
      }),
    );
    expect(found(makeEngine)).toMatch(/sent priority \d+, shown is/);
  });

  it('advertisements that are believed to have gone by themselves and have not', () => {
    const makeEngine: MakeEngine = (_, { vrrp, global }, environment) =>
      new VrrpEngine(vrrp, global, { ...environment, ...(environment.wentAhead && { wentAhead: () => 1 }) });
    expect(found(makeEngine)).toMatch(/sends ahead twice|speaks again at|has not advertised since/);
  });

  it('advertisements that go by themselves although their master has left', () => {
    // Nothing is ever taken back.
    const makeEngine: MakeEngine = (_, { vrrp, global }, environment) =>
      new VrrpEngine(vrrp, global, { ...environment, ...(environment.wentAhead && { wentAhead: () => undefined }) });
    expect(found(makeEngine)).toMatch(/sends ahead twice|went by itself/);
  });

  it('an operator who is not heard', () => {
    class DeafEngine extends VrrpEngine {
      override overridden(): readonly VrrpIntent[] {
        return [];
      }
    }
    const makeEngine: MakeEngine = (_, { vrrp, global }, environment) => new DeafEngine(vrrp, global, environment);
    expect(found(makeEngine)).toMatch(/: priority \d+ \(.*\), expected is \d+/);
  });

  it('a transition without a reason', () => {
    const makeEngine = defective((intents) =>
      intents.map((intent) =>
        intent.type === 'event' ? { ...intent, event: { ...intent.event, reason: '' } } : intent,
      ),
    );
    expect(found(makeEngine)).toMatch(/an event without a reason/);
  });

  it('prints the command that replays what it found', () => {
    const makeEngine = defective((intents) => intents.filter(({ type }) => type !== 'reconcile-addresses'));
    const path = /--seed 1 --path (\S+)/.exec(found(makeEngine))?.[1] ?? 'none';
    const again = simulate({ seed: 1, runs: 200, path }, (drawn) => void new Story(drawn, makeEngine).play());
    expect(again).toMatch(/^run 1 of seed 1/);
    expect(again).toMatch(/is master and .* is not set/);
  });
});
