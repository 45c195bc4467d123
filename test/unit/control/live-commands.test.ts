/** `server` and `vrrp` of the control socket: what requests mean, what is refused, what is answered. */
import { describe, expect, it } from 'vitest';
import { formatKept } from '../../../src/cli/live-text.ts';
import type { Caller } from '../../../src/control/command.ts';
import type { ReloadAnswer } from '../../../src/control/commands/reload.ts';
import type { Answer } from '../../../src/control/protocol.ts';
import { answerTo, understand } from '../../../src/control/registry.ts';
import { noLiveChanges, type LiveChanges } from '../../../src/live/types.ts';
import { LiveOverlay } from '../../../src/process/live-overlay.ts';
import {
  configurationModel,
  groupModel,
  instanceModel,
  realServerModel,
  virtualServerModel,
} from '../../support/models.ts';
import { keepingLog, portsWith } from './support.ts';

const servers = [realServerModel({ address: '10.0.0.1' }), realServerModel({ address: '10.0.0.2' })];
const http = { kind: 'address', family: 'inet', protocol: 'tcp', address: '192.0.2.1', port: 80 } as const;
const configuration = configurationModel({
  virtualServers: [
    virtualServerModel({ identity: http, persistenceTimeout: 300_000, realServers: servers }),
    virtualServerModel({ identity: { kind: 'fwmark', family: 'inet', mark: 5 }, realServers: servers }),
  ],
  instances: [
    instanceModel({ name: 'VI_1', nopreempt: true }),
    instanceModel({ name: 'VI_2', priority: 255 }),
    instanceModel({ name: 'both' }),
  ],
  syncGroups: [groupModel({ name: 'VG', members: ['VI_1', 'VI_2'] }), groupModel({ name: 'both', members: ['both'] })],
});

function daemon() {
  let changes: LiveChanges = noLiveChanges;
  const live = new LiveOverlay(keepingLog([]), {
    changed: (all) => (changes = all),
    event: () => undefined,
  });
  live.follow(configuration);
  const caller: Caller = {
    part: () => undefined,
    ready: () => Promise.resolve(),
    gone: new AbortController().signal,
    user: 1000,
  };
  const ports = portsWith({
    live,
    configuration: () => configuration,
    reload: () => {
      // What is left of a file without VI_1.
      live.follow({ ...configuration, vrrp: { ...configuration.vrrp, instances: [] } });
      return Promise.resolve({ outcome: 'applied', summary: 'less' });
    },
  });
  return {
    live,
    ask: (fields: object): Promise<Answer> =>
      answerTo(JSON.stringify({ version: 1, ...fields }), ports, caller, 'change'),
    settings: () =>
      [...changes.servers, ...changes.vrrp].map(({ setting, target }) =>
        'service' in target
          ? `${target.address} ${target.service.kind} ${JSON.stringify(setting)}`
          : `${target.kind} ${target.name} ${JSON.stringify(setting)}`,
      ),
  };
}

