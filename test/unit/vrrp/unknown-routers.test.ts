// Expected: the log line of keepalived 2.2.7 ("strings" of Debian's binary shows its form).
import { describe, expect, it } from 'vitest';
import type { PacketMeta } from '../../../src/vrrp/types.ts';
import { UnknownRouters } from '../../../src/vrrp/unknown-routers.ts';

const meta: PacketMeta = {
  family: 'inet6',
  interfaceIndex: 7,
  source: 'fe80::9',
  destination: 'ff02::12',
  ttl: 255,
};
const hour = 3_600_000;

/** From the VRRP header on: version and type, then the virtual router. */
function packet(id: number): Uint8Array {
  return Uint8Array.of(0x31, id, 100, 1, 0, 100, 0, 0);
}

describe('advertisements for unknown virtual routers', () => {
  it('are told in the words of the original', () => {
    expect(new UnknownRouters().heard(packet(99), meta, 'eth0', 0)).toBe(
      'Unknown VRID(99) received on interface(eth0) from fe80::9. ignoring...',
    );
  });

  it('are told once an hour each', () => {
    const routers = new UnknownRouters();
    expect(routers.heard(packet(99), meta, 'eth0', 0)).toBeDefined();
    expect(routers.heard(packet(99), meta, 'eth0', 1_000)).toBeUndefined();
    expect(routers.heard(packet(98), meta, 'eth0', 1_000)).toBeDefined();
    expect(routers.heard(packet(99), { ...meta, interfaceIndex: 8 }, 'eth1', 1_000)).toBeDefined();
    expect(routers.heard(packet(99), meta, 'eth0', hour)).toBeDefined();
  });

  it('are not told for a packet that has no virtual router', () => {
    expect(new UnknownRouters().heard(new Uint8Array(1), meta, 'eth0', 0)).toBeUndefined();
  });

  it('fill no memory', () => {
    const routers = new UnknownRouters();
    let told = 0;
    for (let index = 0; index < 10_000; index++) {
      if (routers.heard(packet(index % 256), { ...meta, interfaceIndex: index }, 'eth0', 0) !== undefined) told++;
    }
    expect(told).toBe(1024);
  });
});
