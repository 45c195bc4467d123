/** `npm run bench`: named measurements of Debian's keepalived and of this daemon, side by side in the same run. */
import os from 'node:os';
import { parseArgs } from 'node:util';
import { runCommand } from './command.ts';
import type { Contender } from './contenders.ts';
import { BenchError, defaultBinaries, findContender } from './contenders.ts';
import type { Bench, Measurement } from './measurement.ts';
import { WorkFolder } from './measurement.ts';
import { bans } from './measurements/bans.ts';
import { bfd } from './measurements/bfd.ts';
import { checks } from './measurements/checks.ts';
import { configTest } from './measurements/config-test.ts';
import { instances } from './measurements/instances.ts';
import { ipvsScale } from './measurements/ipvs-scale.ts';
import { jitter } from './measurements/jitter.ts';
import { memory } from './measurements/memory.ts';
import { reload } from './measurements/reload.ts';
import { scrapeCost } from './measurements/scrape.ts';
import { start } from './measurements/start.ts';
import { status } from './measurements/status.ts';
import { takeoverAfterStop } from './measurements/takeover-stop.ts';
import { takeover } from './measurements/takeover.ts';
import { views } from './measurements/views.ts';
import { progressTo } from './progress.ts';
import type { Result } from './report.ts';
import { table, toJson, verdicts } from './report.ts';

const measurements: readonly Measurement[] = [
  takeover,
  takeoverAfterStop,
  jitter,
  instances,
  memory,
  start,
  configTest,
  bfd,
  bans,
  checks,
  reload,
  status,
  ipvsScale,
  scrapeCost,
  views,
];

const help = `npm run bench -- [measurement ...] [options]

Measures keepalived and this daemon in the same run, in turn, in network namespaces without a way out.
Without a name everything is measured (about 25 minutes). Ends with 1 if this daemon misses a bar.

Measurements
${measurements.map(({ name, title }) => `  ${name.padEnd(14)} ${title}`).join('\n')}

Options
  --runs N         runs for each daemon and row (the default depends on the measurement; 20 for takeovers)
  --minutes N      how long false detections of BFD are waited for, each daemon and row (1)
  --only TEXT      only the rows whose title holds TEXT, e.g. --only "10 ms"
  --ours PATH      the daemon to judge (${defaultBinaries['keepalived-ts']})
  --original PATH  the daemon to compare with (${defaultBinaries.keepalived})
  --without NAME   leave out "ours" or "original"
  --json           one JSON object with all samples on standard output
  --help           this text
`;

interface Settings {
  readonly chosen: readonly Measurement[];
  readonly contenders: readonly Contender[];
  readonly runs: number | undefined;
  readonly minutes: number;
  readonly only: string | undefined;
  readonly json: boolean;
}

function readSettings(): Settings | undefined {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      runs: { type: 'string' },
      minutes: { type: 'string' },
      only: { type: 'string' },
      ours: { type: 'string' },
      original: { type: 'string' },
      without: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    process.stdout.write(help);
    return undefined;
  }
  const chosen = positionals.map((name) => {
    const found = measurements.find((measurement) => measurement.name === name);
    if (found !== undefined) return found;
    throw new BenchError(`no measurement "${name}"; there are ${measurements.map((known) => known.name).join(', ')}`);
  });
  const runs = values.runs === undefined ? undefined : Number(values.runs);
  if (runs !== undefined && !(Number.isInteger(runs) && runs > 0))
    throw new BenchError('--runs wants a number from 1 on');
  const minutes = values.minutes === undefined ? 1 : Number(values.minutes);
  if (!(minutes > 0)) throw new BenchError('--minutes wants a number above 0');
  if (values.without !== undefined && !['ours', 'original'].includes(values.without)) {
    throw new BenchError('--without wants "ours" or "original"');
  }
  if (process.getuid?.() !== 0) throw new BenchError('network namespaces need root: run this as root');
  const contenders: Contender[] = [];
  if (values.without !== 'original') {
    contenders.push(findContender('keepalived', values.original ?? defaultBinaries.keepalived));
  }
  if (values.without !== 'ours') {
    contenders.push(findContender('keepalived-ts', values.ours ?? defaultBinaries['keepalived-ts']));
  }
  return {
    chosen: chosen.length > 0 ? chosen : measurements,
    contenders,
    runs,
    minutes,
    only: values.only,
    json: values.json ?? false,
  };
}

async function main(): Promise<number> {
  const settings = readSettings();
  if (settings === undefined) return 0;
  const print = (text: string): void => {
    if (!settings.json) process.stdout.write(text);
  };
  using folder = new WorkFolder();
  using progress = progressTo(process.stderr);
  const bench: Bench = { ...settings, folder, progress: (line) => progress.show(line) };
  const machine = `${os.cpus().length} cpus, Linux ${os.release()}, load ${os
    .loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')}`;
  print(`${machine}\n`);
  for (const { name, binary, version } of settings.contenders) print(`${name}: ${binary} (${version})\n`);
  const results: Result[] = [];
  for (const measurement of settings.chosen) {
    const result = { measurement, rows: await measurement.measure(bench) };
    if (result.rows.length === 0) continue;
    results.push(result);
    progress.clear();
    print(`\n${table(result)}\n`);
  }
  const missed = results.flatMap(({ measurement, rows }) =>
    rows.flatMap((row) =>
      verdicts(row)
        .filter(({ met }) => !met)
        .map(({ text }) => `${measurement.name}, ${row.title}: ${text}`),
    ),
  );
  if (settings.json) process.stdout.write(`${toJson(results, { machine, contenders: settings.contenders, missed })}\n`);
  else
    print(
      missed.length === 0 ? '\nAll bars met.\n' : `\nBars missed:\n${missed.map((line) => `  ${line}\n`).join('')}`,
    );
  return missed.length === 0 ? 0 : 1;
}

await runCommand('bench', main);
