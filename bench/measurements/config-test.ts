/** `-t` of a large configuration, whole process: 10,000 virtual servers with 3 checked real servers each. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { bars } from '../bars.ts';
import { largeConfiguration } from '../configurations.ts';
import type { Contender, ContenderName } from '../contenders.ts';
import { BenchError } from '../contenders.ts';
import type { Measurement, Row } from '../measurement.ts';
import { alternate, wanted } from '../measurement.ts';
import { Namespace } from '../namespace.ts';
import { peakResident, signal } from '../processes.ts';

const virtualServers = 10_000;
const realServers = 3;
/** Beyond this a run is given up. */
const limit = 120_000;

interface ConfigTest {
  readonly milliseconds: number;
  /** Megabytes, read every 5 ms while it ran. */
  readonly peak: number;
}

async function testConfiguration(contender: Contender, world: Namespace, file: string): Promise<ConfigTest> {
  const [program, ...rest] = world.prefix;
  const began = performance.now();
  const tester = spawn(program ?? '', [...rest, contender.binary, '-t', '-f', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  tester.stdout.on('data', (piece: Buffer) => (said += piece.toString()));
  tester.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
  const { pid } = tester;
  if (pid === undefined) throw new BenchError(`${contender.binary} could not be started`);
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, peakResident(pid))), 5);
  const guard = setTimeout(() => signal(pid, 'SIGKILL'), limit);
  const [code] = (await once(tester, 'exit')) as [number | null];
  const milliseconds = performance.now() - began;
  clearInterval(watch);
  clearTimeout(guard);
  if (code !== 0) {
    const end = said.trim().split('\n').slice(-5).join('\n');
    throw new BenchError(
      `${contender.name} -t of the generated configuration ended with ${code ?? 'a signal'}:\n${end}`,
    );
  }
  return { milliseconds, peak };
}

export const configTest: Measurement = {
  name: 'config-test',
  title: `-t of ${virtualServers} virtual servers with ${realServers} checked real servers each`,
  runs: 5,
  async measure(bench) {
    await using world = await Namespace.create();
    const file = bench.folder.file('large.conf');
    await pipeline(Readable.from(largeConfiguration(virtualServers, realServers)), createWriteStream(file));
    const peaks: Record<ContenderName, number[]> = { keepalived: [], 'keepalived-ts': [] };
    const samples = await alternate(bench, bench.runs ?? configTest.runs, '-t', async (contender) => {
      const { milliseconds, peak } = await testConfiguration(contender, world, file);
      peaks[contender.name].push(peak);
      return [milliseconds];
    });
    const rows: Row[] = [
      { title: 'time, whole process', unit: 'ms', samples, bars: bars.configTest, remarks: [] },
      {
        title: 'peak resident memory',
        unit: 'MB',
        samples: peaks,
        bars: bars.configTestMemory,
        remarks: ['read every 5 ms'],
      },
    ];
    return rows.filter(({ title }) => wanted(bench, title));
  },
};
