/**
 * auth_hmac (reference: behaviour A2). The packets were computed by another program (Python's hmac and hashlib) from the
 * description of the wire format: key 0x20..0x3f, key id 7, 1700000000.5 s after 1970.
 */
import { describe, expect, it } from 'vitest';
import type { HmacAuthentication, VrrpInstanceConfiguration } from '../../../src/config/model.ts';
import { Transmitter } from '../../../src/vrrp/transmitter.ts';
import type { VrrpIntent } from '../../../src/vrrp/types.ts';
import { sequenceDistance, sequenceOfTime } from '../../../src/vrrp/wire/hmac-trailer.ts';
import { Bench, advertised, logLines } from './bench.ts';
import { digests, instance } from './configuration.ts';

const epoch = 1_700_000_000_500;
const key = '202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f';
const otherKey = 'ff'.repeat(32);
const trailerLength = 28;

function hmac(changes: Partial<HmacAuthentication> = {}): HmacAuthentication {
  const keys = [{ id: 7, key }];
  return { keys, activeKey: 7, timeWindow: 5000, antiReplay: 'time', mode: 'enforce', ...changes };
}

function signed(changes: Partial<VrrpInstanceConfiguration> = {}): VrrpInstanceConfiguration {
  return instance({ hmac: hmac(), ...changes });
}

const golden = [
  {
    name: 'version 2',
    configuration: signed(),
    message: '213364010001b896c00002330000000000000000',
    trailer: '010700006553f1008000000094b1cae0d54c67539f6bffab38a81555',
  },
  {
    name: 'version 3 over IPv4',
    configuration: signed({ version: 3 }),
    message: '313364010064059fc0000233',
    trailer: '010700006553f10080000000a41827db3c8e1e0ce9eade2d1254caeb',
  },
  {
    name: 'version 3 over IPv6',
    configuration: signed({ family: 'inet6' }),
    message: '313364010064ba30fe800000000000000000000000000051',
    trailer: '010700006553f1008000000078fb784f8ff1ef4bbee969eaa9f79875',
  },
] as const;

const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

describe('packets', () => {
  it.each(golden)('$name', ({ configuration, message, trailer }) => {
    const ipv4 = configuration.family === 'inet';
    const source = ipv4 ? '192.0.2.5' : 'fe80::5';
    const [intent] = new Transmitter().compose(configuration, 100, source, false, digests, epoch);
    const packet = intent?.packet ?? new Uint8Array();
    expect(hex(packet.subarray(ipv4 ? 20 : 0))).toBe(message + trailer);
    // The IP header counts the trailer.
    if (ipv4) expect((packet[2] ?? 0) * 256 + (packet[3] ?? 0)).toBe(packet.length);
  });

  it('one trailer serves all unicast peers', () => {
    const unicastPeers = [{ address: '192.0.2.8' }, { address: '192.0.2.9' }];
    const intents = new Transmitter().compose(
      signed({ version: 3, unicastPeers }),
      100,
      '192.0.2.5',
      false,
      digests,
      epoch,
    );
    const [one, two] = intents.map(({ packet }) => hex(packet.subarray(-trailerLength)));
    expect(one).toBe(golden[1].trailer);
    expect(two).toBe(one);
  });

  it('numbers grow with the time, by one within a moment, and follow a clock set back by more than the window', () => {
    const transmitter = new Transmitter();
    const numbers = [epoch, epoch, epoch + 1000, epoch - 1000, epoch - 60_000].map((time) => {
      const [intent] = transmitter.compose(signed(), 100, '192.0.2.5', false, digests, time);
      return Buffer.from(intent?.packet.subarray(-24, -16) ?? []).readBigUInt64BE();
    });
    const clock = sequenceOfTime(epoch);
    const second = 1n << 32n;
    expect(numbers.map((number) => number - clock)).toEqual([0n, 1n, second, second + 1n, -60n * second]);
  });

  it('numbers never go back with anti_replay monotonic', () => {
    const transmitter = new Transmitter();
    const configuration = signed({ hmac: hmac({ antiReplay: 'monotonic' }) });
    const numbers = [epoch, epoch - 60_000].map((time) => {
      const [intent] = transmitter.compose(configuration, 100, '192.0.2.5', false, digests, time);
      return Buffer.from(intent?.packet.subarray(-24, -16) ?? []).readBigUInt64BE();
    });
    expect(numbers[1]).toBe((numbers[0] ?? 0n) + 1n);
  });

  it('receive-only sends none', () => {
    const configuration = signed({ hmac: hmac({ mode: 'receive-only' }) });
    const [intent] = new Transmitter().compose(configuration, 100, '192.0.2.5', false, digests, epoch);
    expect(hex(intent?.packet.subarray(20) ?? new Uint8Array())).toBe(golden[0].message);
  });
});

describe('serial numbers', () => {
  it.each([
    [1n, 0n, 1n],
    [0n, (1n << 64n) - 1n, 1n],
    [5n, 7n, -2n],
  ])('%d - %d = %d', (a, b, distance) => {
    expect(sequenceDistance(a, b)).toBe(distance);
  });
});

