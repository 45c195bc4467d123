/**
 * Tables of group vrrp whose values depend on the machine: seen with Debian's keepalived, where interfaces of their own
 * have other numbers each time. What does not is compared in test/interop/process/snmp.
 */
import { describe, expect, it } from 'vitest';
import { compareOids, type Oid } from '../../../../src/notify/snmp/oid.ts';
import { viewOf } from '../../../../src/notify/snmp/modules.ts';
import type { SnmpValue } from '../../../../src/notify/snmp/value.ts';
import { placeVirtualRouters } from '../../../../src/vrrp/virtual-interfaces.ts';
import { addressModel, configurationModel, globalModel, instanceModel } from '../../../support/models.ts';

const keepalived: Oid = [1, 3, 6, 1, 4, 1, 9586, 100, 5];
const instances = [...keepalived, 2, 3, 1];
const addresses = [...keepalived, 2, 6, 1];

function view() {
  const model = configurationModel({});
  const { mail, snmp } = model.global;
  const global = globalModel({
    snmp: { ...snmp, vrrp: true, rfc6527: true },
    mail: { ...mail, server: { host: '192.0.2.9', port: 25 } },
  });
  const vmac = { kind: 'vmac', transmitOnBase: false, netlinkNotify: false } as const;
  const vrrp = {
    ...model.vrrp,
    staticAddresses: [addressModel({ address: '10.0.0.9', interface: 'eth1' })],
    instances: [
      instanceModel({
        name: 'VI_1',
        interface: 'eth0',
        virtualRouterId: 51,
        virtualInterface: vmac,
        virtualAddresses: [addressModel({ address: '10.0.0.1', interface: 'eth0' })],
      }),
      instanceModel({
        name: 'VI_2',
        interface: 'eth0',
        virtualRouterId: 52,
        unicastPeers: [{ address: '10.0.0.3', minTtl: 0, maxTtl: 255 }],
      }),
      instanceModel({ name: 'VI_6', interface: 'eth0', virtualRouterId: 53, family: 'inet6' }),
    ],
  };
  const configuration = { ...model, global, vrrp: placeVirtualRouters({ vrrp, global }).vrrp };
  const indexes: Readonly<Record<string, number>> = { eth0: 2, eth1: 3, 'vrrp.51': 7 };
  return viewOf(
    { configuration, version: '', hostName: 'lb1', startedAt: 0, interfaceIndex: (name) => indexes[name] ?? 0 },
    [],
  );
}

const text = (value: string): SnmpValue => ({ type: 'string', value });

describe('an instance with an interface of its own', () => {
  it('shows that, on which its addresses are, and is found by the one underneath in the module of the RFC', () => {
    const tables = view();
    expect(tables.get([...instances, 10, 1])).toEqual(text('vrrp.51'));
    expect(tables.get([...addresses, 8, 1, 1])).toEqual(text('vrrp.51'));
    expect(tables.get([...addresses, 7, 1, 1])).toEqual({ type: 'integer', value: 7 });
    const priority = [1, 3, 6, 1, 2, 1, 207, 1, 1, 1, 1, 7];
    expect(tables.get([...priority, 2, 51, 1])).toMatchObject({ type: 'gauge' });
    expect(tables.get([...priority, 7, 51, 1])).toEqual({ type: 'no-such-instance' });
  });
});

it('an instance with unicast peers has no multicast address', () => {
  const tables = view();
  for (const column of [34, 35]) {
    expect(tables.get([...instances, column, 1])).not.toEqual({ type: 'no-such-instance' });
    expect(tables.get([...instances, column, 2])).toEqual({ type: 'no-such-instance' });
  }
});

it.each([
  [[2, 52, 1], 4],
  [[2, 53, 2], 16],
])('a router that knows no address has one of zeros, of its family (%j)', (index, octets) => {
  for (const column of [3, 4]) {
    const shown = view().get([1, 3, 6, 1, 2, 1, 207, 1, 1, 1, 1, column, ...index]);
    expect(shown).toMatchObject({ type: 'string', value: new Uint8Array(octets) });
  }
});

it('static addresses stand before all others, set and not advertised', () => {
  const first = view().next([...addresses, 3], false);
  expect(first && compareOids(first.oid, [...addresses, 3, 0, 1])).toBe(0);
  expect(view().get([...addresses, 10, 0, 1])).toEqual({ type: 'integer', value: 1 });
  expect(view().get([...addresses, 11, 0, 1])).toEqual({ type: 'integer', value: 2 });
});

it('the sender of mails is shown with its default', () => {
  expect(view().get([...keepalived, 1, 3, 4, 0])).toEqual(text('root@lb1'));
});
