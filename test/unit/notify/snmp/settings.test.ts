/** What can be set, with the answers that Debian's keepalived gives to snmpset, but for numbers that it lets overflow. */
import { describe, expect, it } from 'vitest';
import { targetKey } from '../../../../src/live/targets.ts';
import { ERROR } from '../../../../src/notify/snmp/agentx/constants.ts';
import { readSettings, type Setting } from '../../../../src/notify/snmp/settings.ts';
import type { SetValue } from '../../../../src/notify/snmp/value.ts';
import { configurationModel, instanceModel, realServerModel, virtualServerModel } from '../../../support/models.ts';

const module = [1, 3, 6, 1, 4, 1, 9586, 100, 5];
const instances = [...module, 2, 3, 1];
const servers = [...module, 3, 4, 1];

const model = configurationModel({});
const identity = { kind: 'address', family: 'inet', protocol: 'tcp', address: '10.0.0.1', port: 80 } as const;
const realServers = ['10.1.0.1', '10.1.0.2'].map((address) => realServerModel({ address, port: 8080, weight: 3 }));
const configuration = {
  ...model,
  vrrp: {
    ...model.vrrp,
    instances: [
      instanceModel({ name: 'VI_1', priority: 100, nopreempt: false }),
      instanceModel({ name: 'VI_2', priority: 90, nopreempt: true }),
    ],
  },
  check: {
    ...model.check,
    virtualServers: [
      virtualServerModel({ identity, realServers }),
      virtualServerModel({
        identity: { ...identity, port: 81 },
        realServers,
        sorryServer: realServerModel({ address: '10.1.0.9', port: 80 }),
      }),
    ],
  },
};

const integer = (value: number): SetValue => ({ type: 'integer', value });

function read(...variables: [oid: readonly number[], value: SetValue][]): readonly Setting[] | number[] {
  const result = readSettings(
    configuration,
    variables.map(([oid, value]) => ({ oid, value })),
  );
  return 'settings' in result ? result.settings : [result.error, result.index];
}

describe('setting by SNMP', () => {
  it('takes priority and preemption of an instance, by its row', () => {
    expect(read([[...instances, 7, 2], integer(150)])).toMatchObject([
      { target: { kind: 'instance', name: 'VI_2' }, setting: { kind: 'priority', priority: 150 }, asInFile: false },
    ]);
    expect(read([[...instances, 13, 2], integer(1)])).toMatchObject([
      { target: { kind: 'instance', name: 'VI_2' }, setting: { kind: 'preempt' }, asInFile: false },
    ]);
    expect(read([[...instances, 13, 1], integer(2)])).toMatchObject([{ setting: { kind: 'nopreempt' } }]);
  });

  it('takes the weight of a real server, in front of which a sorry server may stand', () => {
    const weight = (row: readonly number[]) => read([[...servers, 7, ...row], integer(9)]);
    expect(weight([1, 1])).toMatchObject([{ target: { address: '10.1.0.1', service: { port: 80 } } }]);
    expect(weight([2, 2])).toMatchObject([{ target: { address: '10.1.0.1', service: { port: 81 } } }]);
    expect(weight([2, 3])).toMatchObject([{ target: { address: '10.1.0.2' }, setting: { kind: 'weight', weight: 9 } }]);
    for (const row of [[2, 1], [2, 4], [1, 0], [1, 3], [3, 1], [0, 1], [1], [1, 1, 1], []])
      expect([row, weight(row)]).toEqual([row, [ERROR.notWritable, 1]]);
  });

  it('knows a value that is the one of the file, and the key under which a change is kept', () => {
    const found = read(
      [[...instances, 7, 1], integer(100)],
      [[...instances, 13, 2], integer(2)],
      [[...servers, 7, 1, 2], integer(3)],
    ) as readonly Setting[];
    expect(found.map(({ asInFile }) => asInFile)).toEqual([true, true, true]);
    for (const { key, ...change } of found) expect(key).toBe(targetKey({ ...change, since: 0 }));
  });

  it.each([
    ['a priority of 0', [...instances, 7, 1], integer(0), ERROR.wrongValue],
    ['a priority of 256', [...instances, 7, 1], integer(256), ERROR.wrongValue],
    ['a priority below 0', [...instances, 7, 1], integer(-1), ERROR.wrongValue],
    ['a priority that is no integer', [...instances, 7, 1], { type: 'other' } as const, ERROR.wrongType],
    ['preempt 0', [...instances, 13, 1], integer(0), ERROR.wrongValue],
    ['preempt 3', [...instances, 13, 1], integer(3), ERROR.wrongValue],
    ['preempt that is no integer', [...instances, 13, 1], { type: 'other' } as const, ERROR.wrongType],
    ['a weight below 0', [...servers, 7, 1, 1], integer(-1), ERROR.wrongValue],
    ['a weight beyond IPVS', [...servers, 7, 1, 1], integer(65_536), ERROR.wrongValue],
    ['a weight that is no integer', [...servers, 7, 1, 1], { type: 'other' } as const, ERROR.wrongType],
    ['the accept mode', [...instances, 27, 1], integer(1), ERROR.noAccess],
    ['a state', [...instances, 4, 1], integer(2), ERROR.notWritable],
    ['a column that there is not', [...instances, 99, 1], integer(2), ERROR.notWritable],
    ['an instance that there is not', [...instances, 7, 3], integer(5), ERROR.notWritable],
    ['something below an instance', [...instances, 7, 1, 1], integer(5), ERROR.notWritable],
    ['the row itself', instances, integer(5), ERROR.notWritable],
    ['something else', [1, 3, 6, 1, 2, 1, 68, 1, 3, 1, 5, 2, 51], integer(5), ERROR.notWritable],
    ['an upper limit', [...servers, 8, 1, 1], integer(5), ERROR.notWritable],
  ])('refuses %s', (_what, oid, value, error) => {
    expect(read([oid, value])).toEqual([error, 1]);
  });

  it('refuses all where one is bad, and names it', () => {
    expect(read([[...instances, 7, 1], integer(5)], [[...instances, 13, 1], integer(7)])).toEqual([
      ERROR.wrongValue,
      2,
    ]);
  });
});
