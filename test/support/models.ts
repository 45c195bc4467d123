/** Models of configurations for tests, every default as the original's: only what a test is about has to be said. */
import type {
  Configuration,
  GlobalConfiguration,
  GratuitousConfiguration,
  RealServerConfiguration,
  VirtualAddress,
  VirtualServerConfiguration,
  VrrpInstanceConfiguration,
  VrrpNotify,
  VrrpSyncGroupConfiguration,
  VrrpTrackProcess,
  VirtualRoute,
} from '../../src/config/model.ts';

/** Where everything was written. */
export const at = { file: 'keepalived.conf', line: 1, column: 1 };

export function globalModel(changes: Partial<GlobalConfiguration> = {}): GlobalConfiguration {
  const buffer = { force: false };
  return {
    mail: { connectTimeout: 30_000, recipients: [], noFaultMail: false, noCheckerMail: false, alerts: {} },
    enableScriptSecurity: false,
    useSymlinkPaths: false,
    setSupplementaryGroups: false,
    vrrpNotifyPriorityChanges: false,
    repeatStatesAfterReload: false,
    namespaceWithIpsets: false,
    usePidDirectory: false,
    processNames: {},
    childWaitTime: 5_000,
    vrrpScheduling: { noSwap: false },
    checkerScheduling: { noSwap: false },
    bfdScheduling: { noSwap: false },
    automaticPriority: { maximum: 0, minimumDelayUs: 1_000_000 },
    receiveBuffers: {
      vrrpNetlinkCommand: buffer,
      vrrpNetlinkMonitor: buffer,
      checkerNetlinkCommand: buffer,
      checkerNetlinkMonitor: buffer,
      processMonitor: buffer,
    },
    lvsFlush: false,
    checkerLogAllFailures: false,
    rsInitNotifies: false,
    dynamicInterfaces: false,
    allowInterfaceTypeChanges: false,
    defaultInterface: 'eth0',
    pollLinks: false,
    disableLocalIgmp: false,
    vrrpDefaults: {
      version: 2,
      multicastGroup4: '224.0.0.18',
      multicastGroup6: 'ff02::12',
      downTimerAdvertisements: 3,
      strict: false,
      lowerPriorityNoAdvertisement: false,
      higherPrioritySendAdvertisement: false,
      checkUnicastSource: false,
      skipCheckAdvertisedAddresses: false,
      v3ChecksumAsV2: false,
      gratuitous,
      minimumGratuitous: false,
    },
    advertisementBuffers: { multiplier: 3 },
    logUnknownVirtualRouters: false,
    firewall: { priority: -1, interfaceIndexes: false, counters: false, ipvsPriority: -1, ipvsFirstMark: 1_000 },
    vmacNames: { prefix: 'vrrp', addressPrefix: 'vrrp' },
    vrrpStartupDelay: 0,
    vrrpDelayAfterBoot: 0,
    snmp: {
      traps: false,
      vrrp: false,
      checker: false,
      rfc2787: false,
      rfc6527: false,
      virtualServerStatisticsInterval: 5_000,
      realServerStatisticsInterval: 5_000,
    },
    dbus: { enabled: false, serviceName: 'org.keepalived.Vrrp1', noInterfaceName: 'none' },
    controlSocket: {},
    reload: { checkConfiguration: false, repeat: false },
    dumps: { useInstance: false, jsonVersion: 1 },
    nameTables: { distribution: '/usr/share/iproute2', administrator: '/etc/iproute2' },
    ...changes,
  };
}

export function notifyModel(changes: Partial<VrrpNotify> = {}): VrrpNotify {
  return { notifyDeleted: false, smtpAlert: false, ...changes };
}

/** A whole address of its family on eth0. */
export function addressModel(changes: Partial<VirtualAddress> & Pick<VirtualAddress, 'address'>): VirtualAddress {
  const family = changes.address.includes(':') ? 'inet6' : 'inet';
  return {
    family,
    prefixLength: family === 'inet' ? 32 : 128,
    interface: 'eth0',
    scope: 0,
    noPrefixRoute: false,
    noDad: true,
    home: false,
    manageTemporaryAddresses: false,
    autoJoin: false,
    useVmac: false,
    track: true,
    at,
    ...changes,
  };
}

/** `nginx`, counted by its name alone, one needed. */
export function trackProcessModel(changes: Partial<VrrpTrackProcess> = {}): VrrpTrackProcess {
  return {
    name: 'web',
    process: 'nginx',
    parameters: [],
    parameterMatch: 'none',
    fullCommand: false,
    weight: 0,
    reverse: false,
    quorum: 1,
    terminateDelay: 0,
    forkDelay: 0,
    at,
    ...changes,
  };
}

