import { describe, expect, it } from 'vitest';
import { plan, summaryText } from '../../../src/plan/plan.ts';
import type { InstanceSituation, ItemChange } from '../../../src/plan/types.ts';
import { model } from '../config/memory.ts';

const instance = (changes = '', priority = 100, vrid = 51, name = 'VI_1', address = '192.0.2.10/24'): string => `
vrrp_instance ${name} {
    interface eth0
    virtual_router_id ${vrid}
    priority ${priority}
    ${changes}
    virtual_ipaddress {
        ${address}
    }
}
`;
const service = (servers: string, changes = 'lb_algo rr', address = '192.0.2.1 80'): string => `
virtual_server ${address} {
    ${changes}
    protocol TCP
    ${servers}
}
`;
const server = (address: string, lines = 'weight 1'): string => `real_server ${address} 80 {
    ${lines}
    TCP_CHECK {
        connect_timeout 3
    }
}`;

const master = (name: string, rival?: InstanceSituation['rival']): InstanceSituation => ({
  name,
  state: 'MASTER',
  basePriority: 100,
  effectivePriority: 100,
  ...(rival && { rival }),
});

function titles(changes: readonly ItemChange[]): string[] {
  return changes.map(({ kind, name, of, what }) =>
    [what, kind, name, ...(of === undefined ? [] : ['of', of])].join(' ').trim(),
  );
}

