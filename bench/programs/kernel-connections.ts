/**
 * In the guest kernel: fills the connection table of IPVS as a master's synchronisation does, and has it counted. Words:
 * CONNECTIONS, LIMIT, conn_tab_bits of IPVS, and `beside` if a script is to count as well. Writes result.json (KernelConnections).
 */
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CountedConnections, KernelConnections, ReadRun } from '../kernel-connections.ts';
import { greedyClients } from '../kernel-connections.ts';

const [connectionsText = '', limit = '', bits = '', beside] = process.argv.slice(2);
const connections = Number(connectionsText);
const table = '/proc/net/ip_vs_conn';

/** The backup of a synchronisation listens here (net/netfilter/ipvs/ip_vs_sync.c). */
const group = '224.0.0.81';
const port = 8848;
/** struct ip_vs_sync_mesg and struct ip_vs_sync_v4 of protocol version 1, without options. */
const headerLength = 8;
const entryLength = 36;
const entriesInMessage = 255;
const tcp = 6;
const established = 1;
const masquerading = 0;
const lifetime = 36_000;

function shell(command: string): string {
  const { status, stderr, stdout } = spawnSync('sh', ['-ec', command], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
  return stdout;
}

let seed = 12345;
const random = (): number => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0);

/** Every so many connections one is of a greedy client, so that each of these gets 400; the others have clients of their own. */
const between = Math.floor(connections / greedyClients / 400);

function clientOf(index: number): number {
  return index % between === 0 ? 0x0a00_0001 + ((index / between) % greedyClients) : 0x1400_0000 + (random() >>> 4);
}

function message(first: number, count: number): Buffer {
  const bytes = Buffer.alloc(headerLength + count * entryLength);
  bytes.writeUInt16BE(bytes.length, 2);
  bytes[4] = count;
  bytes[5] = 1;
  for (let index = 0; index < count; index++) {
    const at = headerLength + index * entryLength;
    bytes[at + 1] = tcp;
    bytes.writeUInt16BE(entryLength, at + 2);
    bytes.writeUInt32BE(masquerading, at + 4);
    bytes.writeUInt16BE(established, at + 8);
    bytes.writeUInt16BE(1024 + (Math.floor((first + index) / between / greedyClients) % 60_000), at + 10);
    bytes.writeUInt16BE(80, at + 12);
    bytes.writeUInt16BE(80, at + 14);
    bytes.writeUInt32BE(lifetime, at + 20);
    bytes.writeUInt32BE(clientOf(first + index), at + 24);
    bytes.writeUInt32BE(0xc0a8_0136, at + 28);
    bytes.writeUInt32BE(0xac10_0102 + (index & 1), at + 32);
  }
  return bytes;
}

/** Datagrams that found no room with the receiver. */
function lost(): number {
  const [, values = ''] = readFileSync('/proc/net/snmp', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('Udp:'));
  return Number(values.split(' ')[5]);
}

async function fill(): Promise<void> {
  // The size of the kernel's hash table is known to the module alone.
  shell(`modprobe -r $(lsmod | grep -o '^ip_vs_[a-z]*') ip_vs; modprobe ip_vs conn_tab_bits=${bits}`);
  shell(
    `ip link set lo multicast on; ip route add ${group} dev lo; sysctl -qw net.core.rmem_max=8388608 net.ipv4.vs.sync_sock_size=8388608`,
  );
  shell('ipvsadm --start-daemon backup --mcast-interface lo');
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.setMulticastInterface('127.0.0.1');
  socket.setMulticastLoopback(false);
  for (let first = 0, sent = 0; first < connections; first += entriesInMessage) {
    const bytes = message(first, Math.min(entriesInMessage, connections - first));
    // There is one processor: the kernel's thread comes to it when we do not send.
    for (let before = NaN; before !== lost();) {
      if (!Number.isNaN(before) || ++sent % 16 === 0) await sleep(1);
      before = lost();
      await new Promise((resolve) => socket.send(bytes, port, group, resolve));
    }
  }
  await sleep(500);
  socket.close();
}

/** Runs a command with the shell's own clock of processor time. */
function timed(command: string): ReadRun & { readonly output: string } {
  const began = performance.now();
  const { stderr, stdout } = spawnSync('bash', ['-c', `TIMEFORMAT="%U %S"; time { ${command}; }`], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const [user = NaN, system = NaN] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { user: user * 1000, system: system * 1000, wall: performance.now() - began, output: stdout };
}

await fill();
const tell = (what: string, { wall }: ReadRun): void => console.log(`${what} in ${(wall / 1000).toFixed(0)} s`);

function countOurs(from: string): ReadRun & CountedConnections {
  const { output, ...times } = timed(`'${process.execPath}' /run/out/count.mjs ${limit} ${from}`);
  tell(`${from} counted`, times);
  return { ...times, ...(JSON.parse(output) as CountedConnections) };
}

function countScript(): ReadRun & { readonly found: number } {
  const script = `$3 == "ESTABLISHED" { split($4, client, ":"); count[client[1]]++ } END { for (one in count) if (count[one] > ${limit}) found++; print found }`;
  const { output, ...times } = timed(`ipvsadm -Lnc | awk '${script}'`);
  tell('counted by ipvsadm and awk', times);
  return { ...times, found: Number(output) };
}

const copy = '/tmp/table';
const { output, ...kernel } = timed(`dd if=${table} of=${copy} bs=256k status=none; wc -l < ${copy}`);
const lines = Number(output) - 1;
tell(`${lines} connections of the kernel read by dd`, kernel);
const result: KernelConnections = {
  kernel: { ...kernel, lines },
  ours: countOurs(table),
  fromFile: countOurs(copy),
  ...(beside !== undefined && { script: countScript() }),
};
writeFileSync('/run/out/result.json', JSON.stringify(result));
process.exit(0);
