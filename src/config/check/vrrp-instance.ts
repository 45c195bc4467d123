/** vrrp_instance: drafts to model, with the consistency rules of the original (reference: behaviour A4, A5, A10). */
import type {
  GlobalDraft,
  GratuitousDraft,
  InstanceDraft,
  NotifyDraft,
  SyncGroupDraft,
  VirtualAddressDraft,
} from '../drafts.ts';
import type {
  AddressFamily,
  GratuitousConfiguration,
  InterfaceUse,
  VirtualAddress,
  ExtraGratuitous,
  UnicastPeer,
  VrrpInstanceConfiguration,
  VrrpNotify,
} from '../model.ts';
import { locate } from '../statement.ts';
import { isLinkLocal } from '../values.ts';
import type { Context } from '../schema/context.ts';
import { virtualAddress } from './addresses.ts';
import { checkRoutes, checkRules } from './routes.ts';
import { interfaceUse } from '../interfaces.ts';
import { commandOf } from './scripts.ts';
import { resolveTrackers, type Trackables } from './trackers.ts';
import { authenticationOf, hmacOf } from './vrrp-authentication.ts';
import { virtualInterfaceOf, vrfOf } from './vrrp-interface.ts';
import { InstanceReports } from './vrrp-reports.ts';

const ownerPriority = 255;
const defaultPriority = 100;
/** Greatest interval that 12 bits of centiseconds hold (RFC 5798 section 5.2.7). */
const maximumV3Interval = 40_950;

export function notifyOf(draft: NotifyDraft, smtpDefault: boolean): VrrpNotify {
  const master = commandOf(draft.master);
  const backup = commandOf(draft.backup);
  const fault = commandOf(draft.fault);
  const stop = commandOf(draft.stop);
  const deleted = commandOf(draft.deleted);
  const masterRxLowerPriority = commandOf(draft.masterRxLowerPriority);
  const generic = commandOf(draft.generic);
  return {
    ...(master && { master }),
    ...(backup && { backup }),
    ...(fault && { fault }),
    ...(stop && { stop }),
    ...(deleted && { deleted }),
    ...(masterRxLowerPriority && { masterRxLowerPriority }),
    ...(generic && { generic }),
    notifyDeleted: draft.notifyDeleted ?? false,
    smtpAlert: draft.smtpAlert ?? smtpDefault,
  };
}

/** Whether VRRP subjects mail by default. */
export function vrrpMailDefault(global: GlobalDraft): boolean {
  return global.smtpAlertVrrp ?? global.smtpAlert ?? false;
}

class InstanceCheck extends InstanceReports {
  family(): AddressFamily {
    const { draft } = this;
    const found =
      draft.addresses[0]?.family ??
      familyOf(draft.sourceAddress ?? draft.unicastPeers[0]?.address) ??
      draft.excludedAddresses[0]?.family;
    if (draft.nativeIpv6At && found === 'inet') {
      this.error(
        draft.nativeIpv6At,
        'CFG_CONFLICT',
        'native_ipv6 contradicts its IPv4 addresses',
        'remove one of them',
      );
    }
    return found ?? (draft.nativeIpv6At ? 'inet6' : 'inet');
  }

  /** All advertised addresses are of one family; the others are dropped. */
  ownFamily(addresses: readonly VirtualAddressDraft[], family: AddressFamily): VirtualAddressDraft[] {
    return addresses.filter((address) => {
      if (address.family === family) return true;
      this.error(
        address.statement,
        'CFG_FAMILY',
        `${address.address} is of another family than the instance and is ignored`,
        'put it into virtual_ipaddress_excluded, or into an instance of its own',
      );
      return false;
    });
  }

  priorityAndState(strict: boolean): { priority: number; initialState: 'MASTER' | 'BACKUP' } {
    const { draft } = this;
    const priority = draft.priority ?? (draft.state === 'MASTER' ? ownerPriority : defaultPriority);
    const natural = priority === ownerPriority ? 'MASTER' : 'BACKUP';
    if (draft.state !== undefined && draft.state !== natural && strict) {
      this.error(
        draft.statement,
        'CFG_STRICT',
        `state ${draft.state} does not go with priority ${priority} in strict mode; ${natural} is used`,
        'strict mode wants MASTER with priority 255 only',
      );
      return { priority, initialState: natural };
    }
    return { priority, initialState: draft.state ?? natural };
  }

