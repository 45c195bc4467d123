/** KEEPALIVED-MIB, group vrrp: sync groups and instances with what they track, and their addresses. */
import type { VirtualAddress, VrrpInstanceConfiguration, VrrpNotify } from '../../../config/model.ts';
import { gauge, integer, text, type SnmpValue } from '../value.ts';
import { Table, type Columns, type Subtree } from '../view.ts';
import type { SnmpSnapshot } from '../snapshot.ts';
import {
  addressValue,
  familyValue,
  numbered,
  numberedWithin,
  numberedWithStatic,
  oneOrTwo,
  scopeValue,
  scriptValue,
  stateValue,
  textOr,
} from './conventions.ts';
import { keepalivedMib } from './roots.ts';

const prefix = [...keepalivedMib, 2];

/** notifyExec: whether anything is run. */
function hasScripts(notify: VrrpNotify): boolean {
  const { backup, deleted, fault, generic, master, masterRxLowerPriority, stop } = notify;
  return [master, backup, fault, stop, deleted, masterRxLowerPriority, generic].some((script) => script !== undefined);
}

/** A thing that is tracked, with the weight that it has for whom tracks it. */
interface Tracked {
  readonly name: string;
  readonly weight: number;
  readonly reverse: boolean;
}

interface Tracker {
  readonly trackInterfaces: VrrpInstanceConfiguration['trackInterfaces'];
  readonly trackScripts: VrrpInstanceConfiguration['trackScripts'];
  readonly trackFiles: VrrpInstanceConfiguration['trackFiles'];
  readonly trackProcesses: VrrpInstanceConfiguration['trackProcesses'];
  readonly trackBfd: VrrpInstanceConfiguration['trackBfd'];
}

/** What is tracked, by kind; each has a table of instances and one of groups. */
const trackedKinds: readonly {
  readonly ofInstances: number;
  readonly ofGroups: number;
  readonly rows: (tracker: Tracker) => readonly Tracked[];
}[] = [
  {
    ofInstances: 5,
    ofGroups: 15,
    rows: ({ trackScripts }) => trackScripts.map(({ script, ...rest }) => ({ name: script, ...rest })),
  },
  {
    ofInstances: 12,
    ofGroups: 16,
    rows: ({ trackFiles }) => trackFiles.map(({ file, ...rest }) => ({ name: file, ...rest })),
  },
  {
    ofInstances: 17,
    ofGroups: 19,
    rows: ({ trackBfd }) => trackBfd.map(({ bfd, ...rest }) => ({ name: bfd, ...rest })),
  },
  {
    ofInstances: 20,
    ofGroups: 22,
    rows: ({ trackProcesses }) => trackProcesses.map(({ process, ...rest }) => ({ name: process, ...rest })),
  },
];

const trackedInterfaces = ({ trackInterfaces }: Tracker): readonly Tracked[] =>
  trackInterfaces.map(({ interface: name, ...rest }) => ({ name, ...rest }));

/** The tables of interfaces have no column for a number of their own before the name. */
const interfaceColumns: Columns<Tracked> = {
  1: ({ name }) => text(name),
  2: ({ weight }) => integer(weight),
  3: ({ reverse }) => oneOrTwo(reverse),
};

const trackedColumns: Columns<Tracked> = {
  2: ({ name }) => text(name),
  3: ({ weight }) => integer(weight),
  4: ({ reverse }) => oneOrTwo(reverse),
};

function trackingTables(instances: readonly Tracker[], groups: readonly Tracker[]): Subtree[] {
  return [
    new Table([...prefix, 4, 1], interfaceColumns, numberedWithin(instances, trackedInterfaces)),
    new Table([...prefix, 14, 1], interfaceColumns, numberedWithin(groups, trackedInterfaces)),
    ...trackedKinds.flatMap(({ ofGroups, ofInstances, rows }) => [
      new Table([...prefix, ofInstances, 1], trackedColumns, numberedWithin(instances, rows)),
      new Table([...prefix, ofGroups, 1], trackedColumns, numberedWithin(groups, rows)),
    ]),
  ];
}

function groupTables({ configuration, vrrp }: SnmpSnapshot): Subtree[] {
  const groups = configuration.vrrp.syncGroups;
  const states = new Map(vrrp?.groups.map(({ name, state }) => [name, state]));
  return [
    new Table(
      [...prefix, 1, 1],
      {
        2: ({ name }) => text(name),
        3: ({ name }) => stateValue(states.get(name)),
        4: ({ notify }) => oneOrTwo(notify.smtpAlert),
        5: ({ notify }) => oneOrTwo(hasScripts(notify)),
        6: ({ notify }) => scriptValue(notify.master),
        7: ({ notify }) => scriptValue(notify.backup),
        8: ({ notify }) => scriptValue(notify.fault),
        9: ({ notify }) => scriptValue(notify.generic),
        10: ({ trackingWeight }) => oneOrTwo(trackingWeight),
        11: ({ notify }) => scriptValue(notify.stop),
      },
      numbered(groups),
    ),
    new Table(
      [...prefix, 2, 1],
      { 2: (member) => text(member) },
      numberedWithin(groups, ({ members }) => members),
    ),
  ];
}

/** Seconds of version 2, centiseconds of version 3. */
function intervalValue({ advertisementInterval, version }: VrrpInstanceConfiguration): SnmpValue {
  return gauge(Math.round(advertisementInterval / (version === 2 ? 1000 : 10)));
}

const authentications = { none: 0, PASS: 1, AH: 2 } as const;

