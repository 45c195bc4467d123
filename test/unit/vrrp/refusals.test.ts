/** Packets that must not be taken, each with its counter (reference: RFC 5798 section 7.1, RFC 3768 section 7.1). */
import { describe, expect, it } from 'vitest';
import type { VrrpInstanceConfiguration } from '../../../src/config/model.ts';
import type { VrrpStatistics } from '../../../src/vrrp/types.ts';
import { addToSum, finishChecksum, writeUint16 } from '../../../src/vrrp/wire/checksum.ts';
import { Bench, logLines, order } from './bench.ts';
import type { PeerAdvertisement } from './bench.ts';
import { address, instance } from './configuration.ts';

/** Sets octets of the VRRP message (behind the 20 of IP) and, for version 2, makes the checksum right again. */
function octet(offset: number, value: number, fix = true) {
  return (packet: Uint8Array): Uint8Array => {
    packet[20 + offset] = value;
    if (fix) {
      writeUint16(packet, 26, 0);
      writeUint16(packet, 26, finishChecksum(addToSum(packet, 20, packet.length)));
    }
    return packet;
  };
}

function shorten(packet: Uint8Array): Uint8Array {
  const cut = packet.slice(0, -4);
  writeUint16(cut, 2, cut.length);
  return cut;
}

interface Row {
  readonly name: string;
  readonly counter: keyof VrrpStatistics;
  readonly ours?: Partial<VrrpInstanceConfiguration>;
  readonly theirs?: Partial<VrrpInstanceConfiguration>;
  readonly packet?: Partial<PeerAdvertisement>;
}

const pass = { type: 'PASS', password: 'right' } as const;
const ah = { type: 'AH', password: 'right' } as const;

const rows: readonly Row[] = [
  { name: 'a truncated message', counter: 'lengthErrors', packet: { change: shorten } },
  { name: 'an address count beyond the message', counter: 'lengthErrors', packet: { change: octet(3, 9) } },
  { name: 'no IP packet at all', counter: 'lengthErrors', packet: { change: (packet) => packet.fill(0x65, 0, 1) } },
  { name: 'a TTL below 255', counter: 'ttlErrors', packet: { meta: { ttl: 254 } } },
  { name: 'another version', counter: 'versionErrors', theirs: { version: 3 } },
  { name: 'a version nobody knows', counter: 'versionErrors', packet: { change: (packet) => versionFour(packet) } },
  { name: 'an unknown authentication type', counter: 'invalidAuthenticationType', packet: { change: octet(4, 3) } },
  { name: 'a password where none is wanted', counter: 'authenticationTypeMismatch', theirs: { authentication: pass } },
  { name: 'no password', counter: 'authenticationTypeMismatch', ours: { authentication: pass }, theirs: {} },
  {
    name: 'a wrong password',
    counter: 'authenticationFailure',
    ours: { authentication: pass },
    theirs: { authentication: { type: 'PASS', password: 'wrong' } },
  },
  {
    name: 'an unexpected authentication header',
    counter: 'authenticationTypeMismatch',
    theirs: { authentication: ah },
  },
  { name: 'no authentication header', counter: 'authenticationTypeMismatch', ours: { authentication: ah }, theirs: {} },
  {
    name: 'an authentication header with another password',
    counter: 'authenticationFailure',
    ours: { authentication: ah },
    theirs: { authentication: { type: 'AH', password: 'wrong' } },
  },
  {
    name: 'an authentication header whose index is another address',
    counter: 'authenticationFailure',
    ours: { authentication: ah },
    theirs: { authentication: ah },
    packet: { meta: { source: '192.0.2.8' } },
  },
  {
    name: 'another interval in version 2',
    counter: 'advertisementIntervalErrors',
    theirs: { advertisementInterval: 2000 },
  },
  {
    name: 'an interval of 0 in version 3',
    counter: 'advertisementIntervalErrors',
    ours: { version: 3 },
    theirs: { version: 3, advertisementInterval: 0 },
  },
  { name: 'a type that is no advertisement', counter: 'invalidTypeErrors', packet: { change: octet(0, 0x22) } },
  { name: 'a wrong checksum', counter: 'checksumErrors', packet: { change: octet(2, 201, false) } },
  {
    name: 'a version 3 checksum without pseudo-header',
    counter: 'checksumErrors',
    ours: { version: 3 },
    theirs: { version: 3, v3ChecksumAsV2: true },
  },
];

/** The length of version 3, an unknown number, a right checksum. */
function versionFour(packet: Uint8Array): Uint8Array {
  const cut = packet.slice(0, -8);
  writeUint16(cut, 2, cut.length);
  return octet(0, 0x41)(cut);
}

