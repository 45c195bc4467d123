/** Connected datagram sockets between two machines: what answers, what refuses, what is not there. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeEchoRequest, isEchoReply } from '../../../src/check/icmp-echo.ts';
import {
  ConnectedDatagramSocket,
  type ConnectedDatagramOptions,
} from '../../../src/kernel/connected-datagram-socket.ts';
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

/** Sends one datagram; the first that comes back, or the code of the error. */
function exchange(
  options: Omit<ConnectedDatagramOptions, 'namespacePath' | 'port'> & { readonly port?: number },
  request: (isRaw: boolean) => Uint8Array,
): Promise<{ readonly answer: Uint8Array; readonly isRaw: boolean } | string> {
  return new Promise((resolve) => {
    const socket = new ConnectedDatagramSocket(
      { port: 9, ...options, namespacePath: left.path },
      (answer) => {
        socket.close();
        resolve({ answer, isRaw: socket.isRaw });
      },
      (error) => {
        socket.close();
        resolve(error.code);
      },
    );
    socket.send(request(socket.isRaw));
  });
}

describe('an echo request', () => {
  it.each([
    ['inet', '0 0', false],
    ['inet6', '0 0', false],
    // No group may have ping sockets, as in a new namespace.
    ['inet', '1 0', true],
    ['inet6', '1 0', true],
  ] as const)('of %s is answered where ping_group_range is %s', async (family, range, raw) => {
    left.run('sysctl', '-q', '-w', `net.ipv4.ping_group_range=${range}`);
    const echo = { family, identifier: 0x1234, sequence: 7 } as const;
    const destination = family === 'inet' ? right.address : right.address6;
    const result = await exchange({ family, protocol: 'icmp', destination }, (isRaw) =>
      encodeEchoRequest({ ...echo, isRaw }),
    );
    if (typeof result === 'string') throw new Error(result);
    expect(result.isRaw).toBe(raw);
    expect(isEchoReply(result.answer, { ...echo, isRaw: raw })).toBe(true);
  });

  it('to an address that nobody has ends with an error', async () => {
    const result = await exchange({ family: 'inet', protocol: 'icmp', destination: '10.99.0.77' }, (isRaw) =>
      encodeEchoRequest({ family: 'inet', identifier: 1, sequence: 1, isRaw }),
    );
    expect(result).toBe('EHOSTUNREACH');
  });
});

describe('a UDP datagram', () => {
  it('that nobody takes is refused', async () => {
    expect(
      await exchange({ family: 'inet', protocol: 'udp', destination: right.address }, () => new Uint8Array(3)),
    ).toBe('ECONNREFUSED');
    expect(
      await exchange({ family: 'inet6', protocol: 'udp', destination: right.address6 }, () => new Uint8Array(3)),
    ).toBe('ECONNREFUSED');
  });

  it('leaves by interface, address and port as it is told to', async () => {
    const ask = async (options: Omit<ConnectedDatagramOptions, 'protocol' | 'port'>): Promise<string> => {
      const result = await exchange({ protocol: 'udp', port: 7_000, ...options }, () => new Uint8Array(3));
      return typeof result === 'string' ? result : new TextDecoder().decode(result.answer);
    };
    const [four, six] = [
      { family: 'inet', destination: right.address },
      { family: 'inet6', destination: right.address6 },
    ] as const;
    expect(await ask({ ...four, source: '10.99.0.10', sourcePort: 4_003 })).toBe('10.99.0.10 4003');
    expect(await ask({ ...four, sourcePort: 4_005, interface: 'eth0' })).toBe('10.99.0.1 4005');
    expect(await ask({ ...six, source: left.address6, sourcePort: 4_004 })).toBe('fd00:99::1 4004');
    // A packet marked 7 gets a route that has another source address; the mark alone makes the difference.
    ip(`-n ${left.name} rule add fwmark 7 table 77`);
    ip(`-n ${left.name} route add 10.99.0.0/24 dev eth0 src 10.99.0.10 table 77`);
    expect(await ask({ ...four, mark: 7 })).toMatch(/^10\.99\.0\.10 /);
    expect(await ask({ ...four, mark: 8 })).toMatch(/^10\.99\.0\.1 /);
  });

  it('cannot leave where there is no way, no such interface or address', () => {
    const open = (options: Partial<ConnectedDatagramOptions>) => () =>
      new ConnectedDatagramSocket(
        { family: 'inet', protocol: 'udp', destination: right.address, port: 9, namespacePath: left.path, ...options },
        () => undefined,
        () => undefined,
      );
    const code = (call: () => unknown): unknown => {
      try {
        return call();
      } catch (error) {
        return (error as { readonly code?: unknown }).code;
      }
    };
    expect(code(open({ destination: '198.51.100.1' }))).toBe('ENETUNREACH');
    expect(code(open({ interface: 'nosuch0' }))).toBe('ENODEV');
    expect(code(open({ source: '192.0.2.1' }))).toBe('EADDRNOTAVAIL');
  });
});
