/** What measurements of checks share: servers to check, a stand-in for IPVS, and a count of the checks made. */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Contender } from './contenders.ts';
import type { Bench } from './measurement.ts';
import type { Namespace } from './namespace.ts';

/** Compiles a program of bench/programs into the work folder. */
export function compile(bench: Bench, program: string, flags: readonly string[]): string {
  const output = bench.folder.file(program);
  execFileSync('gcc', ['-O2', ...flags, '-o', output, path.join(import.meta.dirname, 'programs', `${program}.c`)]);
  return output;
}

/** The daemon with a stand-in for IPVS, if this kernel has none. */
export function withIpvs(bench: Bench, contender: Contender, standIn: string): Contender {
  if (existsSync('/proc/net/ip_vs')) return contender;
  const netlink = contender.name === 'keepalived-ts' ? 'STAND_IN_NETLINK=yes ' : '';
  const script = `#!/bin/sh\n${netlink}LD_PRELOAD=${standIn} exec ${contender.binary} "$@"\n`;
  return { ...contender, binary: bench.folder.program(`${contender.name}.sh`, script) };
}

/** Connections opened in the namespace so far: TcpActiveOpens. */
export function connectionsOpened({ pid }: Namespace): number {
  const [names = '', values = ''] = readFileSync(`/proc/${pid}/net/snmp`, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('Tcp:'));
  return Number(values.split(' ')[names.split(' ').indexOf('ActiveOpens')]);
}

/** Starts the web server in a namespace; settles when it listens. */
export async function serve(world: Namespace, program: string, port: number): Promise<ChildProcess> {
  const [command, ...rest] = world.prefix;
  const server = spawn(command ?? '', [...rest, program, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(server.stdout, 'data');
  return server;
}