describe('the plan of a reload', () => {
  it('says nothing about the same configuration, wherever its lines stand', () => {
    const text = instance() + service(server('10.0.0.1') + server('10.0.0.2'));
    const moved = `# a comment\n\n${service(server('10.0.0.1') + server('10.0.0.2'))}${instance()}`;
    const { changes, summary, writes } = plan(model(text), model(moved), [master('VI_1')]);
    expect([changes, writes, summary.masterships, summary.warnings]).toEqual([[], [], [], []]);
    expect(summaryText(summary)).toBe('');
  });

  it('names the settings that change, in the language of the file', () => {
    const before = instance('advert_int 1', 100);
    const after = instance('advert_int 2', 90, 51, 'VI_1', '192.0.2.11/24');
    const { changes, writes } = plan(model(before), model(after), [master('VI_1')]);
    expect(titles(changes)).toEqual(['changed vrrp_instance VI_1']);
    expect(changes[0]?.settings).toEqual([
      { within: '', before: 'priority 100', after: 'priority 90' },
      { within: '', before: 'advert_int 1', after: 'advert_int 2' },
      { within: 'virtual_ipaddress', before: '192.0.2.10/24 dev eth0 scope 0' },
      { within: 'virtual_ipaddress', after: '192.0.2.11/24 dev eth0 scope 0' },
    ]);
    expect(writes).toEqual([
      { kind: 'add address', subject: '192.0.2.11/24 on eth0' },
      { kind: 'delete address', subject: '192.0.2.10/24 on eth0' },
    ]);
  });

  it('writes no addresses for who is not master', () => {
    const backup = { ...master('VI_1'), state: 'BACKUP' };
    const after = model(instance('', 100, 51, 'VI_1', '192.0.2.11/24'));
    expect(plan(model(instance()), after, [backup]).writes).toEqual([]);
  });

  it('shows no secret, and says that it is another one', () => {
    const pass = (word: string): string => instance(`authentication {\n auth_type PASS\n auth_pass ${word}\n }`);
    const { changes } = plan(model(pass('hidden1')), model(pass('hidden2')), []);
    expect(JSON.stringify(changes)).not.toContain('hidden');
    const mask = 'auth_pass ********';
    expect(changes[0]?.settings).toEqual([{ within: 'authentication', before: mask, after: mask }]);
  });

  it('warns where the other routers must change too', () => {
    const { summary } = plan(model(instance('advert_int 1')), model(instance('advert_int 2')), []);
    expect(summary.warnings).toEqual([expect.stringContaining('advert_int must be the same on the other routers')]);
  });

  it.each([
    [
      'a master whose priority falls below that of another router',
      instance('', 100),
      instance('', 90),
      [master('VI_1', { address: '192.0.2.3', priority: 95 })],
      ['may-be-lost', 'priority 100 becomes 90, and 192.0.2.3 has 95: it takes over unless it has nopreempt'],
    ],
    [
      'a master that stays above the others',
      instance('', 100),
      instance('', 96),
      [master('VI_1', { address: '192.0.2.3', priority: 95 })],
      ['stays', 'it stays MASTER'],
    ],
    [
      'a master weakened by a tracker',
      instance('', 150),
      instance('', 140),
      [
        {
          name: 'VI_1',
          state: 'MASTER',
          basePriority: 150,
          effectivePriority: 100,
          rival: { address: '192.0.2.3', priority: 95 },
        },
      ],
      ['may-be-lost', 'priority 100 becomes 90, and 192.0.2.3 has 95: it takes over unless it has nopreempt'],
    ],
    [
      'a backup that rises above the master',
      instance('', 100),
      instance('preempt_delay 5', 120),
      [{ ...master('VI_1', { address: '192.0.2.3', priority: 110 }), state: 'BACKUP' }],
      ['may-be-taken', 'priority 100 becomes 120, and 192.0.2.3 has 110: it takes over after preempt_delay 5'],
    ],
    [
      'a backup that may not preempt',
      instance('nopreempt', 100),
      instance('nopreempt', 120),
      [{ ...master('VI_1', { address: '192.0.2.3', priority: 110 }), state: 'BACKUP' }],
      ['stays', 'it stays BACKUP'],
    ],
    [
      'a master whose priority an operator has set beside the file',
      instance('', 100),
      instance('', 90),
      [{ ...master('VI_1', { address: '192.0.2.3', priority: 95 }), overridden: true }],
      ['stays', 'it stays MASTER'],
    ],
    [
      'a master that is removed',
      instance() + instance('', 100, 52, 'VI_2', '192.0.2.20/24'),
      instance('', 100, 52, 'VI_2', '192.0.2.20/24'),
      [master('VI_1'), master('VI_2')],
      ['given-up', 'gives up mastership with priority 0: it is no longer configured'],
    ],
  ] as const)('tells what becomes of %s', (_what, before, after, situations, expected) => {
    const { masterships } = plan(model(before), model(after), situations).summary;
    expect(masterships.map(({ outcome, reason }) => [outcome, reason])).toEqual([expected]);
  });

  it('knows a virtual router by what it is, not by its name', () => {
    const renamed = plan(model(instance()), model(instance('', 100, 51, 'VI_new')), [master('VI_1')]);
    expect(renamed.changes[0]?.settings).toEqual([
      { within: '', before: 'vrrp_instance VI_1', after: 'vrrp_instance VI_new' },
    ]);
    expect([renamed.writes, renamed.summary.masterships]).toEqual([
      [],
      [{ instance: 'VI_new', outcome: 'stays', reason: 'it stays MASTER' }],
    ]);
    const another = plan(model(instance()), model(instance('', 100, 52)), [master('VI_1')]);
    expect(titles(another.changes)).toEqual(['removed vrrp_instance VI_1', 'added vrrp_instance VI_1']);
    expect(another.summary.masterships.map(({ outcome }) => outcome)).toEqual(['given-up', 'begins']);
    expect(another.summary.masterships[0]?.reason).toContain('virtual_router_id 51 -> virtual_router_id 52');
    expect(another.writes).toEqual([{ kind: 'delete address', subject: '192.0.2.10/24 on eth0' }]);
  });

  it('compares services and their servers, and counts the writes into IPVS', () => {
    const before =
      service(server('10.0.0.1') + server('10.0.0.2') + server('10.0.0.3')) +
      service(server('10.0.0.9'), 'lb_algo rr', '192.0.2.2 80');
    const after =
      service(server('10.0.0.1', 'weight 5') + server('10.0.0.2') + server('10.0.0.4'), 'lb_algo wlc') +
      service(server('10.0.0.9'), 'lb_algo rr', '192.0.2.3 80');
    const { changes, summary, writes } = plan(model(before), model(after));
    expect(titles(changes)).toEqual([
      'changed virtual_server [192.0.2.1]:tcp:80',
      'changed real_server [10.0.0.1]:tcp:80 of [192.0.2.1]:tcp:80',
      'added real_server [10.0.0.4]:tcp:80 of [192.0.2.1]:tcp:80',
      'removed real_server [10.0.0.3]:tcp:80 of [192.0.2.1]:tcp:80',
      'added virtual_server [192.0.2.3]:tcp:80',
      'removed virtual_server [192.0.2.2]:tcp:80',
    ]);
    expect(changes[1]?.settings).toEqual([{ within: '', before: 'weight 1', after: 'weight 5' }]);
    expect(summary.writes).toEqual({
      'edit service': 1,
      'add destination': 2,
      'edit destination': 1,
      'delete destination': 1,
      'add service': 1,
      'delete service': 1,
    });
    expect(writes.map(({ kind, subject }) => `${kind} ${subject}`)).toContain(
      'edit destination [10.0.0.1]:80 of [192.0.2.1]:tcp:80, weight 5',
    );
    expect(summaryText(summary)).toBe(
      '1 virtual_server added, 1 virtual_server changed, 1 virtual_server removed, 1 real_server added, 1 real_server changed, 1 real_server removed',
    );
  });

  it('sees a check that changes, which IPVS does not', () => {
    const slow = server('10.0.0.1').replace('connect_timeout 3', 'connect_timeout 4');
    const { changes, writes } = plan(model(service(server('10.0.0.1'))), model(service(slow)));
    expect(changes[0]?.settings).toEqual([
      { within: 'TCP_CHECK', before: 'connect_timeout 3', after: 'connect_timeout 4' },
    ]);
    expect(changes[0]?.consequences).toEqual(['checks that changed begin anew']);
    expect(writes).toEqual([]);
  });

  it('sees what a group of addresses gives', () => {
    const grouped = (last: number): string =>
      `virtual_server_group g {\n 192.0.2.1-${last} 80\n}\n${service(server('10.0.0.1'), 'lb_algo rr', 'group g')}`;
    const { changes, summary } = plan(model(grouped(2)), model(grouped(4)));
    expect(titles(changes)).toEqual(['changed virtual_server_group g']);
    expect(summary.writes).toEqual({ 'add service': 2, 'add destination': 2 });
  });

  it('compares everything else by block and setting', () => {
    const script = (interval: number): string =>
      `vrrp_script chk {\n script "/bin/true"\n interval ${interval}\n}\n${instance('track_script {\n chk\n }')}`;
    const before = `global_defs {\n router_id A\n}\n${script(2)}static_ipaddress {\n 192.0.2.99/24 dev eth0\n}\n`;
    const after = `global_defs {\n router_id B\n}\n${script(3)}bfd_instance b {\n neighbor_ip 192.0.2.3\n}\n`;
    const { changes, writes } = plan(model(before), model(after), [master('VI_1')]);
    expect(titles(changes)).toEqual([
      'changed global_defs',
      'changed vrrp_script chk',
      'added bfd_instance b',
      'removed static_ipaddress',
    ]);
    expect(changes[0]?.settings).toEqual([{ within: '', before: 'router_id A', after: 'router_id B' }]);
    expect(changes[1]?.settings).toContainEqual({ within: '', before: 'interval 2', after: 'interval 3' });
    expect(writes).toEqual([{ kind: 'delete address', subject: '192.0.2.99/24 on eth0' }]);
  });

  it('says when nothing is known of the instances', () => {
    const { summary } = plan(model(instance()), model(instance('', 90)));
    expect(summary.warnings).toEqual([expect.stringContaining('does not say what its instances do')]);
  });
});
