// Every check by network leaves from where it is told to: address, port, interface, mark; the server says who came.
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../../lab/lib/clock.ts';
import { run } from '../../../lab/lib/run.ts';
import type { CheckTarget, NetworkCheckerConfiguration } from '../../../src/config/model.ts';
import type { ProbeResult } from '../../../src/check/types.ts';
import { dnsCheck, httpCheck, pingCheck, smtpCheck, tcpCheck, udpCheck } from '../../unit/check/builders.ts';
import { ip, makeTwoMachines } from '../kernel/two-machines.ts';
import type { TwoMachines } from '../kernel/two-machines.ts';
import { ports } from './programs/ports.ts';

const patience = 20_000;
const programs = `${import.meta.dirname}/programs`;
let lan: TwoMachines;
let server: ChildProcessByStdio<null, Readable, null>;
let heard = '';

beforeAll(async () => {
  lan = makeTwoMachines();
  const { left, right } = lan;
  ip(`-n ${left.name} addr add 10.99.0.10/24 dev eth0`);
  // A packet marked 7 gets a route that has another source address.
  ip(`-n ${left.name} rule add fwmark 7 table 77`);
  ip(`-n ${left.name} route add 10.99.0.0/24 dev eth0 src 10.99.0.10 table 77`);
  // Echo replies reach the second address alone.
  ip(`-n ${right.name} rule add to 10.99.0.1 ipproto icmp blackhole`);
  server = spawn('ip', ['netns', 'exec', right.name, process.execPath, `${programs}/every-service.ts`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  server.stdout.on('data', (data: Buffer) => (heard += data.toString()));
  await until('the services', { within: patience, every: 20 }, () => heard.includes('ready'));
});
afterAll(() => {
  server.kill();
  lan.remove();
});

const builders = {
  TCP_CHECK: tcpCheck,
  HTTP_GET: httpCheck,
  SSL_GET: httpCheck,
  SMTP_CHECK: smtpCheck,
  DNS_CHECK: dnsCheck,
  UDP_CHECK: (changes: Partial<CheckTarget>) => udpCheck({ requireReply: true, ...changes }),
} as const;
type ServedType = keyof typeof builders;
const servedTypes = Object.keys(builders) as ServedType[];

/** One of each type, to the right machine. */
function everyCheck(options: Partial<CheckTarget>): NetworkCheckerConfiguration[] {
  return servedTypes.map((type) => {
    const target = { address: '10.99.0.2', ...options, port: ports[type] };
    return { ...builders[type](target), type } as NetworkCheckerConfiguration;
  });
}

async function results(
  checkers: readonly NetworkCheckerConfiguration[],
  when: 'in turn' | 'together' = 'in turn',
): Promise<ProbeResult[]> {
  const command = ['netns', 'exec', lan.left.name, process.execPath, `${programs}/probes.ts`, when];
  const { stdout } = await run('ip', command, { input: JSON.stringify(checkers), timeout: 60_000 });
  return JSON.parse(stdout) as ProbeResult[];
}

/** Who came to each service meanwhile, once all have been come to. */
async function visitors(checkers: readonly NetworkCheckerConfiguration[]): Promise<Record<string, string>> {
  heard = '';
  for (const result of await results(checkers)) expect(result).toMatchObject({ ok: true });
  const lines = (): string[] => heard.split('\n').slice(0, -1);
  await until('all services are visited', { within: patience, every: 20 }, () => lines().length >= checkers.length);
  return Object.fromEntries(
    lines().map((line) => {
      const [type = '', address = '', port = ''] = line.split(' ');
      return [type, `${address} ${port}`];
    }),
  );
}

const forAll = (wanted: unknown) => Object.fromEntries(servedTypes.map((type) => [type, wanted]));
/** A check with bind_port resets its connection at the end: who does not ask at once does not learn who it was. */
const fromPort = (wanted: string) => ({
  ...forAll(wanted),
  TCP_CHECK: expect.toBeOneOf([wanted, 'reset 0']) as unknown,
});

describe('every check by network', () => {
  it('leaves from the address of bindto and the port of bind_port', async () => {
    expect(await visitors(everyCheck({ bindAddress: '10.99.0.10', bindPort: 4100 }))).toEqual(
      fromPort('10.99.0.10 4100'),
    );
    expect(await visitors(everyCheck({ bindPort: 4101 }))).toEqual(fromPort('10.99.0.1 4101'));
    expect(await visitors(everyCheck({ address: 'fd00:99::2', bindAddress: 'fd00:99::1', bindPort: 4102 }))).toEqual(
      fromPort('fd00:99::1 4102'),
    );
  });

  it('can be repeated at once from the same port, and to several services at the same time', async () => {
    const twice = [0, 1].flatMap(() => everyCheck({ bindAddress: '10.99.0.10', bindPort: 4104 }));
    expect(await visitors(twice)).toEqual(fromPort('10.99.0.10 4104'));
    for (const result of await results(everyCheck({ bindPort: 4105 }), 'together'))
      expect(result).toMatchObject({ ok: true });
  });

  it('has the mark of fwmark, which a rule of routing sees', async () => {
    expect(await visitors(everyCheck({ fwmark: 7 }))).toEqual(forAll(expect.stringMatching(/^10\.99\.0\.10 /)));
    expect(await visitors(everyCheck({ fwmark: 8 }))).toEqual(forAll(expect.stringMatching(/^10\.99\.0\.1 /)));
  });

  it('reaches a link-local address through bind_if', async () => {
    const through = { address: 'fe80::2', bindInterface: 'eth0' };
    expect(await visitors(everyCheck(through))).toEqual(forAll(expect.stringMatching(/^fe80::1 /)));
    expect(await visitors(everyCheck({ ...through, bindAddress: 'fe80::1', bindPort: 4103 }))).toEqual(
      fromPort('fe80::1 4103'),
    );
  });

  it('is trouble of this machine from an address or interface that is not there', async () => {
    const strange = [
      ...everyCheck({ bindAddress: '10.77.0.1' }),
      ...everyCheck({ bindInterface: 'none0' }),
      pingCheck({ address: '10.99.0.2', bindAddress: '10.77.0.1' }),
      pingCheck({ address: '10.99.0.2', bindInterface: 'none0' }),
    ];
    for (const result of await results(strange)) expect(result).toMatchObject({ ok: false, phase: 'setup' });
  });
});

describe('PING_CHECK', () => {
  it('leaves from where bindto, bind_if and fwmark say', async () => {
    const target = { address: '10.99.0.2', connectTimeout: 1000 };
    const checks = [
      pingCheck(target),
      pingCheck({ ...target, fwmark: 8 }),
      pingCheck({ ...target, connectTimeout: 5000, bindAddress: '10.99.0.10' }),
      pingCheck({ ...target, connectTimeout: 5000, fwmark: 7 }),
      pingCheck({ address: 'fe80::2', bindInterface: 'eth0' }),
      pingCheck({ address: 'fe80::2', bindInterface: 'eth0', bindAddress: 'fe80::1' }),
    ];
    expect((await results(checks)).map(({ ok }) => ok)).toEqual([false, false, true, true, true, true]);
  });
});
