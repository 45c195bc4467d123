/** The configurations of fixtures/*.conf as models, and the states their dumps were taken in. */
import type { Configuration, ScriptCommand, VrrpInstanceConfiguration } from '../../../src/config/model.ts';
import type { VrrpDumpInput } from '../../../src/process/dump/input.ts';
import type { Link } from '../../../src/network/types.ts';
import { emptyStatistics } from '../../../src/vrrp/statistics.ts';
import type { VrrpInstanceStatus } from '../../../src/vrrp/types.ts';
import * as models from '../../support/models.ts';
import { at, configurationModel, groupModel, notifyModel } from '../../support/models.ts';

export const noStatistics = emptyStatistics();

/** The dumps were taken on an interface named va. */
const addressModel: typeof models.addressModel = (changes) => models.addressModel({ interface: 'va', ...changes });
const instanceModel: typeof models.instanceModel = (changes) => models.instanceModel({ interface: 'va', ...changes });

export function statusOf(
  configuration: VrrpInstanceConfiguration,
  some: Partial<VrrpInstanceStatus> & Pick<VrrpInstanceStatus, 'state'>,
): VrrpInstanceStatus {
  return {
    name: configuration.name,
    wantedState: some.state,
    since: 1_000,
    reason: 'no advertisement for 3.609 s',
    basePriority: configuration.priority,
    effectivePriority: configuration.priority,
    priorityExplanation: String(configuration.priority),
    masterPriority: 0,
    masterAdvertisementInterval: configuration.advertisementInterval,
    addressesSet: some.state === 'MASTER',
    statistics: noStatistics,
    heardPeer: false,
    nopreempt: configuration.nopreempt,
    refusals: [],
    ...some,
  };
}

/** The interface of the dumps. */
const va: Link = {
  index: 3,
  name: 'va',
  flags: 0x1043,
  mtu: 1500,
  hardwareType: 1,
  hardwareAddress: new Uint8Array(6),
  up: true,
};

/** `since: 1_000` above is this date. */
export const sinceDate = Date.UTC(2026, 10, 21, 21, 56, 55, 419);

export function inputOf(configuration: Configuration, instances: readonly VrrpInstanceStatus[]): VrrpDumpInput {
  return {
    configuration,
    instances,
    clock: { now: 5_000, wall: sinceDate + 4_000 },
    identityOf: () => ({ uid: 0, gid: 0 }),
    hostName: 'vm',
  };
}

const command = (...argv: string[]): ScriptCommand => ({ argv });
const always = command('/usr/bin/true');

/** fixtures/sync-group.conf: all three are masters. */
export function syncGroupScenario(): VrrpDumpInput {
  const one = instanceModel({
    name: 'VI_1',
    priority: 150,
    authentication: { type: 'PASS', password: 'secret12' },
    trackInterfaces: [{ interface: 'vb', weight: 0, reverse: false }],
    virtualAddresses: [
      addressModel({ address: '10.9.0.100', prefixLength: 24, label: 'va:1' }),
      addressModel({ address: '10.9.0.101', interface: 'vb', scope: 253 }),
    ],
    excludedVirtualAddresses: [addressModel({ address: 'fd00:9::1', prefixLength: 64 })],
    notify: notifyModel({ generic: always, master: command('/usr/bin/true', 'a', 'b'), smtpAlert: true }),
  });
  const two = instanceModel({
    name: 'VI_2',
    interface: 'vb',
    virtualRouterId: 52,
    version: 3,
    advertisementInterval: 500,
    nopreempt: true,
    sourceAddress: '10.8.0.1',
    unicastPeers: [{ address: '10.8.0.2' }],
    virtualAddresses: [addressModel({ address: '10.8.0.100', prefixLength: 24, interface: 'vb' })],
  });
  const six = instanceModel({
    name: 'VI_6',
    virtualRouterId: 56,
    version: 3,
    family: 'inet6',
    virtualAddresses: [
      addressModel({ address: 'fe80::1:1', preferredLifetime: 0 }),
      addressModel({ address: 'fd00:9::100', prefixLength: 64 }),
    ],
  });
  const configuration = configurationModel({
    instances: [one, two, six],
    syncGroups: [
      groupModel({ name: 'G1', members: ['VI_1', 'VI_2'], notify: notifyModel({ master: always, smtpAlert: true }) }),
    ],
  });
  return {
    ...inputOf(configuration, [
      statusOf(one, { state: 'MASTER', sourceAddress: '10.9.0.1' }),
      statusOf(two, { state: 'MASTER', sourceAddress: '10.8.0.1' }),
      statusOf(six, { state: 'MASTER', sourceAddress: 'fe80::a488:e0ff:feb5:9a50' }),
    ]),
    links: [va],
  };
}

