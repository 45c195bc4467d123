/**
 * What a simulated run is: plain data drawn by fast-check, so that it shrinks, prints and replays. Spans are in
 * advertisement intervals of the first virtual router, so that a scene shrinks without changing its character.
 */
import fc from 'fast-check';

export type Flavour = 'plain' | 'password' | 'authentication header' | 'hmac' | 'unicast' | 'IPv6';

/** One virtual router, the same on every machine that has it. */
export interface VirtualRouterPlan {
  readonly version: 2 | 3;
  readonly flavour: Flavour;
  /** Milliseconds. */
  readonly interval: number;
  readonly downTimerAdvertisements: number;
  readonly addresses: number;
  /** A macvlan of its own, advertisements by it or by the interface underneath. */
  readonly vmac: 'none' | 'vmac' | 'transmits on base';
  /** Virtual routes, every other one on its interface. */
  readonly routes: number;
}

/** Weights of what is tracked; absent: not tracked, 0: bad means FAULT. */
export interface TrackerPlan {
  readonly script?: number;
  readonly file?: number;
  readonly process?: number;
  readonly interface?: number;
}

/** One configuration of a machine. */
export interface MachinePlan {
  /** Base priority by virtual router; 0: this machine does not have it. With a sync group all take the first. */
  readonly priorities: readonly number[];
  readonly nopreempt: boolean;
  /** Intervals. */
  readonly preemptDelay: number;
  readonly initialMaster: boolean;
  readonly startupDelay: number;
  readonly excluded: number;
  readonly refresh: boolean;
  readonly answerLower: boolean;
  /** dont_track_primary, and excluded addresses on the other link with no_track. */
  readonly untracked: boolean;
  readonly upDelay: number;
  readonly downDelay: number;
  readonly trackers: TrackerPlan;
}

export const happeningKinds = [
  'crash',
  'start',
  'stop',
  'pause',
  'cut',
  'heal',
  'link-down',
  'link-up',
  'link-gone',
  'link-anew',
  'reload',
  'delete-address',
  'vmac-gone',
  'script',
  'file',
  'process',
  'operator',
] as const;

export interface Happening {
  readonly kind: (typeof happeningKinds)[number];
  readonly machine: number;
  /** Intervals that pass before it. */
  readonly wait: number;
  /** Which link, configuration, result. */
  readonly choice: number;
}

export interface EthernetProperties {
  /** Probability that a packet does not arrive at a receiver. */
  readonly loss: number;
  readonly duplication: number;
  /** Longest delay in intervals; each packet has its own, so that they overtake each other. */
  readonly delay: number;
}

export interface Scene {
  /** Of the network's dice. */
  readonly seed: number;
  readonly virtualRouters: readonly VirtualRouterPlan[];
  /** All virtual routers of a machine in one sync group. */
  readonly grouped: boolean;
  /** By machine the configurations that it starts with and may be reloaded with. */
  readonly machines: readonly (readonly MachinePlan[])[];
  readonly ethernet: EthernetProperties;
  readonly happenings: readonly Happening[];
  /** Advertisements go ahead of the process: not at all, as long as it runs, or also while its event loop is held up. */
  readonly ahead: 'never' | 'with the process' | 'beside its event loop';
  /** Whether the partition outlives the troubles. */
  readonly staysCut: boolean;
}

const virtualRouter: fc.Arbitrary<VirtualRouterPlan> = fc
  .record({
    version: fc.constantFrom(2 as const, 3 as const),
    flavour: fc.constantFrom<Flavour>('plain', 'plain', 'password', 'authentication header', 'hmac', 'unicast', 'IPv6'),
    slow: fc.boolean(),
    downTimerAdvertisements: fc.constantFrom(3, 3, 2, 5),
    addresses: fc.integer({ min: 1, max: 3 }),
    vmac: fc.constantFrom('none' as const, 'none' as const, 'vmac' as const, 'transmits on base' as const),
    routes: fc.constantFrom(0, 0, 1, 3),
  })
  .map(({ slow, ...plan }) => {
    // Version 3 has IPv6 and auth_hmac, version 2 the passwords.
    const old = plan.flavour === 'password' || plan.flavour === 'authentication header';
    const version = old ? 2 : plan.flavour === 'IPv6' || plan.flavour === 'hmac' ? 3 : plan.version;
    return { ...plan, version, interval: version === 2 ? (slow ? 2000 : 1000) : slow ? 1000 : 100 };
  });

const weight = fc.constantFrom(0, 30, -30);

const machinePlan: fc.Arbitrary<MachinePlan> = fc
  .record({
    priorities: fc.array(
      fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 254 }) }, fc.constantFrom(0, 255)),
      {
        minLength: 3,
        maxLength: 3,
      },
    ),
    nopreempt: fc.boolean(),
    preemptDelay: fc.constantFrom(0, 0, 0, 5),
    initialMaster: fc.boolean(),
    startupDelay: fc.constantFrom(0, 0, 0, 4),
    excluded: fc.nat(2),
    refresh: fc.boolean(),
    answerLower: fc.boolean(),
    untracked: fc.constantFrom(false, false, true),
    upDelay: fc.constantFrom(0, 0, 2),
    downDelay: fc.constantFrom(0, 0, 1),
    trackers: fc.record(
      { script: weight, file: fc.constantFrom(0, 1, -1), process: weight, interface: weight },
      { requiredKeys: [] },
    ),
  })
  .map((plan) => (plan.priorities.some((priority) => priority > 0) ? plan : { ...plan, priorities: [100, 100, 100] }));

export const scene: fc.Arbitrary<Scene> = fc.record({
  seed: fc.integer(),
  ahead: fc.constantFrom('never' as const, 'with the process' as const, 'beside its event loop' as const),
  virtualRouters: fc.array(virtualRouter, { minLength: 1, maxLength: 3 }),
  grouped: fc.boolean(),
  machines: fc.array(fc.array(machinePlan, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 5 }),
  ethernet: fc.record({
    loss: fc.constantFrom(0, 0, 0.05, 0.2),
    duplication: fc.constantFrom(0, 0.1),
    delay: fc.constantFrom(0, 0.02, 0.2),
  }),
  happenings: fc.array(
    fc.record({
      kind: fc.constantFrom(...happeningKinds),
      machine: fc.nat(4),
      wait: fc.double({ min: 0, max: 12, noNaN: true }),
      choice: fc.nat(11),
    }),
    { maxLength: 16 },
  ),
  staysCut: fc.boolean(),
});
