/** What is masked in a recording decides as it did. Masked packets are judged by the engine's own checks with masked settings. */
import { describe, expect, it } from 'vitest';
import type { VrrpInstanceConfiguration } from '../../../src/config/model.ts';
import { VrrpEngine } from '../../../src/vrrp/engine.ts';
import { Masks, recordedGlobals } from '../../../src/vrrp/recording/masks.ts';
import { addressNews, linkNews } from '../../../src/vrrp/recording/network-news.ts';
import { RecordingVrrpEngine } from '../../../src/vrrp/recording/recording-engine.ts';
import {
  applySplice,
  decodeRecord,
  encodeRecord,
  recordingHead,
  spliceOf,
} from '../../../src/vrrp/recording/records.ts';
import type { RecordedCall } from '../../../src/vrrp/recording/records.ts';
import { UnreadableRecording, replayLines } from '../../../src/vrrp/recording/replay.ts';
import { Transmitter } from '../../../src/vrrp/transmitter.ts';
import { checksumFits } from '../../../src/vrrp/wire/advertisement.ts';
import { globalModel, notifyModel } from '../../support/models.ts';
import { digests, instance, kernelAddress, link, script, syncGroup, vrrpConfiguration } from './configuration.ts';

const source = '192.0.2.2';

function sent(changes: Partial<VrrpInstanceConfiguration>): Uint8Array {
  const [intent] = new Transmitter().compose(instance(changes), 150, source, false, digests, 1_700_000_000_000);
  if (!intent) throw new Error('nothing was sent');
  return intent.packet;
}

function pass(password: string): Partial<VrrpInstanceConfiguration> {
  return { authentication: { type: 'PASS', password } };
}

function authenticated(password: string): Partial<VrrpInstanceConfiguration> {
  return { authentication: { type: 'AH', password } };
}

function signed(key: string): Partial<VrrpInstanceConfiguration> {
  return {
    version: 3,
    hmac: { keys: [{ id: 7, key }], activeKey: 7, timeWindow: 5000, antiReplay: 'monotonic', mode: 'enforce' },
  };
}

/** Hears packets as one that records; gives the lines and what was counted. */
function recorded(own: Partial<VrrpInstanceConfiguration>, packets: readonly Uint8Array[]) {
  const lines = [encodeRecord(recordingHead)];
  const environment = {
    digests,
    links: [link('eth0')],
    addresses: [kernelAddress('192.0.2.1', 2)],
    realTime: (now: number) => 1_700_000_000_000 + now,
  };
  const configuration = vrrpConfiguration({ instances: [instance(own)] });
  const write = (call: RecordedCall): void => void lines.push(encodeRecord(call));
  const engine = new RecordingVrrpEngine(configuration, globalModel(), environment, write, 0, 1_700_000_000_000);
  engine.start(0);
  packets.forEach((packet, index) => {
    const meta = { family: 'inet', interfaceIndex: 2, source, destination: '224.0.0.18', ttl: 255 } as const;
    engine.receive(packet, meta, 10 + index);
  });
  return { lines, statistics: engine.status()[0]?.statistics };
}

