/** Answers on D-Bus: reference, runtime 13, and the D-Bus specification. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GlobalConfiguration } from '../../../../src/config/model.ts';
import { answerCall } from '../../../../src/notify/dbus/answer.ts';
import { ObjectTree } from '../../../../src/notify/dbus/object-tree.ts';
import { configurationModel, instanceModel } from '../../../support/models.ts';

function tree(global: Partial<GlobalConfiguration> = {}, namespace?: string): ObjectTree {
  const instances = [
    instanceModel({ name: 'VI_1', interface: 'bond0.12', virtualRouterId: 51 }),
    instanceModel({ name: 'VI_2', interface: '', virtualRouterId: 7, family: 'inet6' }),
  ];
  return new ObjectTree(configurationModel({ global, instances }), namespace);
}

const properties = 'org.freedesktop.DBus.Properties';
const instanceInterface = 'org.keepalived.Vrrp1.Instance';
const first = '/org/keepalived/Vrrp1/Instance/bond0_12/51/IPv4';

describe('objects', () => {
  it('have paths of interface, VRID and family', () => {
    expect(tree().instances.map(({ path }) => path)).toEqual([first, '/org/keepalived/Vrrp1/Instance/none/7/IPv6']);
    expect(tree().vrrpPath).toBe('/org/keepalived/Vrrp1/Vrrp');
  });

  it('are below network namespace and instance of the daemon', () => {
    expect(tree({ instance: 'web-1' }, 'net.a').vrrpPath).toBe('/org/keepalived/Vrrp1/net_a/web_1/Vrrp');
  });

  it('lead from the root to each other', () => {
    expect(tree().childrenOf('/')).toEqual(['org']);
    expect(tree().childrenOf('/org/keepalived/Vrrp1')).toEqual(['Instance', 'Vrrp']);
    expect(tree().childrenOf('/org/keepalived/Vrrp1/Instance')).toEqual(['bond0_12', 'none']);
    expect(tree().childrenOf('/org/keepalived/Vrrp')).toEqual([]);
  });
});

describe('calls', () => {
  const ask = (member: string, signature: string, ...body: unknown[]) =>
    answerCall({ path: first, interface: properties, member, signature, body }, tree(), undefined);

  it('read properties', () => {
    expect(ask('Get', 'ss', instanceInterface, 'State')).toEqual({
      type: 'return',
      signature: 'v',
      body: [['(us)', [0, 'Init']]],
    });
    expect(ask('GetAll', 's', 'no.such.interface')).toEqual({ type: 'return', signature: 'a{sv}', body: [[]] });
    expect(ask('Get', 'ss', instanceInterface, 'hasOwnProperty')).toMatchObject({
      type: 'error',
      error: 'org.freedesktop.DBus.Error.InvalidArgs',
    });
  });

  it('without an interface reach the member that is there', () => {
    expect(answerCall({ path: first, member: 'SendGarp' }, tree(), undefined)).toMatchObject({
      action: { type: 'send-gratuitous', instance: 'VI_1' },
    });
    expect(answerCall({ path: first, member: 'ReloadConfig' }, tree(), undefined)).toMatchObject({ type: 'error' });
  });

  it('get one answer, whatever they are', () => {
    const word = fc.oneof(
      fc.constantFrom(first, '/', '/org/keepalived/Vrrp1/Vrrp', properties, instanceInterface, 'Get', 'GetAll', 'Set'),
      fc.constantFrom('Introspect', 'SendGarp', 'PrintData', 'ReloadConfig', 'ss', 's', 'ssv', '', '__proto__'),
      fc.string(),
    );
    const call = fc.record(
      { path: word, interface: word, member: word, signature: word, body: fc.array(fc.anything()) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(call, (made) => {
        const answer = answerCall(made, tree(), undefined);
        expect(['return', 'error']).toContain(answer.type);
        if (answer.type === 'return' && answer.action !== undefined) expect(made.signature ?? '').toBe('');
      }),
    );
  });
});
