/** Which packet is for which session, what followers are told over restarts and reloads. */
import { describe, expect, it } from 'vitest';
import { BfdEngine } from '../../../src/bfd/engine.ts';
import type { BfdIntent, BfdPacketMeta } from '../../../src/bfd/types.ts';
import { encodeControlPacket, type ControlPacket } from '../../../src/bfd/wire/control-packet.ts';
import type { BfdInstanceConfiguration } from '../../../src/config/model.ts';
import { randomNumbers } from '../vrrp/simulated-lan.ts';
import { right, session, Wire } from './wire.ts';

const quick = { minRx: 50, minTx: 50, multiplier: 3 } as const;

function packet(changes: Partial<ControlPacket> = {}): Uint8Array {
  return encodeControlPacket({
    diagnostic: 0,
    state: 'Down',
    poll: false,
    final: false,
    demand: false,
    multiplier: 3,
    myDiscriminator: 77,
    yourDiscriminator: 0,
    desiredMinTx: 1_000_000,
    requiredMinRx: 50_000,
    requiredMinEchoRx: 0,
    ...changes,
  });
}

function engineOf(...instances: BfdInstanceConfiguration[]): BfdEngine {
  const engine = new BfdEngine({ instances }, { random: randomNumbers(1) });
  engine.start(0);
  return engine;
}

function receive(engine: BfdEngine, octets: Uint8Array, meta: Partial<BfdPacketMeta> = {}): readonly BfdIntent[] {
  return engine.receive(octets, { family: 'inet', source: right, port: 3784, ttl: 255, ...meta }, 10);
}

const states = (engine: BfdEngine): string[] => engine.status().map(({ state }) => state);
const logged = (intents: readonly BfdIntent[]): string[] =>
  intents.flatMap((intent) => (intent.type === 'log' ? [intent.line.message] : []));
const told = (intents: readonly BfdIntent[]): string[] =>
  intents.flatMap((intent) => (intent.type === 'tell' ? [`${intent.session} ${intent.state}`] : []));

describe('a packet', () => {
  it('belongs to the session with its sender as long as that does not know our discriminator', () => {
    const engine = engineOf(session({ name: 'a' }), session({ name: 'b', neighborAddress: '192.0.2.9' }));
    receive(engine, packet(), { source: '192.0.2.9' });
    expect(states(engine)).toEqual(['Down', 'Init']);
  });

  it('belongs to the session with our discriminator, whoever sent it', () => {
    const engine = engineOf(session({ name: 'a' }), session({ name: 'b', neighborAddress: '192.0.2.9' }));
    const yourDiscriminator = engine.status()[1]?.localDiscriminator ?? 0;
    receive(engine, packet({ state: 'Init', yourDiscriminator }), { source: '198.51.100.1' });
    expect(states(engine)).toEqual(['Down', 'Up']);
  });

  it('of IPv6 finds its session in any spelling of the address', () => {
    const engine = engineOf(session({ family: 'inet6', neighborAddress: '2001:DB8:0::2', ttl: 64 }));
    receive(engine, packet(), { family: 'inet6', source: '2001:db8::2', ttl: 64 });
    expect(states(engine)).toEqual(['Init']);
  });

  it('for the other port than that of the session does not count', () => {
    const engine = engineOf(session(), session({ name: 'far', neighborAddress: '192.0.2.9', multihop: true }));
    const [near, far] = engine.status().map(({ localDiscriminator }) => localDiscriminator);
    receive(engine, packet({ state: 'Init', yourDiscriminator: near ?? 0 }), { port: 4784 });
    receive(engine, packet({ state: 'Init', yourDiscriminator: far ?? 0 }), { source: '192.0.2.9' });
    expect(states(engine)).toEqual(['Down', 'Down']);
    receive(engine, packet(), { port: 4784, source: '192.0.2.9' });
    expect(states(engine)).toEqual(['Down', 'Init']);
    expect(engine.transports().map(({ port }) => port)).toEqual([3784, 4784]);
  });

  it.each([
    ['255 wanted, 255 received', {}, 255, true],
    ['255 wanted, 254 received', {}, 254, false],
    ['255 wanted, 3 hops allowed', { maxHops: 3 }, 252, true],
    ['255 wanted, 3 hops allowed, 4 made', { maxHops: 3 }, 251, false],
    ['64 wanted, 255 received', { ttl: 64 }, 255, true],
    ['not looked at', { maxHops: -1 }, 1, true],
  ])('has to have come near enough: %s', (_what, changes, ttl, counts) => {
    const engine = engineOf(session(changes));
    const intents = receive(engine, packet(), { ttl });
    expect(states(engine)).toEqual([counts ? 'Init' : 'Down']);
    expect(engine.status()[0]?.refusals).toHaveLength(counts ? 0 : 1);
    expect(logged(intents).some((line) => line.includes('TTL'))).toBe(!counts);
  });

  it('that does not count is logged once for its reason, and counted', () => {
    const engine = engineOf(session());
    const strange = (): string[] => logged(receive(engine, packet(), { source: '203.0.113.1' }));
    expect(strange()).toEqual([
      'BFD packet from 203.0.113.1 dropped: it is of a neighbour that no session has; further ones are only counted',
    ]);
    expect(strange()).toEqual([]);
    expect(engine.strangers().get('no-session')).toBe(2);
    const short = (): string[] => logged(receive(engine, new Uint8Array(3)));
    expect(short()).toEqual([
      `(peer) BFD packet from ${right} dropped: 3 octets instead of 24; further ones are only counted`,
    ]);
    expect(short()).toEqual([]);
    expect(engine.status()[0]?.refusals).toMatchObject([{ code: 'short', count: 2 }]);
  });
});

