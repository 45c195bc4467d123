// The files that signals ask for, of this daemon and of Debian's keepalived in the same situation: line by line, and as
// the programs read them that are known to.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CleanUp } from '../../../lab/lib/clean-up.ts';
import {
  applianceTable,
  countersOfJson,
  grepFirstState,
  readExporterStatistics,
  readSecondExporterData,
  scrapeInstances,
  scrapeJson,
  scrapeScripts,
} from '../../support/dump-readers.ts';
import { until } from '../../../lab/lib/clock.ts';
import { configurationFile, patience } from '../process/machine.ts';
import { DumpScene, programs, type Kind } from './scene.ts';

const cleanUp = new CleanUp();
const kinds = ['ours', 'debian'] as const;
const scenes = {} as Record<Kind, DumpScene>;
const texts = {} as Record<Kind, Record<string, string>>;

beforeAll(async () => {
  await Promise.all(
    kinds.map(async (kind) => {
      const scene = await DumpScene.play(cleanUp, kind);
      scenes[kind] = scene;
      texts[kind] = { ...(await scene.ask('STATS')), ...(await scene.ask('DATA')), ...(await scene.ask('JSON')) };
    }),
  );
});
afterAll(async () => {
  for (const kind of kinds) if (kind in scenes) await scenes[kind].daemon.stop('SIGTERM', 20_000);
  expect(await cleanUp.run()).toEqual([]);
});

const text = (kind: Kind, name: string): string => texts[kind][name] ?? '';

/** Lines that one side has in every dump, the other in some; docs/differences.md tells them. */
const inSome = /^ nftables (table name|base chain|don't force)|^ Default script/;
const onlyOurs = /^ {3}(Reason|Priority explained) = /;
const onlyTheirs =
  /^ libnftnl version|^ {3}(Delayed state change|Reset ARP config|Original (arp|promote)|Reset promote|rp_filter|(Not )?IPv6 forw)/;

/** Times, numbers of descriptors and secrets are not compared. */
function masked(kind: Kind, name: string): string[] {
  return text(kind, name)
    .split('\n')
    .filter((line) => !inSome.test(line) && !(kind === 'ours' ? onlyOurs : onlyTheirs).test(line))
    .map((line) =>
      line
        .replace(/\d+\.\d{6} \(.*\)$/, 'TIME')
        // A script may be under way at the moment.
        .replace(/^( {3}State =) (idle|running)$/, '$1 AT TIMES')
        .replace(/fd_in \d+,? fd_out (= )?\d+/, 'DESCRIPTORS')
        .replace(/^( {3}Password =) .*/, '$1 SECRET')
        .replace(/= 4294967295$/, '= 5'),
    );
}

describe('the text is that of keepalived', () => {
  it('in keepalived.data, the tables of sockets and interfaces included', () => {
    const theirs = masked('debian', 'keepalived.data');
    expect(theirs.length).toBeGreaterThan(400);
    expect(masked('ours', 'keepalived.data')).toEqual(theirs);
    expect(text('ours', 'keepalived.data')).toContain('------< VRRP Sockpool >------');
  });

  it('in keepalived_parent.data', () => {
    const theirs = masked('debian', 'keepalived_parent.data');
    expect(theirs.length).toBeGreaterThan(50);
    expect(masked('ours', 'keepalived_parent.data')).toEqual(theirs);
  });

  it('in keepalived.stats, but for the number of advertisements and what 2.4 counts besides', () => {
    const lines = (kind: Kind): string =>
      text(kind, 'keepalived.stats')
        .replace(/Sent: \d+/g, 'Sent: N')
        .replace(/ {2}Authentication Extension Errors:\n( {4}.*\n)*/g, '');
    expect(lines('debian')).toContain('Priority Zero:');
    expect(lines('ours')).toBe(lines('debian'));
  });

  it('in keepalived.json, keys in their order', () => {
    const instances = (kind: Kind): unknown =>
      JSON.parse(text(kind, 'keepalived.json'), (key, value: unknown) => {
        if (key === 'last_transition' || key === 'advert_sent') return typeof value;
        return key === 'auth_data' ? '********' : value;
      }) as unknown;
    const lines = (kind: Kind): string[] =>
      JSON.stringify(instances(kind), null, 1)
        .split('\n')
        .filter((line) => !line.includes('"auth_ext_'));
    expect(lines('debian').length).toBeGreaterThan(300);
    expect(lines('ours')).toEqual(lines('debian'));
  });

  it('and the mode of every file and of the FIFO', () => {
    const modes = (kind: Kind): string[] =>
      [...Object.keys(texts[kind]), 'fifo'].map((name) => `${name} ${scenes[kind].mode(name).toString(8)}`);
    expect(modes('debian')).toHaveLength(5);
    expect(modes('ours')).toEqual(modes('debian'));
  });

  it('and no secret is in any of them', () => {
    expect(Object.values(texts.debian).join('')).toContain('hidden');
    expect(Object.values(texts.ours).join('')).not.toContain('hidden');
  });
});

describe('programs read from ours what they read from keepalived', () => {
  it('a Prometheus exporter, from the text files', () => {
    const theirs = scrapeInstances(text('debian', 'keepalived.data'));
    expect(theirs.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'V4 MASTER',
      'V6 MASTER',
      'UNI MASTER',
      'VM MASTER',
      'AH MASTER',
      'DOWN FAULT',
    ]);
    expect(scrapeInstances(text('ours', 'keepalived.data'))).toEqual(theirs);
    expect(scrapeScripts(text('debian', 'keepalived.data'))).toEqual(['chk_ok GOOD', 'chk_bad BAD']);
    expect(scrapeScripts(text('ours', 'keepalived.data'))).toEqual(['chk_ok GOOD', 'chk_bad BAD']);
    // It gives up unless both files have the same instances.
    for (const kind of kinds) {
      const counted = [...readExporterStatistics(text(kind, 'keepalived.stats')).keys()];
      expect(counted).toEqual(theirs.map(({ name }) => name));
    }
  });

  it('the same, from the JSON file', () => {
    const theirs = scrapeJson(text('debian', 'keepalived.json'));
    expect(theirs).toHaveLength(6);
    expect(scrapeJson(text('ours', 'keepalived.json'))).toEqual(theirs);
    // What the text says of VMACs has another form there.
    const plain = (name: string): boolean => name !== 'VM';
    expect(scrapeJson(text('ours', 'keepalived.json')).filter(({ name }) => plain(name))).toEqual(
      scrapeInstances(text('ours', 'keepalived.data')).filter(({ name }) => plain(name)),
    );
  });

  it('and JSON counts what the statistics file counts, advertisements apart', () => {
    for (const kind of kinds) {
      const json = countersOfJson(text(kind, 'keepalived.json'));
      const file = readExporterStatistics(text(kind, 'keepalived.stats'));
      for (const [name, counted] of json) {
        for (const [place, number] of counted)
          if (place !== 'Advertisements/Sent')
            expect(file.get(name)?.get(place), `${kind} ${name} ${place}`).toBe(number);
      }
    }
  });

  it('another exporter', () => {
    const theirs = readSecondExporterData(text('debian', 'keepalived.data'));
    expect(theirs).toContain('V4 MASTER');
    expect(theirs).toHaveLength(6);
    expect(readSecondExporterData(text('ours', 'keepalived.data'))).toEqual(theirs);
  });

  it('the status page of a router', () => {
    const table = (kind: Kind): string[][] => applianceTable(text(kind, 'keepalived.json'), Date.now());
    expect(table('debian')[3]).toEqual(['VM', 'vrrp.44', '44', 'MASTER', '100']);
    expect(table('ours')).toEqual(table('debian'));
  });

  it('a grep for the first state', () => {
    expect(grepFirstState(text('debian', 'keepalived.data'))).toBe(' MASTER');
    expect(grepFirstState(text('ours', 'keepalived.data'))).toBe(' MASTER');
  });
});