function backup(ours: Partial<VrrpInstanceConfiguration> = {}): Bench {
  const bench = new Bench(instance(ours));
  bench.start();
  bench.pass(2000);
  return bench;
}

describe('refused packets', () => {
  it.each(rows)('$name: $counter', ({ counter, ours, theirs, packet }) => {
    const bench = backup(ours);
    const configuration = instance(theirs ?? ours);
    const before = { ...bench.status().statistics };
    bench.hear({ priority: 200, configuration, ...packet });
    expect(bench.status().statistics).toEqual({ ...before, [counter]: before[counter] + 1 });
    // It did not restart the timer either.
    expect(bench.untilMaster()).toBe(1609.375);
  });

  it('each reason is logged once until the state or the master changes', () => {
    const bench = backup();
    const bad = { priority: 200, meta: { ttl: 64 } };
    const lines = Array.from({ length: 50 }, () => logLines(bench.hear(bad))).flat();
    expect(lines).toEqual([
      '(VI_1) invalid TTL 64, expected 255 (from 192.0.2.9; dropped, further ones are only counted)',
    ]);
    expect(bench.status().statistics.ttlErrors).toBe(50);
    bench.pass(2000);
    expect(bench.status().state).toBe('MASTER');
    expect(logLines(bench.hear(bad))).toHaveLength(1);
  });

  it('the message of the original for a wrong password', () => {
    const bench = backup({ authentication: pass });
    const wrong = instance({ authentication: { type: 'PASS', password: 'wrong' } });
    expect(logLines(bench.hear({ priority: 200, configuration: wrong }))[0]).toContain(
      '(VI_1) received an invalid passwd!',
    );
  });

  it('a checksum that would fit without pseudo-header is called by the name of its keyword', () => {
    const bench = backup({ version: 3 });
    const lines = logLines(
      bench.hear({ priority: 200, configuration: instance({ version: 3, v3ChecksumAsV2: true }) }),
    );
    expect(lines[0]).toContain('v3_checksum_as_v2');
  });

  it('other identifiers, interfaces and families are ignored without a word', () => {
    const bench = backup();
    expect(bench.hear({ priority: 200, configuration: instance({ virtualRouterId: 52 }) })).toEqual([]);
    expect(bench.hear({ priority: 200, meta: { interfaceIndex: 3 } })).toEqual([]);
    expect(bench.status().statistics.advertisementsReceived).toBe(0);
  });

  it('unicast for a multicast instance is dropped', () => {
    const bench = backup();
    const lines = logLines(bench.hear({ priority: 200, meta: { destination: '192.0.2.5' } }));
    expect(lines[0]).toContain('a unicast advertisement, ours is multicast');
    expect(bench.untilMaster()).toBe(1609.375);
  });

  it('owner_ignore_adverts', () => {
    const bench = new Bench(instance({ priority: 255, ownerIgnoreAdvertisements: true }));
    bench.start();
    expect(order(bench.hear({ priority: 255 }))).toEqual([]);
    expect(bench.status().statistics.advertisementsReceived).toBe(0);
  });
});

describe('accepted with a remark', () => {
  it('another address list is counted and logged, the advertisement counts', () => {
    const bench = backup();
    const theirs = instance({ virtualAddresses: [address('192.0.2.51'), address('192.0.2.52')] });
    const lines = logLines(bench.hear({ priority: 200, configuration: theirs }));
    expect(lines[0]).toContain('received an unexpected ip number count 2, expected 1!');
    expect(bench.status().statistics).toMatchObject({ addressListErrors: 1, advertisementsReceived: 1 });
    expect(bench.untilMaster()).toBe(3609.375);
  });

  it('another order of the same addresses is no difference', () => {
    const both = [address('192.0.2.51'), address('192.0.2.52')];
    const bench = backup({ virtualAddresses: both });
    bench.hear({ priority: 200, configuration: instance({ virtualAddresses: both.toReversed() }) });
    expect(bench.status().statistics.addressListErrors).toBe(0);
  });

  it('skip_check_adv_addr spares the known master', () => {
    const bench = backup({ skipCheckAdvertisedAddresses: true });
    const theirs = instance({ virtualAddresses: [address('192.0.2.99')] });
    bench.hear({ priority: 200, configuration: theirs });
    bench.hear({ priority: 200, configuration: theirs });
    expect(bench.status().statistics.addressListErrors).toBe(1);
  });

  it('v3_checksum_as_v2 rejects no checksum at all, as the original', () => {
    const bench = backup({ version: 3, v3ChecksumAsV2: true });
    bench.hear({ priority: 200, configuration: instance({ version: 3 }) });
    expect(bench.status().statistics).toMatchObject({ checksumErrors: 0, advertisementsReceived: 1 });
  });

  it('padding of a minimal Ethernet frame inside the packet is cut off', () => {
    const bench = backup({ version: 3 });
    const pad = (packet: Uint8Array): Uint8Array => {
      const padded = new Uint8Array(46);
      padded.set(packet);
      writeUint16(padded, 2, padded.length);
      return padded;
    };
    bench.hear({ priority: 200, change: pad });
    expect(bench.status().statistics).toMatchObject({ lengthErrors: 0, advertisementsReceived: 1 });
  });
});