  /** nopreempt and preempt_delay that cannot work are cleared. */
  preemption(
    priority: number,
    state: 'MASTER' | 'BACKUP',
    strict: boolean,
  ): { nopreempt: boolean; preemptDelay: number } {
    const { nopreemptAt, preemptDelayAt } = this.draft;
    let nopreempt = nopreemptAt !== undefined;
    let preemptDelay = this.draft.preemptDelay ?? 0;
    if (nopreemptAt && priority === ownerPriority) {
      nopreempt = false;
      this.error(
        nopreemptAt,
        'CFG_NOPREEMPT',
        'nopreempt has no meaning for priority 255 and is ignored',
        'choose a priority below 255',
      );
    } else if (nopreemptAt && state === 'MASTER') {
      nopreempt = false;
      this.error(
        nopreemptAt,
        'CFG_NOPREEMPT',
        'nopreempt does not work with state MASTER and is ignored',
        'write "state BACKUP" on every router; the greatest priority becomes master at the start',
      );
    }
    if (preemptDelayAt && preemptDelay > 0) {
      const conflict = strict
        ? 'in strict mode'
        : state === 'MASTER'
          ? 'with state MASTER'
          : nopreempt
            ? 'with nopreempt'
            : undefined;
      if (conflict !== undefined) {
        preemptDelay = 0;
        this.error(preemptDelayAt, 'CFG_PREEMPT_DELAY', `preempt_delay does not work ${conflict} and is ignored`);
      }
    }
    return { nopreempt, preemptDelay };
  }

  /** In milliseconds, as it goes over the wire: whole seconds in version 2, centiseconds in version 3. */
  interval(version: 2 | 3): number {
    const wanted = this.draft.advertisementInterval ?? 1000;
    const unit = version === 2 ? 1000 : 10;
    let interval = Math.max(unit, Math.round(wanted / unit) * unit);
    if (interval !== wanted) {
      const unitName = version === 2 ? 'whole seconds' : 'steps of 10 ms';
      this.error(
        this.draft.statement,
        'CFG_ADVERT_INT',
        `VRRPv${version} has ${unitName}: advert_int ${wanted / 1000} becomes ${interval / 1000}`,
        version === 2 ? 'write whole seconds, or "version 3"' : 'write at most two decimal places',
      );
    }
    if (version === 3 && interval > maximumV3Interval) {
      this.error(
        this.draft.statement,
        'CFG_ADVERT_INT',
        `VRRPv3 knows no interval above 40.95 s; advert_int ${interval / 1000} becomes 40.95`,
      );
      interval = maximumV3Interval;
    }
    return interval;
  }

  gratuitous(strict: boolean): GratuitousConfiguration {
    const { global } = this.context.draft;
    const own = this.draft.gratuitous;
    const pick = (field: keyof GratuitousDraft): number | undefined => own[field] ?? global.gratuitous[field];
    const minimal = global.minGarp === true;
    const masterDelay = pick('masterDelay') ?? (minimal ? 0 : 5000);
    const masterRepeat = pick('masterRepeat') ?? (minimal ? 1 : 5);
    return {
      masterDelay,
      masterRepeat,
      masterRefresh: pick('masterRefresh') ?? 0,
      masterRefreshRepeat: pick('masterRefreshRepeat') ?? 1,
      // Of the global values, not of the instance's own for becoming master.
      lowerPriorityDelay: strict
        ? 0
        : (pick('lowerPriorityDelay') ?? global.gratuitous.masterDelay ?? (minimal ? 0 : 5000)),
      // RFC-strict masters answer a lower priority by nothing (behaviour A8).
      lowerPriorityRepeat: strict
        ? 0
        : (pick('lowerPriorityRepeat') ?? global.gratuitous.masterRepeat ?? (minimal ? 1 : 5)),
      arpInterval: global.garpInterval ?? 0,
      naInterval: global.gnaInterval ?? 0,
    };
  }

  /** Extra periods of the instance or the global ones; a period of 0 switches the global one off. */
  extraGratuitous(): ExtraGratuitous | undefined {
    const extra = this.draft.extraGratuitous ?? this.context.draft.global.extraGratuitous;
    return extra && extra.interval > 0 ? extra : undefined;
  }

