import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { VrrpDumpInput } from '../../../src/process/dump/input.ts';
import { vrrpJson } from '../../../src/process/dump/json.ts';
import { statisticsText } from '../../../src/process/dump/statistics.ts';
import { at } from '../../support/models.ts';
import { backupScenario, noStatistics, syncGroupScenario, trackingScenario } from './models.ts';
import { readExporterStatistics } from '../../support/dump-readers.ts';

interface Dumped {
  readonly data: Readonly<Record<string, unknown>>;
  readonly stats: Readonly<Record<string, number>>;
}

const fixture = (name: string): string => readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8');
const read = (text: string): Dumped[] => JSON.parse(text) as Dumped[];

const scenarios: readonly [string, VrrpDumpInput][] = [
  ['sync-group', syncGroupScenario()],
  ['tracking', trackingScenario()],
  ['backup', backupScenario()],
];

/** What differs by time, and what later releases mask. */
function comparable(data: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { ...data, last_transition: 0, ...('auth_data' in data ? { auth_data: 'masked' } : {}) };
}

describe('keepalived.json', () => {
  // fixtures/*.json are what Debian's keepalived 2.2.7 wrote for fixtures/*.conf.
  it.each(scenarios)('has the keys and values of keepalived: %s', (name, input) => {
    const theirs = new Map(read(fixture(`${name}.json`)).map((instance) => [instance.data['iname'], instance]));
    for (const { data, stats } of read(vrrpJson(input, 1))) {
      const original = theirs.get(data['iname'])!;
      expect(comparable(data)).toEqual(comparable(original.data));
      expect(Object.keys(data)).toEqual(Object.keys(original.data));
      // Releases from 2.4.0 on have the counters of the HMAC trailer besides.
      expect(Object.keys(stats).filter((key) => !key.startsWith('auth_ext_'))).toEqual(Object.keys(original.stats));
    }
  });

  it('puts the same array under `vrrp` in version 2', () => {
    const input = syncGroupScenario();
    expect(JSON.parse(vrrpJson(input, 2))).toEqual({ vrrp: read(vrrpJson(input, 1)) });
  });

  it('has the tracked processes in version 2, under the names of the original', () => {
    const scenario = trackingScenario();
    const web = {
      name: 'web',
      process: 'nginx',
      parameters: ['-g', 'daemon off;'],
      parameterMatch: 'partial',
      quorum: 2,
      quorumMax: 9,
      forkDelay: 1500,
      terminateDelay: 0,
      weight: 20,
      reverse: false,
      fullCommand: true,
      at,
    } as const;
    const input = {
      ...scenario,
      configuration: { ...scenario.configuration, vrrp: { ...scenario.configuration.vrrp, trackProcesses: [web] } },
      processes: [{ name: 'web', running: 3, up: false, delayed: 'fork' as const }],
    };
    const { track_process: found } = JSON.parse(vrrpJson(input, 2)) as { track_process?: Record<string, unknown>[] };
    expect(found).toMatchObject([
      {
        process: 'nginx',
        param_match: 'partial',
        min_processes: 2,
        max_processes: 9,
        current_processes: 3,
        have_quorum: false,
        fork_delay: 1.5,
        fork_delay_timer_running: true,
        terminate_delay_timer_running: false,
        full_command: true,
      },
    ]);
    // Names and order: reference, runtime contract.
    const names =
      'process parameters param_match min_processes max_processes current_processes have_quorum weight terminate_delay ' +
      'fork_delay fork_delay_timer_running terminate_delay_timer_running full_command';
    expect(Object.keys(found?.[0] ?? {})).toEqual(names.split(' '));
  });

  it('counts what the trailer of auth_hmac was refused for', () => {
    const input = trackingScenario();
    const refusals = [{ code: 'hmac-replay', reason: '', count: 7, source: '192.0.2.9', at: 0 }];
    const instances = input.instances.map((instance) => ({ ...instance, refusals }));
    expect(read(vrrpJson({ ...input, instances }, 1))[0]?.stats).toMatchObject({
      auth_ext_replay: 7,
      auth_ext_stale: 0,
    });
  });

  it('gives appliances the numbers they work with', () => {
    const data = read(vrrpJson(trackingScenario(), 1)).map((instance) => instance.data);
    expect(data.map(({ state }) => state)).toEqual([2, 3, 3]);
    expect(data[0]).toMatchObject({ iname: 'VI_1', ifp_ifname: 'va', vrid: 51, effective_priority: 131 });
    expect(data[0]?.['last_transition']).toBeCloseTo(1795298215.419, 3);
    expect(Number.isInteger(data[0]?.['garp_delay'])).toBe(true);
  });

  it('masks passwords', () => {
    const text = vrrpJson(syncGroupScenario(), 1);
    expect(text).not.toContain('secret12');
    expect(read(text)[0]?.data['auth_data']).toBe('********');
  });
});

describe('keepalived.stats', () => {
  const counted = Object.fromEntries(Object.keys(noStatistics).map((key, position) => [key, position + 1]));
  const [status] = syncGroupScenario().instances;
  const text = statisticsText([{ ...status!, statistics: counted as unknown as typeof noStatistics }]);

  it('has every line of keepalived in its place', () => {
    const [theirs] = readExporterStatistics(fixture('sync-group.stats')).values();
    const [ours] = readExporterStatistics(text).values();
    const keys = [...(ours?.keys() ?? [])];
    expect(keys.filter((key) => !key.startsWith('Authentication Extension Errors'))).toEqual([
      ...(theirs?.keys() ?? []),
    ]);
  });

  it('puts every counter under its own name', () => {
    const [ours] = readExporterStatistics(text).values();
    const expected: Readonly<Record<string, string>> = {
      'Advertisements/Received': 'advertisementsReceived',
      'Advertisements/Sent': 'advertisementsSent',
      'Became master': 'becameMaster',
      'Released master': 'releasedMaster',
      'Packet Errors/Length': 'lengthErrors',
      'Packet Errors/TTL': 'ttlErrors',
      'Packet Errors/Invalid Type': 'invalidTypeErrors',
      'Packet Errors/Advertisement Interval': 'advertisementIntervalErrors',
      'Packet Errors/Address List': 'addressListErrors',
      'Authentication Errors/Invalid Type': 'invalidAuthenticationType',
      'Authentication Errors/Type Mismatch': 'authenticationTypeMismatch',
      'Authentication Errors/Failure': 'authenticationFailure',
      'Priority Zero/Received': 'priorityZeroReceived',
      'Priority Zero/Sent': 'priorityZeroSent',
    };
    for (const [key, counter] of Object.entries(expected)) expect(ours?.get(key), key).toBe(counted[counter]);
  });
});
