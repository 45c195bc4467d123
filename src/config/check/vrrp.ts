/** Everything of VRRP: instances against each other, groups, scripts, files, static addresses. */
import type { InstanceDraft, SyncGroupDraft } from '../drafts.ts';
import type {
  GarpGroup,
  InterfaceUse,
  TrackGroup,
  VrrpConfiguration,
  VrrpInstanceConfiguration,
  VrrpSyncGroupConfiguration,
} from '../model.ts';
import { locate, type Statement } from '../statement.ts';
import { findInside } from '../find-again.ts';
import type { Context } from '../schema/context.ts';
import { virtualAddress } from './addresses.ts';
import { interfaceDelays, linkbeatInterfaces } from './interfaces.ts';
import { checkRoutes, checkRules } from './routes.ts';
import { interfaceUse } from '../interfaces.ts';
import { collectTrackables, resolveTrackers, type Trackables } from './trackers.ts';
import { checkInstance, notifyOf, vrrpMailDefault } from './vrrp-instance.ts';
import { trackFiles, trackProcesses, vrrpScripts } from './vrrp-trackables.ts';

/** Interface of static addresses that name none, unless default_interface says another. */
const defaultInterface = 'eth0';

export function checkVrrp(context: Context, uses: InterfaceUse[]): VrrpConfiguration {
  const { draft } = context;
  const trackables = collectTrackables(draft);
  const built = new Map<InstanceDraft, VrrpInstanceConfiguration>();
  const groupOf = groupsOfInstances(draft.syncGroups);
  for (const instance of draft.instances) {
    const configuration = checkInstance(instance, trackables, context, uses, groupOf.get(instance.name));
    if (configuration) built.set(instance, configuration);
  }
  reportSameRouterIds(built, context);
  const syncGroups = checkGroups(context, trackables, uses);
  const weightless = instancesWithoutWeights(syncGroups);
  const staticAddresses = draft.staticAddresses.map((address) => {
    if (address.interface === undefined) {
      uses.push(
        interfaceUse(draft.global.defaultInterface ?? defaultInterface, 'static_ipaddress', address.statement, 0),
      );
    }
    return virtualAddress(
      address,
      draft.global.defaultInterface ?? defaultInterface,
      'static_ipaddress',
      uses,
      context,
    );
  });
  return {
    instances: [...built].map(([instance, configuration]) =>
      weightless.has(instance.name)
        ? withoutWeights(instance, configuration, weightless.get(instance.name) ?? '', context)
        : configuration,
    ),
    syncGroups,
    scripts: vrrpScripts(context),
    trackFiles: trackFiles(context),
    trackProcesses: trackProcesses(context),
    trackGroups: trackGroups(context, built),
    garpGroups: garpGroups(context),
    staticAddresses,
    staticRoutes: checkRoutes(draft.staticRoutes, context),
    staticRules: checkRules(draft.staticRules, context),
    interfaceDelays: interfaceDelays(draft, uses),
    linkbeatInterfaces: linkbeatInterfaces(draft, uses),
  };
}

/** Instances by their sync group: the first one that names them. */
function groupsOfInstances(groups: readonly SyncGroupDraft[]): Map<string, SyncGroupDraft> {
  const found = new Map<string, SyncGroupDraft>();
  for (const group of groups) for (const { name } of group.members) if (!found.has(name)) found.set(name, group);
  return found;
}

/** Names that are no instance are dropped without a word, as in the original. */
function trackGroups({ draft }: Context, built: ReadonlyMap<InstanceDraft, unknown>): TrackGroup[] {
  const names = new Set([...built.keys()].map(({ name }) => name));
  return draft.trackGroups.map((group) => ({
    name: group.name,
    members: [...new Set(group.members.map(({ name }) => name))].filter((name) => names.has(name)),
    at: locate(group.statement),
  }));
}

function garpGroups({ draft }: Context): GarpGroup[] {
  return draft.garpGroups.map((group) => ({
    interfaces: group.interfaces.map(({ name }) => name),
    arpInterval: group.arpInterval ?? draft.global.garpInterval ?? 0,
    naInterval: group.naInterval ?? draft.global.gnaInterval ?? 0,
    at: locate(group.statement),
  }));
}

/** Two virtual routers with one number on one interface, family and destination would take each other's packets. */
function reportSameRouterIds(built: ReadonlyMap<InstanceDraft, VrrpInstanceConfiguration>, context: Context): void {
  const seen = new Map<string, InstanceDraft>();
  for (const [draft, instance] of built) {
    // Unicast is a space of its own, separated by the source of packets (behaviour A10).
    if (instance.unicastPeers.length > 0) continue;
    const key = [instance.interface, instance.family, instance.multicastGroup, instance.virtualRouterId].join(' ');
    const first = seen.get(key);
    if (!first) {
      seen.set(key, draft);
      continue;
    }
    const setting = (block: InstanceDraft): Statement =>
      findInside(block.statement, 'virtual_router_id') ?? block.statement;
    const at = setting(draft);
    context.reporter.at(at, 1, {
      code: 'CFG_SAME_VRID',
      class: 'general',
      message: `vrrp_instance ${draft.name} has the virtual_router_id ${instance.virtualRouterId} of vrrp_instance ${first.name} (${context.placeOf(setting(first), at)}) on ${instance.interface}: each would take the other's advertisements for those of its own virtual router`,
      remedy: 'give each virtual router of an interface its own number',
      related: [{ at: locate(setting(first)), message: `virtual_router_id of vrrp_instance ${first.name}` }],
      stops: { exitCode: 2, immediately: false },
    });
  }
}