  unicastPeers(family: AddressFamily): { peers: UnicastPeer[]; without: boolean } {
    const { draft } = this;
    const peers = draft.unicastPeers.filter((peer) => {
      if (familyOf(peer.address) === family) return true;
      this.error(
        peer.statement,
        'CFG_FAMILY',
        `unicast_peer ${peer.address} is of another family than the instance and is ignored`,
      );
      return false;
    });
    const unicastAt = draft.unicastAt ?? (draft.hasUnicastPeerBlock === true ? draft.statement : undefined);
    const without = peers.length === 0 && unicastAt !== undefined;
    if (without && draft.unicastFaultNoPeer !== true) {
      this.context.report(
        'deprecated',
        unicastAt,
        0,
        'CFG_NO_UNICAST_PEER',
        `${this.name}: ${unicastAt.keyword === 'vrrp_instance' ? 'unicast_peer' : unicastAt.keyword} is for unicast, but there is no unicast_peer; multicast is used`,
        'add "unicast_peer { <ip> }", or write mcast_src_ip for the source of multicast',
      );
    }
    return { peers: peers.map(({ statement: _statement, ...peer }) => peer), without };
  }

  /** Faults that end the daemon; false if the instance cannot be built. */
  fundamentals(version: 2 | 3, strict: boolean, family: AddressFamily, peers: number, addresses: number): boolean {
    const { draft } = this;
    let sound = true;
    if (draft.virtualRouterId === undefined) {
      this.fatal(
        draft.statement,
        'CFG_NO_VRID',
        'virtual_router_id is not set',
        'add "virtual_router_id <1..255>", the same on every router',
      );
      sound = false;
    }
    if (draft.interface === undefined && !(peers > 0 && draft.sourceAddress !== undefined)) {
      this.fatal(draft.statement, 'CFG_NO_INTERFACE', 'interface is not set', 'add "interface <name>"');
      sound = false;
    }
    if (
      draft.interface === undefined &&
      peers > 0 &&
      draft.sourceAddress !== undefined &&
      isLinkLocal(draft.sourceAddress)
    ) {
      this.fatal(draft.statement, 'CFG_LINK_LOCAL', 'a link-local source needs an interface', 'add "interface <name>"');
      sound = false;
    }
    if (addresses === 0 && draft.noVirtualAddress !== true) {
      const message = 'there is no virtual_ipaddress';
      const remedy = 'add "virtual_ipaddress { <ip>/<length> }", or "no_virtual_ipaddress" if that is meant';
      if (version === 3 || strict) {
        this.fatal(draft.statement, 'CFG_NO_ADDRESS', message, remedy);
        sound = false;
      } else this.error(draft.statement, 'CFG_NO_ADDRESS', message, remedy);
    }
    if (strict && peers > 0 && draft.interface !== undefined) {
      this.fatal(
        draft.statement,
        'CFG_STRICT',
        'strict mode allows no unicast on an interface that can do multicast',
        'remove strict_mode or unicast_peer',
      );
      sound = false;
    }
    const first = draft.addresses.find((address) => address.family === family);
    if (strict && family === 'inet6' && first && !isLinkLocal(first.address)) {
      this.error(
        first.statement,
        'CFG_LINK_LOCAL',
        'in strict mode the first IPv6 address must be link-local',
        'put a fe80:: address first',
      );
    }
    return sound;
  }
}

function familyOf(address: string | undefined): AddressFamily | undefined {
  return address === undefined ? undefined : address.includes(':') ? 'inet6' : 'inet';
}

/**
 * Completes one instance; undefined if it cannot run, which has been reported as fatal.
 * @param group the sync group it is in, from which it inherits
 */