export const gratuitous: GratuitousConfiguration = {
  masterDelay: 5_000,
  masterRepeat: 5,
  masterRefresh: 0,
  masterRefreshRepeat: 1,
  lowerPriorityDelay: 5_000,
  lowerPriorityRepeat: 5,
  arpInterval: 0,
  naInterval: 0,
};

/** An instance on eth0 without addresses. */
export function instanceModel(
  changes: Partial<VrrpInstanceConfiguration> & Pick<VrrpInstanceConfiguration, 'name'>,
): VrrpInstanceConfiguration {
  const { family = 'inet' } = changes;
  return {
    initialState: 'BACKUP',
    interface: 'eth0',
    virtualRouterId: 51,
    version: family === 'inet' ? 2 : 3,
    family,
    priority: 100,
    advertisementInterval: 1_000,
    downTimerAdvertisements: 3,
    vmacForAddresses: false,
    noVirtualAddress: false,
    virtualAddresses: [],
    excludedVirtualAddresses: [],
    virtualRoutes: [],
    virtualRules: [],
    multicastGroup: family === 'inet' ? '224.0.0.18' : 'ff02::12',
    trackSourceAddress: false,
    unicastPeers: [],
    unicastWithoutPeers: false,
    unicastFaultNoPeer: false,
    checkUnicastSource: false,
    trackInterfaces: [],
    trackScripts: [],
    trackFiles: [],
    trackProcesses: [],
    trackBfd: [],
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
    gratuitous,
    promoteSecondaries: false,
    linkbeatUsePolling: false,
    notify: notifyModel(),
    notifyPriorityChanges: false,
    debugLevel: 0,
    at,
    ...changes,
  };
}

export function groupModel(
  changes: Partial<VrrpSyncGroupConfiguration> & Pick<VrrpSyncGroupConfiguration, 'name' | 'members'>,
): VrrpSyncGroupConfiguration {
  return {
    trackInterfaces: [],
    trackScripts: [],
    trackFiles: [],
    trackProcesses: [],
    trackBfd: [],
    globalTracking: false,
    trackingWeight: false,
    notify: notifyModel(),
    notifyPriorityChanges: false,
    at,
    ...changes,
  };
}

export function realServerModel(changes: Partial<RealServerConfiguration> = {}): RealServerConfiguration {
  return {
    address: '172.16.1.2',
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
    ...changes,
  };
}

export function virtualServerModel(changes: Partial<VirtualServerConfiguration> = {}): VirtualServerConfiguration {
  return {
    identity: { kind: 'address', family: 'inet', protocol: 'tcp', address: '192.168.1.54', port: 80 },
    scheduler: 'rr',
    schedulerFlags: [],
    onePacket: false,
    hashed: false,
    forwarding: { method: 'NAT' },
    defaultWeight: 1,
    inhibitOnFailure: false,
    alpha: false,
    omega: false,
    haSuspend: false,
    quorum: 1,
    hysteresis: 0,
    smtpAlert: false,
    sorryServerInhibit: false,
    realServers: [],
    at,
    ...changes,
  };
}

export interface SomeConfiguration {
  readonly global?: Partial<GlobalConfiguration>;
  readonly instances?: readonly VrrpInstanceConfiguration[];
  readonly syncGroups?: readonly VrrpSyncGroupConfiguration[];
  readonly scripts?: Configuration['vrrp']['scripts'];
  readonly trackFiles?: Configuration['vrrp']['trackFiles'];
  readonly trackProcesses?: Configuration['vrrp']['trackProcesses'];
  readonly virtualServers?: readonly VirtualServerConfiguration[];
}

/** The whole of a file, of the router LB1. */
export function configurationModel(some: SomeConfiguration): Configuration {
  return {
    global: globalModel({ routerId: 'LB1', ...some.global }),
    vrrp: {
      instances: some.instances ?? [],
      syncGroups: some.syncGroups ?? [],
      scripts: some.scripts ?? [],
      trackFiles: some.trackFiles ?? [],
      trackProcesses: some.trackProcesses ?? [],
      trackGroups: [],
      garpGroups: [],
      staticAddresses: [],
      staticRoutes: [],
      staticRules: [],
      interfaceDelays: [],
      linkbeatInterfaces: [],
    },
    check: { virtualServers: some.virtualServers ?? [], groups: [] },
    bfd: { instances: [] },
    files: ['keepalived.conf'],
  };
}

/** 10.30.0.0/16 on eth1. */
export function routeModel(changes: Partial<VirtualRoute> = {}): VirtualRoute {
  return {
    family: 'inet',
    type: 'unicast',
    destination: { address: '10.30.0.0', prefixLength: 16 },
    interface: 'eth1',
    onLink: false,
    nexthops: [],
    table: 254,
    protocol: 18,
    scope: 0,
    scopeGiven: false,
    metrics: {},
    placement: 'prepend',
    track: true,
    at,
    ...changes,
  };
}
