/** Whatever octets arrive and whatever happens on the wire: no exception, and what must always hold of two sessions. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BfdEngine } from '../../src/bfd/engine.ts';
import { decodeControlPacket, encodeControlPacket, type ControlPacket } from '../../src/bfd/wire/control-packet.ts';
import { left, right, session, Wire, type BfdMachine } from '../unit/bfd/wire.ts';

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });

const packets: fc.Arbitrary<ControlPacket> = fc.record({
  diagnostic: fc.nat(31),
  state: fc.constantFrom('AdminDown', 'Down', 'Init', 'Up'),
  poll: fc.boolean(),
  final: fc.boolean(),
  demand: fc.boolean(),
  multiplier: fc.integer({ min: 1, max: 255 }),
  myDiscriminator: fc.integer({ min: 1, max: 0xffff_ffff }),
  yourDiscriminator: fc.integer({ min: 1, max: 0xffff_ffff }),
  desiredMinTx: uint32,
  requiredMinRx: uint32,
  requiredMinEchoRx: uint32,
});

describe('the decoder', () => {
  it('answers any octets with a packet or a reason', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (octets) => {
        const decoded = decodeControlPacket(octets);
        expect(decoded.ok || decoded.reason.length > 0).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads what the encoder writes', () => {
    fc.assert(
      fc.property(packets, (packet) => {
        expect(decodeControlPacket(encodeControlPacket(packet))).toEqual({ ok: true, packet });
      }),
    );
  });
});

describe('an engine', () => {
  it('lives through any packets, and never asks to be woken in the past for ever', () => {
    const input = fc.record({
      packet: packets,
      ours: fc.boolean(),
      cut: fc.option(fc.nat(24), { nil: undefined }),
      ttl: fc.constantFrom(255, 255, 64, 0),
      wait: fc.nat(2000),
    });
    fc.assert(
      fc.property(fc.array(input, { maxLength: 40 }), fc.boolean(), (inputs, passive) => {
        const engine = new BfdEngine({ instances: [session({ passive })] }, { random: () => 0.5 });
        let now = 0;
        engine.start(now);
        for (const { cut, ours, packet, ttl, wait } of inputs) {
          now += wait;
          for (let rounds = 0; (engine.nextTimeout() ?? Infinity) <= now; rounds++) {
            engine.timeout(now);
            expect(rounds).toBeLessThan(5);
          }
          const yourDiscriminator = ours ? (engine.status()[0]?.localDiscriminator ?? 0) : packet.yourDiscriminator;
          const octets = encodeControlPacket({ ...packet, yourDiscriminator });
          engine.receive(octets.subarray(0, cut), { family: 'inet', source: right, port: 3784, ttl }, now);
          expect(engine.status()).toHaveLength(1);
        }
      }),
    );
  });
});

type Happening =
  | { readonly what: 'lose'; readonly loss: number }
  | { readonly what: 'stall'; readonly who: 'left' | 'right'; readonly span: number }
  | { readonly what: 'mute' | 'restart' | 'stop'; readonly who: 'left' | 'right' }
  | { readonly what: 'reload'; readonly who: 'left' | 'right'; readonly minTx: number; readonly minRx: number };

const who = fc.constantFrom('left', 'right');
const happenings: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ what: fc.constant('lose'), loss: fc.constantFrom(0, 0.1, 0.5, 1) }),
  fc.record({ what: fc.constantFrom('mute', 'restart', 'stop'), who }),
  fc.record({ what: fc.constant('stall'), who, span: fc.nat(300) }),
  fc.record({
    what: fc.constant('reload'),
    who,
    minTx: fc.constantFrom(10, 50, 400),
    minRx: fc.constantFrom(10, 50, 400),
  }),
);

/** Every change leads on from the one before, Down comes before anything after an end, followers hear what is so. */
function consistent({ events, status, told }: BfdMachine): void {
  let state = events[0]?.from;
  for (const event of events) {
    expect(event.from).toBe(state);
    expect(event.reason).not.toBe('');
    expect([`${event.from} ${event.to}`]).toEqual([
      expect.stringMatching(/^(Down Init|Down Up|Init Up|Init Down|Up Down)$/),
    ]);
    state = event.to;
  }
  for (const [index, { state: said }] of told.entries()) expect(said).toBe(index % 2 === 0 ? 'UP' : 'DOWN');
  if (status.state === 'Up') expect(status.told).toBe('UP');
  expect(status.detectionTime).toBeGreaterThanOrEqual(0);
}

describe('two sessions', () => {
  it('are up in the end, whatever happened, and followers know what is so', () => {
    const steps = fc.array(fc.record({ happening: happenings, wait: fc.nat(4000) }), { maxLength: 12 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 1000 }), fc.boolean(), (story, seed, sendsAhead) => {
        const settings = { minRx: 50, minTx: 50, multiplier: 3 };
        const wire = new Wire(settings, settings, seed, sendsAhead).start();
        const ends = {
          left: { machine: wire.left, neighborAddress: right, settings: { ...settings } },
          right: { machine: wire.right, neighborAddress: left, settings: { ...settings } },
        };
        const begin = (name: 'left' | 'right'): void => {
          const { machine, neighborAddress, settings: own } = ends[name];
          for (const list of [machine.events, machine.told]) list.length = 0;
          machine.mute = false;
          machine.restart([session({ neighborAddress, ...own })], wire.now);
        };
        for (const { happening, wait } of story) {
          if (happening.what === 'lose') wire.properties.loss = happening.loss;
          else {
            const end = ends[happening.who];
            const { machine, neighborAddress } = end;
            if (happening.what === 'mute') machine.mute = !machine.mute;
            else if (happening.what === 'stop') machine.running = false;
            else if (happening.what === 'stall') machine.stallsUntil = wire.now + happening.span;
            else if (happening.what === 'restart') begin(happening.who);
            else if ('minTx' in happening && machine.running) {
              end.settings = { ...end.settings, minRx: happening.minRx, minTx: happening.minTx };
              const instances = [session({ neighborAddress, ...end.settings })];
              machine.perform(machine.engine.reload({ instances }, wire.now), wire.now);
            }
          }
          wire.advance(wait);
          consistent(wire.left);
          consistent(wire.right);
        }
        wire.properties.loss = 0;
        for (const name of ['left', 'right'] as const) {
          const { machine } = ends[name];
          machine.mute = false;
          if (!machine.running) begin(name);
        }
        wire.advance(8000);
        for (const { machine, settings: own } of Object.values(ends)) {
          consistent(machine);
          const other = machine === wire.left ? ends.right.settings : ends.left.settings;
          expect(machine.status).toMatchObject({
            state: 'Up',
            polling: false,
            sendInterval: Math.max(own.minTx, other.minRx),
            detectionTime: 3 * Math.max(own.minRx, other.minTx),
          });
        }
      }),
      { numRuns: 60 },
    );
  });
});