describe('an advertisement with auth_hmac', () => {
  /** A backup, and a peer that signs at the given time with the given settings. */
  function scene(ours: Partial<HmacAuthentication> = {}, changes: Partial<VrrpInstanceConfiguration> = {}) {
    const configuration = signed({ hmac: hmac(ours), ...changes });
    const bench = new Bench(configuration, { realTime: (now) => epoch + now });
    bench.start();
    const peer = new Transmitter();
    const packetOf = (theirs: Partial<HmacAuthentication> | null, ahead = 0): Uint8Array => {
      const { hmac: _ours, ...plain } = configuration;
      const sender = theirs === null ? plain : { ...plain, hmac: hmac(theirs) };
      const [intent] = peer.compose(sender, 200, '192.0.2.9', false, digests, epoch + bench.now + ahead);
      return intent?.packet ?? new Uint8Array();
    };
    const receive = (packet: Uint8Array): readonly VrrpIntent[] => bench.hear({ priority: 200, change: () => packet });
    return { bench, packetOf, receive };
  }

  const accepted = (bench: Bench): boolean => bench.status().masterAddress === '192.0.2.9';

  it.each([
    ['of the same key', {}, {}, true],
    [
      'of a key that is not the active one',
      {
        keys: [
          { id: 7, key },
          { id: 9, key: otherKey },
        ],
      },
      { activeKey: 9, keys: [{ id: 9, key: otherKey }] },
      true,
    ],
    ['of another key with the same number', {}, { keys: [{ id: 7, key: otherKey }] }, false],
    ['of an unknown key', {}, { activeKey: 8, keys: [{ id: 8, key }] }, false],
    ['missing where it is enforced', {}, null, false],
    ['missing where it is permitted', { mode: 'permissive' }, null, true],
    ['missing where we only receive', { mode: 'receive-only' }, null, true],
    ['wrong where none is needed', { mode: 'permissive' }, { keys: [{ id: 7, key: otherKey }] }, false],
  ] as const)('%s', (_name, ours, theirs, expected) => {
    const { bench, packetOf, receive } = scene(ours);
    receive(packetOf(theirs));
    expect(accepted(bench)).toBe(expected);
  });

  it.each([
    [-5000, 'time', true],
    [-7000, 'time', false],
    [5000, 'time', true],
    [7000, 'time', false],
    [-7000, 'monotonic', true],
    [7000, 'monotonic', true],
  ] as const)('by a clock that is %i ms ahead, %s: accepted %s', (ahead, antiReplay, expected) => {
    const { bench, packetOf, receive } = scene({ antiReplay });
    receive(packetOf({}, ahead));
    expect(accepted(bench)).toBe(expected);
  });

  it('a clock that is more than half the window away is told of, once for each master', () => {
    const { packetOf, receive } = scene();
    const told = (): number =>
      logLines(receive(packetOf({}, -4000))).filter((text) => text.includes('its clock is 4 s behind')).length;
    // The first one makes it the master, which begins the count anew.
    expect([told(), told(), told(), told()]).toEqual([1, 1, 0, 0]);
  });

  it('counts once: a replay is refused, and so is an older one', () => {
    const { bench, packetOf, receive } = scene();
    const first = packetOf({});
    bench.pass(1000);
    const second = packetOf({});
    receive(second);
    expect(accepted(bench)).toBe(true);
    const received = () => bench.status().statistics.advertisementsReceived;
    expect(received()).toBe(1);
    receive(second);
    receive(first);
    expect(received()).toBe(1);
    expect(bench.status().statistics.authenticationFailure).toBe(2);
    bench.pass(1000);
    receive(packetOf({}));
    expect(received()).toBe(2);
  });

  it('a sender whose clock was set back is heard again after the window', () => {
    const { bench, packetOf, receive } = scene();
    receive(packetOf({}, 4000));
    bench.pass(1000);
    // Its signer follows the clock only when that is more than a window behind what it sent.
    const { hmac: _none, ...plain } = signed();
    const restarted = new Transmitter();
    const packet = (): Uint8Array =>
      restarted.compose({ ...plain, hmac: hmac() }, 200, '192.0.2.9', false, digests, epoch + bench.now)[0]?.packet ??
      new Uint8Array();
    receive(packet());
    expect(bench.status().statistics.advertisementsReceived).toBe(1);
    bench.pass(2500);
    receive(packet());
    expect(bench.status().statistics.advertisementsReceived).toBe(1);
    bench.pass(2000);
    receive(packet());
    expect(bench.status().statistics.advertisementsReceived).toBe(2);
  });

  it('every octet counts, the checksum aside', () => {
    const { bench, packetOf, receive } = scene({}, { version: 3, v3ChecksumAsV2: true });
    const whole = packetOf({});
    for (let at = 21; at < whole.length; at++) {
      if (at === 26 || at === 27) continue;
      const damaged = whole.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 0x01;
      receive(damaged);
      expect(accepted(bench), `octet ${at}`).toBe(false);
    }
    receive(whole);
    expect(accepted(bench)).toBe(true);
  });

  it('is refused with its reason where there is no auth_hmac', () => {
    const bench = new Bench(instance(), { realTime: (now) => epoch + now });
    bench.start();
    const [intent] = new Transmitter().compose(signed(), 200, '192.0.2.9', false, digests, epoch);
    const intents = bench.hear({ priority: 200, change: () => intent?.packet ?? new Uint8Array() });
    expect(logLines(intents)[0]).toContain('an advertisement with auth_hmac, ours has none');
  });

  it('over IPv6 too, where the checksum covers the trailer', () => {
    const configuration = signed({ family: 'inet6' });
    const bench = new Bench(configuration, { realTime: (now) => epoch + now });
    bench.start();
    const [intent] = new Transmitter().compose(configuration, 200, 'fe80::9', false, digests, epoch);
    bench.hear({ priority: 200, source: 'fe80::9', configuration, change: () => intent?.packet ?? new Uint8Array() });
    expect(bench.status().masterAddress).toBe('fe80::9');
  });

  it('makes a master of lower priority yield', () => {
    const { bench, packetOf, receive } = scene();
    bench.untilMaster();
    expect(advertised(bench.intents).length).toBeGreaterThan(0);
    receive(packetOf({}));
    expect(bench.status().state).toBe('BACKUP');
  });
});