describe('the command server', () => {
  it('sets, lists and takes back', async () => {
    const { ask, settings } = daemon();
    const drain = { command: 'server', action: 'drain', service: '192.0.2.1:80', server: '10.0.0.1' };
    expect(await ask({ ...drain, for: 600 })).toMatchObject({
      ok: true,
      result: {
        set: [
          {
            subject: 'server 10.0.0.1:80 of 192.0.2.1:80/tcp',
            what: 'drain',
            reason: 'weight 0: drained by the operator (uid 1000) for 10m',
            by: 1000,
          },
        ],
        notes: [expect.stringContaining('expire_quiescent_template') as string],
      },
    });
    expect(
      await ask({ command: 'server', action: 'weight', service: 'fwmark:5', server: '10.0.0.2', weight: 0 }),
    ).toMatchObject({
      result: { notes: [] },
    });
    expect(settings()).toEqual(['10.0.0.1 address {"kind":"drain"}', '10.0.0.2 fwmark {"kind":"weight","weight":0}']);
    expect(await ask({ command: 'server' })).toMatchObject({
      result: { changes: [{ what: 'drain' }, { what: 'weight 0' }] },
    });
    expect(await ask({ ...drain, action: 'ready' })).toMatchObject({
      result: { cleared: [{ what: 'drain' }] },
    });
    expect(await ask({ ...drain, action: 'ready' })).toMatchObject({ result: { cleared: [] } });
    expect(await ask({ command: 'server', action: 'clear' })).toMatchObject({
      result: { cleared: [{ what: 'weight 0' }] },
    });
    expect(settings()).toEqual([]);
  });

  it('takes a machine out of all services at once', async () => {
    const { ask, settings } = daemon();
    expect(await ask({ command: 'server', action: 'maint', service: 'all', server: '10.0.0.2' })).toMatchObject({
      result: { notes: [expect.stringContaining('expire_nodest_conn') as string] },
    });
    expect(settings()).toEqual(['10.0.0.2 address {"kind":"maint"}', '10.0.0.2 fwmark {"kind":"maint"}']);
  });

  it.each([
    ['of its list', 'fwmark:5/inet', '10.0.0.1:80'],
    ['that set it', 'fwmark:5', '10.0.0.1:80'],
    ['that mean a machine', 'all', '10.0.0.1'],
  ])('takes back what waits, by the words %s', async (_which, service, server) => {
    const { ask, live, settings } = daemon();
    await ask({ command: 'server', action: 'drain', service: 'fwmark:5', server: '10.0.0.1:80' });
    live.follow(configurationModel({}));
    expect(await ask({ command: 'server' })).toMatchObject({ result: { changes: [{ waiting: true }] } });
    const other = { command: 'server', action: 'ready', service, server: '10.0.0.2' };
    expect(await ask(other)).toMatchObject({ result: { cleared: [] } });
    const ready = { command: 'server', action: 'ready', service, server };
    expect(await ask(ready)).toMatchObject({ ok: true });
    expect(settings()).toEqual([]);
  });

  it.each([
    [{ action: 'drain' }, 'service is a virtual server'],
    [{ action: 'drain', service: '192.0.2.1:80' }, 'server is a real server'],
    [{ action: 'drain', service: '192.0.2.9:80', server: '10.0.0.1' }, 'there is no virtual_server 192.0.2.9:80'],
    [{ action: 'drain', service: 'fwmark:5', server: '10.0.0.9' }, 'has no server 10.0.0.9; it has 10.0.0.1:80'],
    [{ action: 'weight', service: 'fwmark:5', server: '10.0.0.1' }, 'weight is a whole number, 0 to 65535'],
    [{ action: 'weight', service: 'fwmark:5', server: '10.0.0.1', weight: 65_536 }, 'weight is a whole number'],
    [{ action: 'weight', service: 'fwmark:5', server: '10.0.0.1', weight: 1.5 }, 'weight is a whole number'],
    [{ action: 'weight', service: 'fwmark:5', server: '10.0.0.1', weight: -1 }, 'weight is a whole number'],
    [{ action: 'drain', service: 'fwmark:5', server: '10.0.0.1', weight: 1 }, 'unknown field "weight"'],
    [{ action: 'drain', service: 'fwmark:5', server: '10.0.0.1', for: 0 }, 'for is seconds'],
    [{ action: 'drain', service: 'fwmark:5', server: '10.0.0.1', for: 1e9 }, 'for is seconds'],
    [{ action: 'kill', service: 'fwmark:5', server: '10.0.0.1' }, 'action is one of'],
  ])('refuses %j', async (fields, error) => {
    const { ask, settings } = daemon();
    expect(await ask({ command: 'server', ...fields })).toEqual({
      ok: false,
      error: expect.stringContaining(error) as string,
    });
    expect(settings()).toEqual([]);
  });
});

