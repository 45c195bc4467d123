import { describe, expect, it } from 'vitest';
import { formatAge } from '../../../src/cli/age.ts';
import { formatStatus } from '../../../src/cli/status-text.ts';
import type { DaemonStatus } from '../../../src/cli/status-text.ts';
import { emptyStatistics } from '../../../src/vrrp/statistics.ts';

const bare: DaemonStatus = { pid: 4711, files: ['/etc/keepalived/keepalived.conf'], processes: [] };

describe('the status for people', () => {
  it.each([
    [0, '0 s'],
    [119_999, '119 s'],
    [120_000, '2 min'],
    [7_199_999, '119 min'],
    [7_200_000, '2 h 0 min'],
    [172_800_000, '2 d 0 h'],
    // Clocks of two processes differ by a little.
    [-1, '0 s'],
  ])('gives an age of %i ms as %s', (age, text) => {
    expect(formatAge(age)).toBe(text);
  });

  it('says nothing of processes that are well', () => {
    const processes = [{ kind: 'vrrp', pid: 4712, state: 'running', deaths: 0 }] as const;
    expect(formatStatus({ ...bare, processes })).toBe(
      'keepalived, pid 4711, configuration /etc/keepalived/keepalived.conf\n',
    );
  });

  it('names processes in trouble and a reload that was refused', () => {
    const text = formatStatus({
      ...bare,
      processes: [
        { kind: 'vrrp', pid: 4712, state: 'silent', deaths: 0 },
        { kind: 'checker', state: 'waiting', deaths: 2 },
      ],
      lastReload: { at: '2026-01-02T03:04:05.000Z', outcome: 'refused', errors: ['a.conf:1:1: error: no'] },
    });
    expect(text.split('\n').slice(1)).toEqual([
      'last reload refused at 2026-01-02T03:04:05.000Z: the configuration before it is running',
      '  a.conf:1:1: error: no',
      'process vrrp, pid 4712: does not answer',
      'process checker: has died and is started again soon, died 2 times since the start',
      '',
    ]);
  });

  it('shows of an instance what it dropped and why, whether it has heard anybody, and that it listens', () => {
    const statistics = emptyStatistics();
    const instance = {
      name: 'VI_1',
      state: 'MASTER',
      wantedState: 'MASTER',
      since: 0,
      reason: 'nobody advertised for 3.609 s',
      basePriority: 100,
      effectivePriority: 100,
      priorityExplanation: '100',
      masterPriority: 0,
      masterAdvertisementInterval: 1000,
      addressesSet: true,
      statistics,
      heardPeer: false,
      refusals: [
        { code: 'password', reason: 'received an invalid passwd!', count: 12, source: '192.0.2.9', at: 60_000 },
        { code: 'ttl', reason: 'invalid TTL 64, expected 255', count: 1, source: '192.0.2.8', at: 0 },
      ],
      listeningUntil: 66_000,
    } as const;
    const processes = [
      { name: 'web', running: 2, up: true },
      { name: 'db', running: 0, up: true, delayed: 'terminate' },
      { name: 'new' },
    ] as const;
    const vrrp = { now: 65_000, instances: [instance], groups: [], processes };
    expect(
      formatStatus({ ...bare, vrrp })
        .split('\n')
        .slice(1),
    ).toEqual([
      'instance VI_1: MASTER for 65 s (nobody advertised for 3.609 s)',
      '  priority 100',
      '  no other router was heard so far',
      '  was late, and listens before it speaks',
      '  dropped 12 advertisements: received an invalid passwd! (last from 192.0.2.9, 5 s ago)',
      '  dropped 1 advertisement: invalid TTL 64, expected 255 (last from 192.0.2.8, 65 s ago)',
      'tracked process web: UP, 2 running',
      'tracked process db: UP, 0 running, that counts once terminate_delay has passed',
      'tracked process new: not counted yet',
      '',
    ]);
  });

  it('shows services with their servers and checks, each with its reason', () => {
    const text = formatStatus({
      ...bare,
      checker: {
        now: 65_000,
        running: true,
        probesInFlight: 0,
        probesWaiting: 0,
        checks: 1,
        worstLateness: 0,
        virtualServers: [
          {
            label: '[10.0.0.1]:tcp:80',
            identity: { kind: 'address', family: 'inet', protocol: 'tcp', address: '10.0.0.1', port: 80 },
            quorum: { state: 'DOWN', since: 5_000, reason: 'no server left', weight: 0, quorum: 1, hysteresis: 0 },
            sorryServer: { label: '[10.0.0.9]:tcp:80', active: true },
            servers: [
              {
                label: '[10.0.0.2]:tcp:80',
                address: '10.0.0.2',
                port: 80,
                state: 'DOWN',
                since: 5_000,
                reason: 'TCP_CHECK failed',
                weight: 1,
                effectiveWeight: 0,
                inPool: false,
                checkers: [
                  {
                    type: 'TCP_CHECK',
                    address: '10.0.0.2',
                    port: 80,
                    state: 'DOWN',
                    since: 5_000,
                    reason: 'connection refused',
                    hasRun: true,
                    runs: 12,
                    failures: 3,
                    retriesUsed: 0,
                    retry: 1,
                    inFlight: false,
                    sharedBy: 1,
                  },
                ],
              },
            ],
          },
        ],
      },
    });
    expect(text.split('\n').slice(1)).toEqual([
      'service [10.0.0.1]:tcp:80: DOWN for 60 s (no server left), weight 0, quorum 1',
      '  sorry server [10.0.0.9]:tcp:80 answers',
      '  [10.0.0.2]:tcp:80: DOWN for 60 s, weight 0 (TCP_CHECK failed)',
      '    TCP_CHECK: DOWN, 12 runs, 3 failed (connection refused)',
      '',
    ]);
  });
});