describe('programs find the daemon', () => {
  it.each(kinds)('by its name, the parent first: %s', async (kind) => {
    const { machine } = scenes[kind];
    const parent = machine.read('/run/keepalived.pid').trim();
    const children = [machine.read('/run/vrrp.pid').trim()];
    // All processes of the machine whose comm is keepalived, as an exporter looks through /proc.
    const script = 'for p in $(cat /run/keepalived.pid /run/vrrp.pid); do echo $p $(cat /proc/$p/comm); done';
    const { stdout } = await machine.run(['sh', '-c', script]);
    expect(stdout.trim().split('\n')).toEqual([parent, ...children].map((pid) => `${pid} keepalived`));
    expect(Number(parent)).toBeLessThan(Number(children[0]));
  });

  it.each(kinds)('by its version and by what it was built with: %s', async (kind) => {
    const { stderr } = await scenes[kind].machine.run([programs[kind], '-v']);
    expect(stderr.split('\n')[0]?.split(' ')[1]?.slice(1)).toMatch(/^\d+\.\d+\.\d+$/);
    expect(stderr).toContain('--enable-json');
  });
});

it.each(kinds)('without instances there is no JSON file, as a router takes it: %s', async (kind) => {
  const scene = scenes[kind];
  scene.machine.write(configurationFile, 'static_ipaddress {\n    192.0.2.9/24 dev eth1\n}\n');
  scene.daemon.signal('SIGHUP');
  await until('the instances are gone', { within: patience, every: 100 }, async () => {
    const { 'keepalived.data': data = '' } = await scene.ask('DATA');
    return data.includes('------< Interfaces >------') && !data.includes(' VRRP Instance = ');
  });
  await scene.machine.run(['rm', '-f', '/tmp/keepalived.json']);
  scene.daemon.signal(36);
  await scene.ask('DATA');
  expect(scene.machine.exists('/tmp/keepalived.json')).toBe(false);
});