function instanceTable({ configuration, vrrp }: SnmpSnapshot): Subtree {
  const { syncGroups, instances, linkbeatInterfaces } = configuration.vrrp;
  const { lvsSyncDaemon, pollLinks } = configuration.global;
  const statuses = new Map(vrrp?.instances.map((status) => [status.name, status]));
  const groupOf = new Map(syncGroups.flatMap(({ members, name }) => members.map((member) => [member, name])));
  const polled = new Set(linkbeatInterfaces.map(({ interface: name }) => name));
  return new Table<VrrpInstanceConfiguration>(
    [...prefix, 3, 1],
    {
      2: ({ name }) => text(name),
      3: ({ virtualRouterId }) => gauge(virtualRouterId),
      4: ({ name }) => stateValue(statuses.get(name)?.state),
      5: ({ initialState }) => stateValue(initialState),
      6: ({ name }) => stateValue(statuses.get(name)?.wantedState),
      7: ({ name, priority }) => integer(statuses.get(name)?.basePriority ?? priority),
      8: ({ name, priority }) => integer(statuses.get(name)?.effectivePriority ?? priority),
      9: ({ name }) => oneOrTwo(statuses.get(name)?.addressesSet ?? false),
      // Of an instance with an interface of its own that one.
      10: ({ interface: name, virtualInterface }) => text(virtualInterface?.name ?? name),
      11: ({ dontTrackPrimary }) => oneOrTwo(!dontTrackPrimary),
      12: intervalValue,
      13: ({ name, nopreempt }) => oneOrTwo(!(statuses.get(name)?.nopreempt ?? nopreempt)),
      14: ({ preemptDelay }) => gauge(Math.floor(preemptDelay / 1000)),
      15: ({ authentication }) => integer(authentications[authentication?.type ?? 'none']),
      16: ({ name }) => oneOrTwo(lvsSyncDaemon?.vrrpInstance === name),
      17: ({ name }) => (lvsSyncDaemon?.vrrpInstance === name ? text(lvsSyncDaemon.interface) : undefined),
      18: ({ name }) => textOr(groupOf.get(name)),
      19: ({ gratuitous }) => gauge(Math.floor(gratuitous.masterDelay / 1000)),
      20: ({ notify }) => oneOrTwo(notify.smtpAlert),
      21: ({ notify }) => oneOrTwo(hasScripts(notify)),
      22: ({ notify }) => scriptValue(notify.master),
      23: ({ notify }) => scriptValue(notify.backup),
      24: ({ notify }) => scriptValue(notify.fault),
      25: ({ notify }) => scriptValue(notify.stop),
      26: ({ notify }) => scriptValue(notify.generic),
      27: ({ accept }) => oneOrTwo(accept),
      28: ({ promoteSecondaries }) => oneOrTwo(promoteSecondaries),
      29: ({ interface: name, linkbeatUsePolling }) => oneOrTwo(pollLinks || linkbeatUsePolling || polled.has(name)),
      30: ({ version }) => integer(version),
      31: ({ notify }) => scriptValue(notify.masterRxLowerPriority),
      32: ({ notify }) => scriptValue(notify.deleted),
      33: ({ notify }) => oneOrTwo(notify.notifyDeleted),
      34: ({ family, unicastPeers }) => (unicastPeers.length > 0 ? undefined : familyValue(family)),
      35: ({ multicastGroup, unicastPeers }) => (unicastPeers.length > 0 ? undefined : addressValue(multicastGroup)),
    },
    numbered(instances),
  );
}

interface InstanceAddress {
  readonly address: VirtualAddress;
  readonly advertised: boolean;
  readonly set: boolean;
}

function addressTable({ configuration, interfaceIndex, vrrp }: SnmpSnapshot): Subtree {
  const masters = new Set(vrrp?.instances.flatMap(({ addressesSet, name }) => (addressesSet ? [name] : [])));
  const addressesOf = (instance: VrrpInstanceConfiguration): readonly InstanceAddress[] => {
    const set = masters.has(instance.name);
    return [
      ...instance.virtualAddresses.map((address) => ({ address, advertised: true, set })),
      ...instance.excludedVirtualAddresses.map((address) => ({ address, advertised: false, set })),
    ];
  };
  return new Table<InstanceAddress>(
    [...prefix, 6, 1],
    {
      2: ({ address }) => familyValue(address.family),
      3: ({ address }) => addressValue(address.address),
      4: ({ address }) => (address.family === 'inet' ? addressValue(address.broadcast ?? '0.0.0.0') : undefined),
      5: ({ address }) => gauge(address.prefixLength),
      6: ({ address }) => scopeValue(address.scope),
      7: ({ address }) => integer(interfaceIndex(address.interface)),
      8: ({ address }) => text(address.interface),
      9: ({ address }) => textOr(address.label),
      10: ({ set }) => oneOrTwo(set),
      11: ({ advertised }) => oneOrTwo(advertised),
      12: ({ address }) => addressValue(address.peer),
    },
    numberedWithStatic(
      configuration.vrrp.staticAddresses.map((address) => ({ address, advertised: false, set: true })),
      configuration.vrrp.instances,
      addressesOf,
    ),
  );
}

export function instanceTables(snapshot: SnmpSnapshot): Subtree[] {
  const { instances, syncGroups } = snapshot.configuration.vrrp;
  return [
    ...groupTables(snapshot),
    instanceTable(snapshot),
    addressTable(snapshot),
    ...trackingTables(instances, syncGroups),
  ];
}