describe('the command vrrp', () => {
  it('sets a priority, and says what it cannot do', async () => {
    const { ask, settings } = daemon();
    expect(await ask({ command: 'vrrp', action: 'priority', name: 'VI_1', priority: 50 })).toMatchObject({
      result: {
        set: [{ subject: 'instance VI_1', what: 'priority 50' }],
        notes: [expect.stringContaining('sync group VG') as string, expect.stringContaining('nopreempt') as string],
      },
    });
    expect(settings()).toEqual(['instance VI_1 {"kind":"priority","priority":50}']);
  });

  it('releases the group of a member, and takes that back by the member too', async () => {
    const { ask, settings } = daemon();
    expect(await ask({ command: 'vrrp', action: 'release', name: 'VI_2' })).toMatchObject({
      result: {
        set: [{ subject: 'sync group VG', what: 'release' }],
        notes: [
          'VI_2 is a member of sync group VG, which is released as a whole',
          expect.any(String),
          expect.any(String),
        ],
      },
    });
    expect(settings()).toEqual(['group VG {"kind":"release"}']);
    expect(await ask({ command: 'vrrp', action: 'auto', name: 'VI_2' })).toMatchObject({
      result: { cleared: [{ subject: 'sync group VG' }] },
    });
    expect(settings()).toEqual([]);
  });

  it('sets preemption beside the priority, and takes both back', async () => {
    const { ask, settings } = daemon();
    await ask({ command: 'vrrp', action: 'priority', name: 'VI_1', priority: 50 });
    expect(await ask({ command: 'vrrp', action: 'preempt', name: 'VI_1' })).toMatchObject({
      result: { set: [{ subject: 'instance VI_1', what: 'preempt' }], notes: [] },
    });
    await ask({ command: 'vrrp', action: 'nopreempt', name: 'VI_1' });
    expect(settings()).toEqual([
      'instance VI_1 {"kind":"priority","priority":50}',
      'instance VI_1 {"kind":"nopreempt"}',
    ]);
    expect(await ask({ command: 'vrrp', action: 'auto', name: 'VI_1' })).toMatchObject({
      result: { cleared: [{ what: 'priority 50' }, { what: 'nopreempt' }] },
    });
    expect(settings()).toEqual([]);
  });

  it('takes back what waits for its instance', async () => {
    const { ask, live, settings } = daemon();
    await ask({ command: 'vrrp', action: 'priority', name: 'VG', priority: 9 });
    live.follow(configurationModel({}));
    expect(await ask({ command: 'vrrp', action: 'auto', name: 'VG' })).toMatchObject({ result: { cleared: [{}] } });
    expect(settings()).toEqual([]);
  });

  it.each([
    [{ action: 'release' }, 'name is the name of an instance or a sync group'],
    [{ action: 'release', name: 'VI_9' }, 'there is no instance or sync group VI_9; there are VI_1, VI_2, both, VG'],
    [{ action: 'auto', name: 'VI_9' }, 'there is no instance or sync group VI_9'],
    [{ action: 'release', name: 'both' }, 'both is an instance and a sync group: say which'],
    [{ action: 'priority', name: 'VI_1' }, 'priority is a whole number, 1 to 254'],
    [{ action: 'priority', name: 'VI_1', priority: 255 }, 'priority is a whole number, 1 to 254'],
    [{ action: 'priority', name: 'VI_1', priority: 0 }, 'priority is a whole number, 1 to 254'],
    [{ action: 'release', name: 'VI_1', kind: 'group' }, 'there is no group VI_1'],
  ])('refuses %j', async (fields, error) => {
    const { ask, settings } = daemon();
    expect(await ask({ command: 'vrrp', ...fields })).toEqual({
      ok: false,
      error: expect.stringContaining(error) as string,
    });
    expect(settings()).toEqual([]);
  });

  it('lists only to those who may not change', () => {
    const access = (fields: object): unknown => understand(JSON.stringify({ version: 1, ...fields })).access;
    expect(access({ command: 'vrrp' })).toBe('read');
    expect(access({ command: 'server', action: 'list' })).toBe('read');
    expect(access({ command: 'vrrp', action: 'auto', name: 'VI_1' })).toBe('change');
    expect(access({ command: 'server', action: 'clear' })).toBe('change');
  });
});

it('a reload names what goes on beside the file, and what waits for its target', async () => {
  const { ask } = daemon();
  expect(await ask({ command: 'reload' })).toEqual({ ok: true, result: { outcome: 'applied', summary: 'less' } });
  await ask({ command: 'server', action: 'drain', service: 'fwmark:5', server: '10.0.0.2' });
  await ask({ command: 'vrrp', action: 'priority', name: 'VI_1', priority: 50 });
  const answer = await ask({ command: 'reload' });
  expect(answer).toMatchObject({
    result: {
      live: [
        { subject: 'server 10.0.0.2:80 of fwmark:5/inet', what: 'drain' },
        { subject: 'instance VI_1', what: 'priority 50', waiting: true },
      ],
    },
  });
  const { live } = (answer as { readonly result: ReloadAnswer }).result;
  expect(live?.[0]).not.toHaveProperty('waiting');
  expect(formatKept(live)).toBe(
    [
      'set beside the file, and not touched by this:',
      '  instance VI_1: priority 50 (for 0 s, by uid 1000, waits: it is not in the configuration)',
      '  server 10.0.0.2:80 of fwmark:5/inet: drain (for 0 s, by uid 1000)\n',
    ].join('\n'),
  );
});
