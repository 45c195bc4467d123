import { describe, expect, it } from 'vitest';
import { decodeAdvertisement } from '../../../bench/advertisement.ts';
import type { CapturedFrame } from '../../../bench/pcapng.ts';
import { PcapngReader } from '../../../bench/pcapng.ts';

// Three advertisements of Debian's keepalived 2.2.7 (version 3, version 2 with a password, version 3) as dumpcap 4.0.17
// wrote them, without its description of the machine.
const blocks = [
  '0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000',
  '010000002000000001000000a000000009000100090000000000000020000000',
  '0600000050000000000000006f2fea188b1e185a2e0000002e00000001005e0000126e1c63c58023080045c0002000010000ff701899c0000201e00000123133ff01000a6acbc0000264000050000000',
  '0600000058000000000000006f2fea18a4ce3d5a360000003600000001005e0000126e1c63c58023080045c0002800010000ff701891c0000201e00000122134ff01010172b3c00002656d65617375726564000058000000',
  '0600000050000000000000006f2fea18eb8a35602e0000002e00000001005e0000126e1c63c58023080045c0002000020000ff701898c0000201e00000123133ff01000a6acbc0000264000050000000',
];
const stream = Buffer.from(blocks.join(''), 'hex');

// What tshark 4.0.17 prints for the same file: frame.time_epoch, ip.src, vrrp.version, vrrp.virt_rtr_id, vrrp.prio.
const tshark = [
  { time: 1795299556_759969419n, source: '192.0.2.1', version: 3, virtualRouterId: 51, priority: 255 },
  { time: 1795299556_762439332n, source: '192.0.2.1', version: 2, virtualRouterId: 52, priority: 255 },
  { time: 1795299556_862561003n, source: '192.0.2.1', version: 3, virtualRouterId: 51, priority: 255 },
];

function decode(frames: readonly CapturedFrame[]): unknown[] {
  return frames.map(({ nanoseconds, frame }) => {
    const { source, version, virtualRouterId, priority } = decodeAdvertisement(frame, 0)!;
    return { time: nanoseconds, source, version, virtualRouterId, priority };
  });
}

describe('pcapng reader', () => {
  it('reads what tshark reads', () => {
    expect(decode(new PcapngReader().push(stream))).toEqual(tshark);
  });

  it('does not care where a pipe cuts the stream', () => {
    for (let cut = 0; cut <= stream.length; cut++) {
      const reader = new PcapngReader();
      const frames = [...reader.push(stream.subarray(0, cut)), ...reader.push(stream.subarray(cut))];
      expect(decode(frames)).toEqual(tshark);
    }
  });

  it('gives a frame as soon as its block is complete', () => {
    const reader = new PcapngReader();
    const upToFirst = blocks.slice(0, 3).join('').length / 2;
    expect(reader.push(stream.subarray(0, upToFirst - 1))).toHaveLength(0);
    expect(reader.push(stream.subarray(upToFirst - 1, upToFirst))).toHaveLength(1);
  });

  it('takes stamps for microseconds when the interface does not say otherwise', () => {
    // The same interface block without options; the stamp's 64 bits then count microseconds.
    const plain = ['0100000014000000' + '01000000a0000000' + '14000000'];
    const reader = new PcapngReader();
    const [first] = reader.push(Buffer.from([blocks[0], ...plain, blocks[2]].join(''), 'hex'));
    expect(first?.nanoseconds).toBe(1795299556_759969419n * 1000n);
  });

  it('reads a stream of the other byte order', () => {
    const section = '0a0d0d0a0000001c1a2b3c4d00010000ffffffffffffffff0000001c';
    const device = '00000001000000200001000000000040' + '0009000109000000' + '00000000' + '00000020';
    const packet = '000000060000002400000000' + '0000000100000002' + '0000000100000001' + 'ab000000' + '00000024';
    const [frame] = new PcapngReader().push(Buffer.from(section + device + packet, 'hex'));
    expect(frame).toEqual({ nanoseconds: (1n << 32n) + 2n, frame: Uint8Array.of(0xab) });
  });

  it('refuses what is no pcapng', () => {
    expect(() => new PcapngReader().push(Buffer.alloc(64, 0x41))).toThrow('not pcapng');
    expect(() => new PcapngReader().push(Buffer.alloc(64, 0))).toThrow('not pcapng');
  });
});

describe('advertisement decoder', () => {
  const frame = Buffer.from(blocks[2]!, 'hex').subarray(28, 28 + 46);

  it('keeps the time it is given', () => {
    expect(decodeAdvertisement(frame, 12.5)?.at).toBe(12.5);
  });

  it.each([
    ['another ethertype', 12, 0x86],
    ['another protocol', 14 + 9, 17],
    ['another type of VRRP packet', 14 + 20, 0x32],
  ])('passes over %s', (_, offset, value) => {
    const other = Buffer.from(frame);
    other[offset] = value;
    expect(decodeAdvertisement(other, 0)).toBeUndefined();
  });

  it('passes over every frame that is cut short', () => {
    for (let length = 0; length < 14 + 20 + 8; length++) {
      expect(decodeAdvertisement(frame.subarray(0, length), 0)).toBeUndefined();
    }
  });

  it('finds the advertisement behind IP options', () => {
    const withOptions = Buffer.concat([frame.subarray(0, 34), Buffer.from('94040000', 'hex'), frame.subarray(34)]);
    withOptions[14] = 0x46;
    expect(decodeAdvertisement(withOptions, 0)).toMatchObject({ version: 3, virtualRouterId: 51, priority: 255 });
  });
});
