import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { VrrpTrackProcess } from '../../../src/config/model.ts';
import type { VrrpDumpInput } from '../../../src/process/dump/input.ts';
import { vrrpDataText } from '../../../src/process/dump/vrrp-data.ts';
import { at } from '../../support/models.ts';
import { backupScenario, syncGroupScenario, trackingScenario } from './models.ts';
import { grepFirstState, readExporterData } from '../../support/dump-readers.ts';

const fixture = (name: string): string => readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8');

/** Blocks that start with a line of one space, by that line. Times and descriptors are masked, our own lines left out. */
function blocks(text: string, heading: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  let current: string[] | undefined;
  for (const line of text.split('\n')) {
    if (line.startsWith(` ${heading} = `)) found.set(line, (current = []));
    else if (!line.startsWith('   ')) current = undefined;
    else if (/^ {3}(Reason|Priority explained|Read timeout|fd_in|Init state|Number of interface)/.test(line)) continue;
    else current?.push(line.replace(/^( {3}(?:Last transition|Password) =).*/, '$1 masked'));
  }
  return found;
}

const scenarios: readonly [string, VrrpDumpInput][] = [
  ['sync-group', syncGroupScenario()],
  ['tracking', trackingScenario()],
  ['backup', backupScenario()],
];

describe('keepalived.data', () => {
  // fixtures/*.data are what Debian's keepalived 2.2.7 wrote for fixtures/*.conf.
  it.each(scenarios)('shows the instances of %s line by line as keepalived does', (name, input) => {
    const theirs = blocks(fixture(`${name}.data`), 'VRRP Instance');
    const ours = blocks(vrrpDataText(input), 'VRRP Instance');
    expect(ours.size).toBeGreaterThan(2);
    for (const [instance, lines] of ours) expect(lines, instance).toEqual(theirs.get(instance));
  });

  it.each(['VRRP Script', 'Track file'])('shows a %s as keepalived does', (heading) => {
    const theirs = blocks(fixture('tracking.data'), heading);
    expect(theirs.size).toBeGreaterThan(0);
    expect(blocks(vrrpDataText(trackingScenario()), heading)).toEqual(theirs);
  });

  it('shows how many processes run and whether they are enough, where keepalived does', () => {
    const input = trackingScenario();
    const { configuration } = input;
    const process: VrrpTrackProcess = {
      name: 'web_server',
      process: 'nginx worker',
      parameters: [],
      parameterMatch: 'none',
      fullCommand: false,
      weight: -20,
      reverse: false,
      quorum: 2,
      quorumMax: 9,
      terminateDelay: 1500,
      forkDelay: 1500,
      at,
    };
    const text = vrrpDataText({
      ...input,
      configuration: { ...configuration, vrrp: { ...configuration.vrrp, trackProcesses: [process] } },
      processes: [{ name: 'web_server', running: 3, up: true }],
    });
    // The block of ../../golden/dumps/vrrp.vrrp.data up to the delays, with another number and verdict.
    expect(text).toContain(
      [
        '------< VRRP Track processes >------',
        ' VRRP Track process = web_server',
        '   Process = nginx worker',
        '   Min processes = 2',
        '   Max processes = 9',
        '   Current processes = 3',
        '   Have quorum = true',
        '   Weight = -20',
        '   Terminate delay = 1.500000s',
        '   Fork delay = 1.500000s',
      ].join('\n'),
    );
  });

  it.each(scenarios)('can be read by the Prometheus exporter: %s', (_name, input) => {
    const { instances } = readExporterData(vrrpDataText(input));
    expect(instances.map(({ name }) => name)).toEqual(input.instances.map(({ name }) => name));
    for (const [position, { values, addresses, excluded }] of instances.entries()) {
      const configuration = input.configuration.vrrp.instances[position]!;
      expect(values.get('State')).toBe(input.instances[position]?.state);
      expect(values.get('Wantstate')).toBe(input.instances[position]?.wantedState);
      expect(values.get('Interface')).toBe(configuration.interface);
      expect(values.get('Gratuitous ARP delay')).toMatch(/^\d+$/);
      expect(values.get('Virtual Router ID')).toBe(String(configuration.virtualRouterId));
      expect(addresses.map(({ ip }) => ip.split('/')[0])).toEqual(
        configuration.virtualAddresses.map(({ address }) => address),
      );
      expect(excluded.length).toBe(configuration.excludedVirtualAddresses.length);
    }
  });

  it('has the device of an address where the exporter looks for it', () => {
    const { instances } = readExporterData(vrrpDataText(syncGroupScenario()));
    expect(instances[0]?.addresses).toEqual([
      { ip: '10.9.0.100/24', device: 'va' },
      { ip: '10.9.0.101', device: 'vb' },
    ]);
    expect(instances[0]?.excluded).toEqual([{ ip: 'fd00:9::1/64', device: 'va' }]);
  });

  it('shows the state of scripts in the words the exporter knows', () => {
    const { scripts } = readExporterData(vrrpDataText(trackingScenario()));
    expect(scripts.get('chk')?.get('Status')).toBe('BAD');
    expect(scripts.get('ok')?.get('Status')).toBe('GOOD');
    expect(scripts.get('chk')?.get('State')).toBe('idle');
  });

  it.each([
    ['sync-group', syncGroupScenario(), ' MASTER'],
    ['backup', backupScenario(), ' BACKUP'],
  ] as const)(
    'has the first state within six lines of the heading, where scripts grep for it: %s',
    (name, input, state) => {
      expect(grepFirstState(fixture(`${name}.data`))).toContain(state);
      expect(grepFirstState(vrrpDataText(input))).toBe(state);
    },
  );

  it('tells why, and how the priority came about', () => {
    const text = vrrpDataText(syncGroupScenario());
    expect(text).toContain('   Reason = no advertisement for 3.609 s\n');
    expect(text).toContain('   Priority explained = 150\n');
  });

  it('dates the last transition by the wall clock', () => {
    const [first] = readExporterData(vrrpDataText(syncGroupScenario())).instances;
    expect(first?.values.get('Last transition')).toMatch(
      /^1795298215\.419000 \(Sat Nov 21 \d\d:\d\d:55\.419000 2026\)$/,
    );
  });

  it('never shows a password', () => {
    expect(vrrpDataText(syncGroupScenario()) + vrrpDataText(trackingScenario())).not.toContain('secret12');
  });
});
