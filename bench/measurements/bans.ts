/** A million connections counted by client, beside awk over the same text, as a cron script would. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { bars } from '../bars.ts';
import { BenchError } from '../contenders.ts';
import type { CountedConnections } from '../kernel-connections.ts';
import { greedyClients } from '../kernel-connections.ts';
import type { Bench, Measurement, Row } from '../measurement.ts';
import { wanted } from '../measurement.ts';
import { rowsInKernel } from './bans-in-kernel.ts';

const connections = 1_000_000;
const limit = 100;

/** A table as the kernel writes it; the same for each run. Returns how many lines it has. */
function writeTable(file: string, kind: 'few clients' | 'many clients' | 'IPv6'): void {
  let seed = 12345;
  const random = (): number => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0);
  const hex = (value: number, length: number): string => value.toString(16).toUpperCase().padStart(length, '0');
  const ipv6 = (value: number): string =>
    `2001:0db8:${(hex(value, 8).match(/.{4}/g) ?? []).join(':').toLowerCase()}:0000:0000:0000:0001`;
  const out = openSync(file, 'w');
  let text = 'Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData\n';
  for (let index = 0; index < connections; index++) {
    // Every 50th connection is of a greedy client: 400 each.
    const client =
      index % 50 === 0 ? (index / 50) % greedyClients : kind === 'few clients' ? 1000 + (random() % 20_000) : random();
    const address = kind === 'IPv6' ? ipv6(client) : hex(client, 8);
    const [service, server] =
      kind === 'IPv6'
        ? ['2001:0db8:0000:0000:0000:0000:0000:0001', ipv6(7)]
        : ['C0A80136', `AC10010${2 + (index & 1)}`];
    const state = index % 10 === 9 ? 'FIN_WAIT   ' : 'ESTABLISHED';
    text += `TCP ${address} ${hex(random() & 0xffff, 4)} ${service} 0050 ${server} 0050 ${state} ${String(random() % 900).padStart(7)}\n`;
    if (text.length < 1 << 20) continue;
    writeSync(out, text);
    text = '';
  }
  writeSync(out, text);
  closeSync(out);
}

type Counted = Pick<CountedConnections, 'found' | 'memory' | 'milliseconds'>;

/** The thread's work in a process of its own. The table comes through a pipe: the kernel's own part is not in it. */
async function countOurs(file: string): Promise<Counted> {
  const program = path.join(import.meta.dirname, '..', 'programs', 'count-connections.ts');
  const input = openSync(file, 'r');
  const counter = spawn(process.execPath, [program, String(limit)], { stdio: [input, 'pipe', 'inherit'] });
  closeSync(input);
  let text = '';
  counter.stdout?.on('data', (data: Buffer) => (text += data.toString()));
  const [code] = (await once(counter, 'close')) as [number | null];
  if (code !== 0) throw new BenchError(`counting ended with ${code ?? 'a signal'}`);
  return JSON.parse(text) as Counted;
}

/** `awk` does what the script did; its processor time is that of the children of this process. */
function countWithAwk(file: string): Counted {
  const script = `$8 == "ESTABLISHED" { count[$2]++ } END { for (one in count) if (count[one] > ${limit}) found++; print found }`;
  const timed = spawnSync('bash', ['-c', 'TIMEFORMAT="%U %S"; time awk "$1" "$2"', 'bash', script, file], {
    encoding: 'utf8',
  });
  const [user = NaN, system = NaN] = (timed.stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { milliseconds: (user + system) * 1000, memory: NaN, found: Number(timed.stdout) };
}

async function measureKind(bench: Bench, kind: Parameters<typeof writeTable>[1]): Promise<Row[]> {
  const file = bench.folder.file('ip_vs_conn');
  bench.progress(`writing a table: ${kind}`);
  writeTable(file, kind);
  const ours: Counted[] = [];
  const awk: Counted[] = [];
  for (let run = 0; run < (bench.runs ?? bans.runs); run++) {
    bench.progress(`${kind}: run ${run + 1}`);
    ours.push(await countOurs(file));
    awk.push(countWithAwk(file));
  }
  const wrong = [...ours, ...awk].find(({ found }) => found !== greedyClients);
  if (wrong)
    throw new BenchError(`${wrong.found} clients with more than ${limit} connections were found, not ${greedyClients}`);
  const size = (readFileSync(file).length / 1e6).toFixed(0);
  return [
    {
      title: `processor time, ${kind}`,
      unit: 'ms',
      samples: {
        keepalived: awk.map(({ milliseconds }) => milliseconds),
        'keepalived-ts': ours.map(({ milliseconds }) => milliseconds),
      },
      bars: bars.bansTime,
      remarks: [`${size} MB of text; the column of keepalived is awk over the same file`],
    },
    {
      title: `memory, ${kind}`,
      unit: 'MB',
      samples: { keepalived: [], 'keepalived-ts': ours.map(({ memory }) => memory) },
      bars: bars.bansMemory,
      remarks: ['beyond the same process before the first line'],
    },
  ];
}

export const bans: Measurement = {
  name: 'bans',
  title: `${connections} connections counted by client (connection_limit); fewer in the guest kernel, with its part`,
  runs: 5,
  async measure(bench) {
    const rows: Row[] = [];
    for (const kind of ['few clients', 'many clients', 'IPv6'] as const) {
      if (wanted(bench, `processor time, ${kind}`) || wanted(bench, `memory, ${kind}`))
        rows.push(...(await measureKind(bench, kind)));
    }
    // Read in full: the guest takes minutes.
    if (bench.only === undefined || bench.only.startsWith('guest')) rows.push(...(await rowsInKernel(bench, limit)));
    return rows.filter(({ title }) => wanted(bench, title));
  },
};