describe('unicast', () => {
  const unicast = {
    version: 3,
    sourceAddress: '192.0.2.5',
    unicastPeers: [{ address: '192.0.2.9' }, { address: '192.0.2.10' }],
  } as const;

  it('sends to each peer with a checksum of its own and one identification', () => {
    const bench = new Bench(instance(unicast));
    bench.start();
    bench.untilMaster();
    const sent = bench.intents.filter((intent) => intent.type === 'send-advertisement');
    expect(sent.map((intent) => intent.destination)).toEqual(['192.0.2.9', '192.0.2.10']);
    const [first, second] = sent.map((intent) => intent.packet);
    expect(first?.slice(4, 6)).toEqual(second?.slice(4, 6));
    expect(first?.slice(26, 28)).not.toEqual(second?.slice(26, 28));
    expect(bench.status().statistics.advertisementsSent).toBe(1);
  });

  it('any TTL is accepted unless a peer limits it', () => {
    const bench = backup(unicast);
    bench.hear({ priority: 200, meta: { ttl: 3 } });
    expect(bench.status().statistics).toMatchObject({ ttlErrors: 0, advertisementsReceived: 1 });
  });

  it('min_ttl', () => {
    const bench = backup({ ...unicast, unicastPeers: [{ address: '192.0.2.9', minTtl: 64 }] });
    bench.hear({ priority: 200, meta: { ttl: 63 } });
    bench.hear({ priority: 200, meta: { ttl: 64 } });
    expect(bench.status().statistics).toMatchObject({ ttlErrors: 1, advertisementsReceived: 1 });
  });

  it('check_unicast_src', () => {
    const bench = backup({ ...unicast, checkUnicastSource: true });
    expect(logLines(bench.hear({ priority: 200, source: '192.0.2.77' }))[0]).toContain(
      '192.0.2.77 is not a unicast peer',
    );
    bench.hear({ priority: 200 });
    expect(bench.status().statistics.advertisementsReceived).toBe(1);
  });

  it('old_unicast_checksum is noticed and then spoken, unless forbidden', () => {
    const old = (packet: Uint8Array): Uint8Array => {
      // Pseudo-header with 224.0.0.18 in place of 192.0.2.5: RFC 1624, replace 0xc000 0x0205 by 0xe000 0x0012.
      const sum = ((packet[26]! << 8) | packet[27]!) + 0xc000 + 0x0205 + (0xffff - 0xe000) + (0xffff - 0x0012);
      writeUint16(packet, 26, ~finishChecksum(sum) & 0xffff);
      return packet;
    };
    const bench = backup(unicast);
    expect(logLines(bench.hear({ priority: 200, change: old }))[0]).toContain('old_unicast_checksum');
    expect(bench.status().statistics).toMatchObject({ checksumErrors: 0, advertisementsReceived: 1 });
    const never = backup({ ...unicast, oldUnicastChecksum: false });
    never.hear({ priority: 200, change: old });
    expect(never.status().statistics).toMatchObject({ checksumErrors: 1, advertisementsReceived: 0 });
  });
});

describe('authentication header', () => {
  it('a replayed packet is refused, and our next sequence number is above all heard', () => {
    const ours = { authentication: ah };
    const bench = backup(ours);
    const kept: Uint8Array[] = [];
    const keep = (packet: Uint8Array): Uint8Array => {
      kept.push(packet);
      return packet;
    };
    for (let count = 0; count < 5; count++) bench.hear({ priority: 200, change: keep });
    bench.hear({ priority: 200, change: () => kept[4]! });
    expect(bench.status().statistics).toMatchObject({ advertisementsReceived: 5, authenticationFailure: 1 });
    bench.untilMaster();
    const sent = bench.intents.find((intent) => intent.type === 'send-advertisement');
    expect([...sent!.packet.slice(28, 32)]).toEqual([0, 0, 0, 6]);
  });
});
