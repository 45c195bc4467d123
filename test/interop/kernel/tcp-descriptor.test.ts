import { readdirSync } from 'node:fs';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTcpDescriptor } from '../../../src/kernel/tcp-descriptor.ts';
import type { ProbeDescriptorOptions } from '../../../src/kernel/tcp-descriptor.ts';
import { ip, makeTwoMachines, serveAnswers } from './two-machines.ts';
import type { Machine, TwoMachines } from './two-machines.ts';

let lan: TwoMachines;
let left: Machine;
let right: Machine;
let servers: { end(): void } | undefined;
beforeAll(async () => {
  lan = makeTwoMachines();
  ({ left, right } = lan);
  ip(`-n ${left.name} addr add 10.99.0.10/24 dev eth0`);
  servers = await serveAnswers(right);
});
afterAll(() => {
  servers?.end();
  lan.remove();
});

async function askTcp(options: Omit<ProbeDescriptorOptions, 'namespacePath'>): Promise<string> {
  const fd = openTcpDescriptor({ ...options, namespacePath: left.path });
  const socket = new net.Socket({ fd, readable: true, writable: true });
  socket.connect(7_000, options.family === 'inet' ? right.address : right.address6);
  let answer = '';
  for await (const data of socket) answer += String(data);
  return answer;
}

describe('descriptors of checks', () => {
  it('connects from the source address and port it is given', async () => {
    expect(await askTcp({ family: 'inet', source: '10.99.0.10', sourcePort: 4_000 })).toBe('10.99.0.10 4000');
    expect(await askTcp({ family: 'inet', source: '10.99.0.10' })).toMatch(/^10\.99\.0\.10 \d+$/);
    expect(await askTcp({ family: 'inet', sourcePort: 4_001 })).toBe('10.99.0.1 4001');
    expect(await askTcp({ family: 'inet6', source: left.address6, sourcePort: 4_002 })).toBe('fd00:99::1 4002');
    expect(await askTcp({ family: 'inet' })).toMatch(/^10\.99\.0\.1 \d+$/);
  });

  it('leaves through the interface and with the mark it is given', async () => {
    expect(await askTcp({ family: 'inet', interface: 'eth0' })).toMatch(/^10\.99\.0\.1 /);
    // A packet marked 7 gets a route that has another source address; the mark alone makes the difference.
    ip(`-n ${left.name} rule add fwmark 7 table 77`);
    ip(`-n ${left.name} route add 10.99.0.0/24 dev eth0 src 10.99.0.10 table 77`);
    expect(await askTcp({ family: 'inet', mark: 7 })).toMatch(/^10\.99\.0\.10 /);
    expect(await askTcp({ family: 'inet', mark: 8 })).toMatch(/^10\.99\.0\.1 /);
  });

  it('refuses with a typed error and leaves no descriptor behind', () => {
    const before = readdirSync('/proc/self/fd').length;
    const refuse = (options: Partial<ProbeDescriptorOptions>): unknown => {
      try {
        return openTcpDescriptor({ family: 'inet', namespacePath: left.path, ...options });
      } catch (error) {
        return (error as { code?: unknown }).code;
      }
    };
    expect(refuse({ source: '10.77.0.1' })).toBe('EADDRNOTAVAIL');
    expect(refuse({ interface: 'none0' })).toBe('ENODEV');
    expect(refuse({ source: 'fe80::1' })).toBe('ADDRESS_INVALID');
    expect(refuse({ namespacePath: '/run/netns/none' })).toBe('ENOENT');
    expect(readdirSync('/proc/self/fd').length).toBe(before);
  });
});