function flipped(packet: Uint8Array, at: number): Uint8Array {
  const copy = packet.slice();
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

const key = '202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f';

describe('masks', () => {
  it.each([
    [
      'a password',
      pass('geheim12'),
      [sent(pass('geheim12')), sent(pass('falsches')), flipped(sent(pass('geheim12')), 26)],
      [1, 1, 1],
    ],
    [
      'an authentication header',
      authenticated('geheim12'),
      [sent(authenticated('geheim12')), sent(authenticated('falsches')), flipped(sent(authenticated('geheim12')), 40)],
      [1, 2, 0],
    ],
    [
      'auth_hmac',
      signed(key),
      [sent(signed(key)), sent(signed('ff'.repeat(32))), flipped(sent(signed(key)), 50)],
      [1, 2, 0],
    ],
  ])('%s: right stays right, wrong stays wrong, nothing of it is kept', (_, own, packets, [right, wrong, checksum]) => {
    const { lines, statistics } = recorded(own, packets);
    expect(statistics).toMatchObject({
      advertisementsReceived: right,
      authenticationFailure: wrong,
      checksumErrors: checksum,
    });
    for (const step of replayLines(lines)) {
      if (typeof step === 'string') throw new Error(step);
      expect(step.difference).toBeUndefined();
      expect(step.engine.status()[0]?.statistics.advertisementsReceived).toBeLessThanOrEqual(right ?? 0);
    }
    const text = lines.join('\n');
    // "geheim12" and "falsches" as text and on the wire, the key, and digests as they went over the wire.
    for (const secret of ['geheim', '67656865696d', 'falsches', '66616c7363686573', key])
      expect(text).not.toContain(secret);
    const digest = Buffer.from(packets[0]?.subarray(own.hmac ? -16 : 32, own.hmac ? undefined : 44) ?? []).toString(
      'hex',
    );
    if (own.authentication?.type !== 'PASS') expect(text).not.toContain(digest);
  });

  it('a masked password leaves the checksum right, computed anew or not', () => {
    const masked = new Masks().packet(sent(pass('geheim12')), 'inet');
    expect(masked).not.toEqual(sent(pass('geheim12')));
    expect(checksumFits(masked.subarray(20), undefined)).toBe(true);
  });

  it('a message that is not as long as it says keeps nothing behind its head', () => {
    const cut = sent(pass('geheim12')).subarray(0, -2);
    const masked = new Masks().packet(cut, 'inet');
    expect([...masked.subarray(28)]).toEqual(new Array(masked.length - 28).fill(0));
  });

  it('no command, notification or parameter gets into a recording', () => {
    const secret = 'hunter2';
    const command = { argv: ['/bin/check', `--password=${secret}`] };
    const vrrp = vrrpConfiguration({
      instances: [instance({ notify: notifyModel({ generic: command }) })],
      syncGroups: [syncGroup('G', ['VI_1'], { notify: notifyModel({ generic: command }) })],
      scripts: [script('chk', { command })],
    });
    const masks = new Masks();
    const made = masks.configuration(vrrp, globalModel({ startupScript: { ...command, timeout: 1000 } }));
    expect(JSON.stringify(made)).not.toContain(secret);
    expect(Object.keys(made.global).every((name) => recordedGlobals.some((each) => each === name))).toBe(true);
    // The same words get the same substitute: a reload must not take them for others.
    expect(masks.configuration(vrrp, globalModel()).vrrp).toEqual(made.vrrp);
    expect(made.vrrp.scripts[0]?.command.argv).toHaveLength(2);
  });
});

describe('a recording', () => {
  it('records every way into the engine', () => {
    const asks = [
      'constructor',
      'nextTimeout',
      'takeoverIsNext',
      'tellAdvertisements',
      'desiredAddresses',
      'desiredRouting',
      'transports',
      'status',
      'groupStatus',
      'scriptStatus',
      'processStatus',
      'trackFileValues',
      'bfdStates',
      'clearStatistics',
      'instanceReports',
      'commonReport',
      'firewallWish',
      'figures',
    ];
    const missing = Object.getOwnPropertyNames(VrrpEngine.prototype).filter(
      (name) => !asks.includes(name) && !Object.hasOwn(RecordingVrrpEngine.prototype, name),
    );
    const isGetter = (name: string): boolean =>
      Object.getOwnPropertyDescriptor(VrrpEngine.prototype, name)?.get !== undefined;
    expect(missing.filter((name) => !isGetter(name))).toEqual([]);
  });

  it('keeps lists as what changed in them', () => {
    const before = ['a', 'b', 'c', 'd'];
    for (const after of [before, [], ['a', 'x', 'd'], ['b', 'c', 'd'], ['a', 'b', 'c', 'd', 'd'], ['d', 'c']]) {
      expect(applySplice(before, spliceOf(before, after))).toEqual(after);
    }
    expect(spliceOf(before, ['a', 'b', 'x', 'c', 'd'])).toEqual({ at: 2, remove: 0, insert: ['x'] });
  });

  it('gives octets back as octets', () => {
    const record = {
      call: 'stop',
      now: 1,
      intents: [{ type: 'send-frame', interface: 'eth0', frame: Uint8Array.of(0, 255) }],
    } as const;
    expect(decodeRecord(encodeRecord(record))).toEqual(record);
  });

  it('tells what differs in interfaces and addresses by their names', () => {
    const [eth0, eth1] = [link('eth0'), link('eth1')];
    const other = { ...eth0, hardwareAddress: Uint8Array.of(2, 0, 0, 0, 0, 0x77) };
    expect(linkNews([eth0, eth1], [{ ...eth0, up: false }])).toEqual(['eth0 is down', 'eth1 is gone']);
    expect(linkNews([eth0], [{ ...eth0, name: 'lan0' }, eth1])).toEqual([
      'eth0 is called lan0 now',
      'eth1 is new and up',
    ]);
    expect(linkNews([eth0], [other])).toEqual(['eth0 has the hardware address 02:00:00:00:00:77']);
    expect(linkNews([eth0], [{ ...eth0, mtu: 9000 }])).toEqual(['eth0 is up, something else of it changed']);
    expect(linkNews([eth0, eth1], [eth0, eth1])).toEqual([]);
    const [mine, virtual] = [kernelAddress('192.0.2.5', 2), kernelAddress('192.0.2.51', 2, 32)];
    expect(addressNews([mine, virtual], [mine], [eth0])).toEqual(['192.0.2.51/32 is gone from eth0']);
    expect(addressNews([], [mine], [])).toEqual(['192.0.2.5/24 is new on interface 2']);
    expect(addressNews([mine], [{ ...mine, flags: 0x88 }], [eth0])).toEqual([
      '192.0.2.5/24 on eth0 has flags 0x88, 0x80 before',
    ]);
  });

  it('that is none, of another version or cut off is told from a good one', () => {
    const read = (...lines: string[]): unknown[] => [...replayLines(lines)];
    expect(() => read('# keepalived.conf')).toThrow(UnreadableRecording);
    expect(() => read('{"a":1}')).toThrow(UnreadableRecording);
    expect(() => read('{"format":"keepalived-recording","version":9}')).toThrow(/version 9, known is 1/);
    expect(() => read(encodeRecord(recordingHead), '{"call":"start","now":1}')).toThrow(/before a process began/);
    const { lines } = recorded({}, []);
    expect(read(...lines, '{"call":"rec')).toEqual([
      expect.anything(),
      expect.anything(),
      expect.stringMatching(/incomplete/),
    ]);
  });
});