export function checkInstance(
  draft: InstanceDraft,
  trackables: Trackables,
  context: Context,
  uses: InterfaceUse[],
  group: SyncGroupDraft | undefined,
): VrrpInstanceConfiguration | undefined {
  const { global } = context.draft;
  const check = new InstanceCheck(draft, context);
  const family = check.family();
  const version = draft.version ?? (family === 'inet6' ? 3 : (global.vrrpVersion ?? 2));
  const strict = draft.strict ?? global.vrrpStrict ?? false;
  const addresses = check.ownFamily(draft.addresses, family);
  const { peers: unicastPeers, without: unicastWithoutPeers } = check.unicastPeers(family);
  const sound = check.fundamentals(version, strict, family, unicastPeers.length, addresses.length);
  const { priority, initialState } = check.priorityAndState(strict);
  const { nopreempt, preemptDelay } = check.preemption(priority, initialState, strict);
  const interval = check.interval(version);
  const hmac = hmacOf(check, interval, strict);
  const authentication = authenticationOf(check, version, strict, hmac);
  const virtualInterface = virtualInterfaceOf(check, family, unicastPeers.length);
  const vrf = vrfOf(check);
  const extraGratuitous = check.extraGratuitous();
  if (draft.timerExpiredAt && !nopreempt) {
    check.error(
      draft.timerExpiredAt,
      'CFG_CONFLICT',
      `${draft.timerExpiredAt.keyword} works with nopreempt only and is ignored`,
    );
  }
  if (draft.interface !== undefined && draft.interfaceAt)
    uses.push(interfaceUse(draft.interface, check.name, draft.interfaceAt, 1));
  const owner = priority === ownerPriority;
  const trackers = resolveTrackers(
    draft.trackers,
    trackables,
    {
      what: check.name,
      isOwner: owner,
      ...(draft.interface !== undefined && draft.dontTrackPrimary !== true && { ownInterface: draft.interface }),
    },
    context,
    uses,
  );
  const put = (address: VirtualAddressDraft): VirtualAddress =>
    virtualAddress(address, draft.interface ?? '', check.name, uses, context);
  const virtualAddresses = addresses.map(put);
  const excludedVirtualAddresses = draft.excludedAddresses.map(put);
  const virtualRoutes = checkRoutes(draft.routes, context);
  const virtualRules = checkRules(draft.rules, context);
  if (!sound || draft.virtualRouterId === undefined) return undefined;
  return {
    name: draft.name,
    initialState,
    interface: draft.interface ?? '',
    ...(virtualInterface && { virtualInterface }),
    vmacForAddresses: draft.vmacForAddresses ?? false,
    ...(vrf !== undefined && { vrf }),
    virtualRouterId: draft.virtualRouterId,
    version,
    family,
    priority,
    advertisementInterval: interval,
    downTimerAdvertisements: draft.downTimerAdvertisements ?? global.downTimerAdvertisements ?? 3,
    ...(nopreempt && draft.timerExpiredPriority !== undefined && { timerExpiredBackup: draft.timerExpiredPriority }),
    ...(authentication && { authentication }),
    ...(hmac && { hmac }),
    noVirtualAddress: draft.noVirtualAddress ?? false,
    virtualAddresses,
    excludedVirtualAddresses,
    virtualRoutes,
    virtualRules,
    multicastGroup: multicastGroup(draft, global, family),
    ...(draft.sourceAddress !== undefined && { sourceAddress: draft.sourceAddress }),
    trackSourceAddress: draft.trackSource ?? false,
    unicastPeers,
    unicastWithoutPeers,
    unicastFaultNoPeer: draft.unicastFaultNoPeer ?? false,
    ...(draft.unicastTtl !== undefined && { unicastTtl: draft.unicastTtl }),
    checkUnicastSource: draft.checkUnicastSource ?? global.checkUnicastSource ?? false,
    ...trackers,
    dontTrackPrimary: draft.dontTrackPrimary ?? false,
    nopreempt,
    preemptDelay,
    strict,
    accept: draft.accept ?? (!strict || owner),
    lowerPriorityNoAdvertisement:
      strict || (draft.lowerPriorityNoAdvertisement ?? global.lowerPriorityNoAdvertisement ?? false),
    higherPrioritySendAdvertisement:
      draft.higherPrioritySendAdvertisement ?? global.higherPrioritySendAdvertisement ?? false,
    skipCheckAdvertisedAddresses: draft.skipCheckAdvertisedAddresses ?? global.skipCheckAdvertisedAddresses ?? false,
    ownerIgnoreAdvertisements: draft.ownerIgnoreAdvertisements ?? global.ownerIgnoreAdvertisements ?? strict,
    ...(draft.stepDownOnRemoval === true && { stepDownOnRemoval: true as const }),
    v3ChecksumAsV2: draft.v3ChecksumAsV2 ?? global.v3ChecksumAsV2 ?? false,
    ...(draft.oldUnicastChecksum !== undefined && { oldUnicastChecksum: draft.oldUnicastChecksum }),
    gratuitous: check.gratuitous(strict),
    ...(extraGratuitous && { extraGratuitous }),
    promoteSecondaries: draft.promoteSecondaries ?? false,
    linkbeatUsePolling: draft.linkbeatUsePolling ?? false,
    ...(draft.kernelReceiveBuffer !== undefined && { kernelReceiveBuffer: draft.kernelReceiveBuffer }),
    notify: notifyOf(draft.notify, vrrpMailDefault(global)),
    notifyPriorityChanges:
      draft.notifyPriorityChanges ?? group?.notifyPriorityChanges ?? global.vrrpNotifyPriorityChanges ?? false,
    debugLevel: draft.debugLevel ?? 0,
    at: locate(draft.statement),
  };
}

function multicastGroup(draft: InstanceDraft, global: GlobalDraft, family: AddressFamily): string {
  if (draft.multicastDestination !== undefined) return draft.multicastDestination;
  return family === 'inet' ? (global.multicastGroup4 ?? '224.0.0.18') : (global.multicastGroup6 ?? 'ff02::12');
}
