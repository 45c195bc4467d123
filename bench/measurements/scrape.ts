/**
 * What a scrape costs: 10,000 virtual servers with three checked real servers each, beside an instance that advertises
 * every 100 ms. How long a scrape takes, and how much later advertisements leave while somebody scrapes all the time. Only
 * this daemon: the original has no metrics.
 */
import { createWriteStream } from 'node:fs';
import { get } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { bars } from '../bars.ts';
import { compile, connectionsOpened, serve, withIpvs } from '../checked-servers.ts';
import { manyServers, pairConfiguration } from '../configurations.ts';
import type { Contender } from '../contenders.ts';
import { BenchError } from '../contenders.ts';
import { Daemon } from '../daemon.ts';
import { Lan } from '../lan.ts';
import type { Bench, Measurement, Row } from '../measurement.ts';
import { masterPriority } from '../pair.ts';
import { gaps } from '../protocol-times.ts';

const services = 10_000;
const servers = 3 * services;
const port = 8080;
const interval = 100;
/** Each of the two times that are compared, and between two scrapes, in milliseconds. */
const measured = 10_000;
const between = 1_000;
const patience = 120_000;

interface Scrape {
  /** Milliseconds to the last octet. */
  readonly time: number;
  readonly octets: number;
  readonly samples: number;
}

function scrape(socketPath: string): Promise<Scrape> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    get({ socketPath, path: '/metrics' }, (response) => {
      let octets = 0;
      let lines = 0;
      response.on('data', (piece: Buffer) => {
        octets += piece.length;
        for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) lines++;
      });
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve({ time: performance.now() - began, octets, samples: lines });
        else reject(new BenchError(`a scrape is answered with ${response.statusCode}`));
      });
    }).on('error', reject);
  });
}

interface Sample {
  readonly scrapes: readonly Scrape[];
  /** How much later than the interval each advertisement came, in milliseconds. */
  readonly alone: readonly number[];
  readonly beside: readonly number[];
}

async function sample(bench: Bench, contender: Contender, standIn: string, web: string): Promise<Sample> {
  const configuration = bench.folder.file('scrape.conf');
  const socket = bench.folder.file('metrics.sock');
  const instance = pairConfiguration({ version: 3, interval, priority: masterPriority });
  const parts = [instance, `metrics {\n    listen unix ${socket}\n}\n`, ...manyServers(services, servers, port, 1)];
  await pipeline(Readable.from(parts), createWriteStream(configuration));
  await using lan = await Lan.create();
  const { address, namespace } = lan.first;
  await serve(namespace, web, port);
  const subject = withIpvs(bench, contender, standIn);
  await using daemon = Daemon.start(subject, namespace, configuration, bench.folder.file('scrape.log'), []);
  await daemon.achieves(daemon.logged('HTTP: serving', patience));
  const checked = connectionsOpened(namespace) + servers;
  for (const deadline = performance.now() + patience; connectionsOpened(namespace) < checked; await sleep(100)) {
    if (performance.now() > deadline) throw new BenchError(`not every server was checked:\n${daemon.log.slice(-500)}`);
  }
  // Code that has run before is compiled.
  for (let run = 0; run < 3; run++) await scrape(socket);
  const lateness = async (during: () => Promise<void>): Promise<number[]> => {
    const from = lan.capture.advertisements.length;
    await during();
    // The capture hands packets on some 0.3 s late.
    await sleep(500);
    return gaps(lan.capture.advertisements.slice(from), address).map((gap) => Math.max(0, gap - interval));
  };
  const alone = await lateness(() => sleep(measured));
  const scrapes: Scrape[] = [];
  const beside = await lateness(async () => {
    for (const end = performance.now() + measured; performance.now() < end; await sleep(between)) {
      scrapes.push(await scrape(socket));
    }
  });
  return { scrapes, alone, beside };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

export const scrapeCost: Measurement = {
  name: 'scrape',
  title: `${services} virtual servers with ${servers} checked real servers, advertisements every ${interval} ms`,
  runs: 3,
  async measure(bench) {
    const standIn = compile(bench, 'ipvs-stand-in', ['-shared', '-fPIC', '-ldl']);
    const web = compile(bench, 'web-server', []);
    const contender = bench.contenders.find(({ name }) => name === 'keepalived-ts');
    if (contender === undefined) return [];
    const runs: Sample[] = [];
    for (let run = 0; run < (bench.runs ?? scrapeCost.runs); run++) {
      bench.progress(`scrape: run ${run + 1}`);
      runs.push(await sample(bench, contender, standIn, web));
    }
    const [first] = runs.flatMap(({ scrapes }) => scrapes);
    const row = (title: string, samples: readonly number[], of: Row['bars'] = [], remarks: string[] = []): Row => ({
      title,
      unit: 'ms',
      samples: { keepalived: [], 'keepalived-ts': samples },
      bars: of,
      remarks,
    });
    return [
      row(
        'a scrape',
        runs.flatMap(({ scrapes }) => scrapes.map(({ time }) => time)),
        bars.scrapeTime,
        [`${first?.samples ?? 0} lines, ${((first?.octets ?? 0) / 1e6).toFixed(1)} MB`],
      ),
      row(
        'advertisements later than planned, nobody scrapes',
        runs.flatMap(({ alone }) => alone),
      ),
      row(
        'advertisements later than planned, a scrape every second',
        runs.flatMap(({ beside }) => beside),
      ),
      row(
        'added by scrapes: difference of the 99th percentiles of a run',
        runs.map(({ alone, beside }) => quantile(beside, 0.99) - quantile(alone, 0.99)),
        bars.scrapeDelay,
      ),
    ];
  },
};