describe('discriminators', () => {
  it('are never 0 and never twice, whatever chance says', () => {
    for (const random of [() => 0, () => 0.999_999_999_999]) {
      const instances = Array.from({ length: 20 }, (_, index) =>
        session({ name: `s${index}`, neighborAddress: `192.0.2.${index + 10}` }),
      );
      const engine = new BfdEngine({ instances }, { random });
      engine.start(0);
      const found = engine.status().map(({ localDiscriminator }) => localDiscriminator);
      expect(new Set(found).size).toBe(20);
      expect(Math.min(...found)).toBeGreaterThan(0);
      expect(Math.max(...found)).toBeLessThanOrEqual(0xffff_ffff);
    }
  });
});

describe('a process that takes over from one that died', () => {
  it('lets followers keep a session until it is up again', () => {
    const wire = new Wire(quick, quick).start();
    wire.left.perform(wire.left.engine.believedUp(['peer', 'unknown'], wire.now), wire.now);
    expect(wire.left.engine.verdicts()).toMatchObject([{ session: 'peer', state: 'UP' }]);
    wire.advance(5000);
    expect(wire.left.status.state).toBe('Up');
    expect(wire.left.told).toEqual([]);
  });

  it('says after multiplier times idle_tx that it does not come up', () => {
    const wire = new Wire(quick, quick);
    wire.right.running = false;
    wire.left.perform(wire.left.engine.start(0), 0);
    wire.left.perform(wire.left.engine.believedUp(['peer'], 0), 0);
    wire.advance(2999);
    expect(wire.left.told).toEqual([]);
    wire.advance(2);
    expect(wire.left.told).toMatchObject([{ at: 3000, state: 'DOWN' }]);
  });

  it('believes itself where it has said something', () => {
    const wire = new Wire(quick, quick).establish();
    wire.right.running = false;
    wire.advance(1000);
    wire.left.perform(wire.left.engine.believedUp(['peer'], wire.now), wire.now);
    expect(wire.left.engine.verdicts()).toMatchObject([{ state: 'DOWN' }]);
  });
});

describe('a reload', () => {
  it('that changes nothing changes nothing', () => {
    const wire = new Wire(quick, quick).establish();
    const before = wire.left.status;
    wire.left.perform(wire.left.engine.reload({ instances: [session(quick)] }, wire.now), wire.now);
    expect(wire.left.status).toEqual(before);
    expect([wire.left.sent, wire.left.logs, wire.left.events]).toEqual([[], [], []]);
  });

  it.each([
    ['another neighbour', { neighborAddress: '192.0.2.77' }],
    ['another address of ours', { sourceAddress: '192.0.2.1' }],
    ['the port for several hops', { multihop: true }],
  ])('that gives a session %s makes a new one, which is down', (_what, changes) => {
    const wire = new Wire(quick, quick).establish();
    const before = wire.left.status.localDiscriminator;
    const intents = wire.left.engine.reload({ instances: [session({ ...quick, ...changes })] }, wire.now);
    expect(told(intents)).toEqual(['peer DOWN']);
    expect(wire.left.status).toMatchObject({ state: 'Down', told: 'DOWN' });
    expect(wire.left.status.localDiscriminator).not.toBe(before);
    // What the followers believed of the session before it does not count for this one.
    expect(wire.left.engine.believedUp(['peer'], wire.now)).toEqual([]);
    expect(wire.left.engine.verdicts()).toMatchObject([{ state: 'DOWN' }]);
  });

  it('that takes a session away lets the others go on, and no packet of it counts', () => {
    const wire = new Wire(quick, quick).establish();
    const other = session({ name: 'other', neighborAddress: '192.0.2.9', passive: true });
    wire.left.perform(wire.left.engine.reload({ instances: [session(quick), other] }, wire.now), wire.now);
    wire.left.perform(wire.left.engine.reload({ instances: [other] }, wire.now), wire.now);
    wire.advance(1000);
    expect(wire.left.engine.status().map(({ name }) => name)).toEqual(['other']);
    expect(wire.left.engine.strangers().get('no-session')).toBeGreaterThan(0);
    expect(wire.right.status.state).toBe('Down');
  });
});
