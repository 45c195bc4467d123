/** Configurations for tests: complete models in which only what a test is about has to be said. */
import type {
  Configuration,
  GlobalConfiguration,
  RealServerConfiguration,
  VirtualAddress,
  VirtualServerConfiguration,
  VrrpInstanceConfiguration,
  VrrpNotify,
  VrrpSyncGroupConfiguration,
} from '../../../src/config/model.ts';

const at = { file: 'keepalived.conf', line: 1, column: 1 };

export function globalModel(some: Partial<GlobalConfiguration> = {}): GlobalConfiguration {
  return {
    routerId: 'LB1',
    mail: { connectTimeout: 30_000, recipients: [], noFaultMail: false, noCheckerMail: false },
    enableScriptSecurity: false,
    useSymlinkPaths: false,
    vrrpNotifyPriorityChanges: false,
    usePidDirectory: false,
    processNames: {},
    childWaitTime: 5_000,
    vrrpScheduling: { noSwap: false },
    checkerScheduling: { noSwap: false },
    lvsFlush: false,
    checkerLogAllFailures: false,
    rsInitNotifies: false,
    dynamicInterfaces: false,
    vrrpStartupDelay: 0,
    reloadCheckConfig: false,
    ...some,
  };
}

export function notifyModel(some: Partial<VrrpNotify> = {}): VrrpNotify {
  return { notifyDeleted: false, smtpAlert: false, ...some };
}

export function addressModel(some: Partial<VirtualAddress> & Pick<VirtualAddress, 'address'>): VirtualAddress {
  const family = some.address.includes(':') ? 'inet6' : 'inet';
  return {
    family,
    prefixLength: family === 'inet' ? 32 : 128,
    interface: 'va',
    scope: 0,
    noPrefixRoute: false,
    noDad: true,
    home: false,
    deprecated: false,
    track: true,
    at,
    ...some,
  };
}

export function instanceModel(
  some: Partial<VrrpInstanceConfiguration> & Pick<VrrpInstanceConfiguration, 'name'>,
): VrrpInstanceConfiguration {
  return {
    initialState: 'BACKUP',
    interface: 'va',
    virtualRouterId: 51,
    version: 2,
    family: 'inet',
    priority: 100,
    advertisementInterval: 1_000,
    downTimerAdvertisements: 3,
    virtualAddresses: [],
    excludedVirtualAddresses: [],
    multicastGroup: some.family === 'inet6' ? 'ff02::12' : '224.0.0.18',
    trackSourceAddress: false,
    unicastPeers: [],
    checkUnicastSource: false,
    trackInterfaces: [],
    trackScripts: [],
    trackFiles: [],
    dontTrackPrimary: false,
    nopreempt: false,
    preemptDelay: 0,
    strict: false,
    accept: true,
    lowerPriorityNoAdvertisement: false,
    higherPrioritySendAdvertisement: false,
    skipCheckAdvertisedAddresses: false,
    ownerIgnoreAdvertisements: false,
    v3ChecksumAsV2: false,
    gratuitous: {
      masterDelay: 5_000,
      masterRepeat: 5,
      masterRefresh: 0,
      masterRefreshRepeat: 1,
      lowerPriorityDelay: 5_000,
      lowerPriorityRepeat: 5,
      arpInterval: 0,
      naInterval: 0,
    },
    notify: notifyModel(),
    debugLevel: 0,
    at,
    ...some,
  };
}

export function groupModel(
  some: Partial<VrrpSyncGroupConfiguration> & Pick<VrrpSyncGroupConfiguration, 'name' | 'members'>,
): VrrpSyncGroupConfiguration {
  return {
    trackInterfaces: [],
    trackScripts: [],
    trackFiles: [],
    globalTracking: false,
    trackingWeight: false,
    notify: notifyModel(),
    at,
    ...some,
  };
}

export function realServerModel(
  some: Partial<RealServerConfiguration> & Pick<RealServerConfiguration, 'address'>,
): RealServerConfiguration {
  return {
    family: 'inet',
    port: 80,
    weight: 1,
    forwarding: { method: 'NAT' },
    inhibitOnFailure: false,
    upperThreshold: 0,
    lowerThreshold: 0,
    smtpAlert: false,
    checkers: [],
    at,
    ...some,
  };
}

export function virtualServerModel(some: Partial<VirtualServerConfiguration> = {}): VirtualServerConfiguration {
  return {
    identity: { kind: 'address', family: 'inet', protocol: 'tcp', address: '192.168.1.54', port: 80 },
    scheduler: 'rr',
    schedulerFlags: [],
    onePacket: false,
    hashed: false,
    alpha: false,
    omega: false,
    haSuspend: false,
    quorum: 1,
    hysteresis: 0,
    smtpAlert: false,
    sorryServerInhibit: false,
    realServers: [],
    at,
    ...some,
  };
}

export interface SomeConfiguration {
  readonly global?: Partial<GlobalConfiguration>;
  readonly instances?: readonly VrrpInstanceConfiguration[];
  readonly syncGroups?: readonly VrrpSyncGroupConfiguration[];
  readonly scripts?: Configuration['vrrp']['scripts'];
  readonly trackFiles?: Configuration['vrrp']['trackFiles'];
  readonly virtualServers?: readonly VirtualServerConfiguration[];
}

export function configurationModel(some: SomeConfiguration): Configuration {
  return {
    global: globalModel(some.global),
    vrrp: {
      instances: some.instances ?? [],
      syncGroups: some.syncGroups ?? [],
      scripts: some.scripts ?? [],
      trackFiles: some.trackFiles ?? [],
      staticAddresses: [],
    },
    check: { virtualServers: some.virtualServers ?? [], groups: [] },
    files: ['keepalived.conf'],
  };
}