/** fixtures/tracking.conf: VI_1 is master by trackers, the others are in FAULT because of the script. */
export function trackingScenario(): VrrpDumpInput {
  const one = instanceModel({
    name: 'VI_1',
    priority: 150,
    nopreempt: true,
    authentication: { type: 'AH', password: 'secret12' },
    trackInterfaces: [
      { interface: 'vb', weight: 10, reverse: false },
      { interface: 'lo', weight: -3, reverse: false },
    ],
    trackFiles: [{ file: 'tf', weight: 2, reverse: false }],
    trackScripts: [
      { script: 'chk', weight: -20, reverse: false },
      { script: 'ok', weight: 3, reverse: true },
    ],
    virtualAddresses: [
      addressModel({ address: '10.9.0.100', prefixLength: 24, label: 'va:1', broadcast: '10.9.0.255' }),
      addressModel({ address: '10.9.0.102', track: false }),
      addressModel({ address: '10.9.0.101', interface: 'vb', scope: 253, peer: '10.9.0.7' }),
    ],
    notify: notifyModel({
      backup: always,
      fault: always,
      stop: always,
      masterRxLowerPriority: always,
      notifyDeleted: true,
    }),
  });
  const plain = one.gratuitous;
  const two = instanceModel({
    name: 'VI_2',
    virtualRouterId: 52,
    version: 3,
    advertisementInterval: 100,
    dontTrackPrimary: true,
    preemptDelay: 5_000,
    accept: false,
    debugLevel: 2,
    gratuitous: { ...plain, masterRefresh: 10_000, masterDelay: 2_000, lowerPriorityRepeat: 0 },
    trackScripts: [{ script: 'chk', weight: 0, reverse: false }],
    virtualAddresses: [addressModel({ address: '10.8.0.100', prefixLength: 24, interface: 'vb' })],
    notify: notifyModel({ smtpAlert: true }),
  });
  const three = instanceModel({
    name: 'VI_3',
    virtualRouterId: 53,
    priority: 255,
    virtualAddresses: [addressModel({ address: '10.8.0.110', prefixLength: 24, interface: 'vb' })],
  });
  const configuration = configurationModel({
    global: { vrrpNotifyPriorityChanges: true },
    instances: [one, two, three].map((instance) => ({ ...instance, notifyPriorityChanges: true })),
    syncGroups: [
      groupModel({ name: 'G1', members: ['VI_3'], trackScripts: [{ script: 'chk', weight: 0, reverse: false }] }),
    ],
    scripts: [
      {
        name: 'chk',
        command: command('/usr/bin/test', '-e', '/nonexistent'),
        interval: 2_000,
        timeout: 3_000,
        weight: -20,
        reverse: false,
        rise: 2,
        fall: 2,
        initFail: false,
        at,
      },
      {
        name: 'ok',
        command: command('/usr/bin/test', '-e', '/'),
        interval: 1_000,
        timeout: 1_000,
        weight: 5,
        reverse: true,
        rise: 1,
        fall: 1,
        initFail: false,
        at,
      },
    ],
    trackFiles: [{ name: 'tf', path: '/tmp/tf', weight: 3, reverse: false, at }],
  });
  return {
    ...inputOf(configuration, [
      statusOf(one, { state: 'MASTER', effectivePriority: 131, sourceAddress: '10.9.0.1' }),
      statusOf(two, { state: 'FAULT', sourceAddress: '10.9.0.1' }),
      statusOf(three, { state: 'FAULT', sourceAddress: '10.9.0.1' }),
    ]),
    groups: [{ name: 'G1', state: 'FAULT', since: 1_000, reason: 'chk failed', members: ['VI_3'] }],
    scripts: [
      { name: 'chk', result: 'bad', state: 'idle', counter: 0 },
      { name: 'ok', result: 'good', state: 'idle', counter: 1 },
    ],
    trackFileValues: new Map([['tf', 2]]),
  };
}

/** fixtures/backup.conf: one keyword an instance, all behind a master that was heard. */
export function backupScenario(): VrrpDumpInput {
  const keywords: readonly [string, number, Partial<VrrpInstanceConfiguration>][] = [
    ['A1', 101, { nopreempt: true }],
    ['A2', 102, { dontTrackPrimary: true }],
    ['A3', 103, { accept: false }],
    ['A4', 104, { notify: notifyModel({ notifyDeleted: true }) }],
    ['A5', 105, { skipCheckAdvertisedAddresses: true }],
    ['A6', 106, { higherPrioritySendAdvertisement: true, lowerPriorityNoAdvertisement: true }],
    ['A9', 109, { preemptDelay: 3_000 }],
    ['B3', 112, { sourceAddress: '10.9.0.1', trackSourceAddress: true }],
    ['B5', 114, { debugLevel: 1 }],
    ['B6', 115, { downTimerAdvertisements: 4 }],
    ['B8', 117, { version: 3 }],
  ];
  const instances = keywords.map(([name, virtualRouterId, some]) =>
    instanceModel({
      name,
      virtualRouterId,
      priority: 90,
      virtualAddresses: [addressModel({ address: `10.9.1.${virtualRouterId}`, prefixLength: 24, noPrefixRoute: true })],
      ...some,
    }),
  );
  return inputOf(
    configurationModel({ instances }),
    instances.map((instance) =>
      statusOf(instance, {
        state: 'BACKUP',
        masterAddress: '10.9.0.2',
        masterPriority: 200,
        sourceAddress: '10.9.0.1',
      }),
    ),
  );
}