function checkGroups(context: Context, trackables: Trackables, uses: InterfaceUse[]): VrrpSyncGroupConfiguration[] {
  const { draft } = context;
  const instances = new Map(draft.instances.map((instance) => [instance.name, instance]));
  const groupOf = new Map<string, SyncGroupDraft>();
  const groups: VrrpSyncGroupConfiguration[] = [];
  for (const group of draft.syncGroups) {
    const what = `vrrp_sync_group ${group.name}`;
    const members: string[] = [];
    for (const { name, statement, word } of group.members) {
      const other = groupOf.get(name);
      if (!instances.has(name)) {
        context.error(
          statement,
          word,
          'CFG_UNKNOWN_REFERENCE',
          `${what} names vrrp_instance ${name}, which is not defined; it is ignored`,
        );
      } else if (other && other !== group) {
        context.error(
          statement,
          word,
          'CFG_TWO_GROUPS',
          `vrrp_instance ${name} is already in vrrp_sync_group ${other.name}; it does not join ${group.name}`,
        );
      } else if (!other) {
        groupOf.set(name, group);
        members.push(name);
      }
    }
    if (members.length === 0) {
      context.error(
        group.statement,
        1,
        'CFG_EMPTY_GROUP',
        `${what} has no members and is ignored`,
        'add "group { <vrrp_instance> ... }"',
      );
      continue;
    }
    if (members.length === 1) {
      context.error(
        group.statement,
        1,
        'CFG_SINGLE_GROUP',
        `${what} has only one member, ${members[0] ?? ''}: there is nothing to keep in step`,
        'add the other instances, or remove the group',
      );
    }
    groups.push({
      name: group.name,
      members,
      ...resolveTrackers(group.trackers, trackables, { what, isOwner: false }, context, uses),
      globalTracking: group.globalTracking ?? false,
      trackingWeight: group.trackingWeight ?? group.globalTracking ?? false,
      notify: notifyOf(group.notify, vrrpMailDefault(draft.global)),
      notifyPriorityChanges: group.notifyPriorityChanges ?? draft.global.vrrpNotifyPriorityChanges ?? false,
      at: locate(group.statement),
    });
  }
  return groups;
}

/** Members of groups in which weights do not count, with the group's name. */
function instancesWithoutWeights(groups: readonly VrrpSyncGroupConfiguration[]): Map<string, string> {
  const members = new Map<string, string>();
  for (const group of groups) {
    if (group.trackingWeight || group.members.length < 2) continue;
    for (const name of group.members) members.set(name, group.name);
  }
  return members;
}

/** Inside a sync group weights would split what the group keeps together: they become 0, which means FAULT (behaviour A7). */
function withoutWeights(
  draft: InstanceDraft,
  instance: VrrpInstanceConfiguration,
  group: string,
  context: Context,
): VrrpInstanceConfiguration {
  const { interfaces, scripts, files, processes, bfd } = draft.trackers;
  const lines = [...scripts, ...files, ...processes, ...bfd, ...interfaces];
  const flatten = <T extends { readonly weight: number }>(
    tracked: readonly T[],
    nameOf: (item: T) => string,
    multiplied = false,
  ): T[] =>
    tracked.map((item) => {
      // The number in a file is multiplied: weight 1 is what a file has by itself.
      if (item.weight === 0 || (multiplied && item.weight === 1)) return item;
      const line = lines.find((track) => track.name === nameOf(item) || track.name.startsWith(`${nameOf(item)}:`));
      if (line) {
        context.error(
          line.statement,
          0,
          'CFG_GROUP_WEIGHT',
          `vrrp_instance ${draft.name}: the weight of ${nameOf(item)} does not count inside vrrp_sync_group ${group}; its failure means FAULT`,
          'track it in the group, or add "sync_group_tracking_weight" to the group',
        );
      }
      return { ...item, weight: 0 };
    });
  return {
    ...instance,
    trackInterfaces: flatten(instance.trackInterfaces, (item) => item.interface),
    trackScripts: flatten(instance.trackScripts, (item) => item.script),
    trackFiles: flatten(instance.trackFiles, (item) => item.file, true),
    trackProcesses: flatten(instance.trackProcesses, (item) => item.process),
    trackBfd: flatten(instance.trackBfd, (item) => item.bfd),
  };
}
