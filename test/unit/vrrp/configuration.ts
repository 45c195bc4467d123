/** Configurations, links and addresses for tests, every default as the original's. */
import { createHmac } from 'node:crypto';
import type {
  GlobalConfiguration,
  GratuitousConfiguration,
  VirtualAddress,
  VrrpConfiguration,
  VrrpInstanceConfiguration,
  VrrpScript,
  VrrpSyncGroupConfiguration,
} from '../../../src/config/model.ts';
import type { KernelAddress, Link } from '../../../src/network/types.ts';
import type { VrrpDigests } from '../../../src/vrrp/types.ts';

const at = { file: 'test.conf', line: 1, column: 1 };

export const digests: VrrpDigests = {
  hmacMd5: (key, data) => createHmac('md5', key).update(data).digest(),
};

const scheduling = { noSwap: false };

export function globalConfiguration(changes: Partial<GlobalConfiguration> = {}): GlobalConfiguration {
  return {
    mail: { connectTimeout: 30_000, recipients: [], noFaultMail: false, noCheckerMail: false },
    enableScriptSecurity: false,
    useSymlinkPaths: false,
    vrrpNotifyPriorityChanges: false,
    usePidDirectory: false,
    processNames: {},
    childWaitTime: 5000,
    vrrpScheduling: scheduling,
    checkerScheduling: scheduling,
    lvsFlush: false,
    checkerLogAllFailures: false,
    rsInitNotifies: false,
    dynamicInterfaces: false,
    vrrpStartupDelay: 0,
    reloadCheckConfig: false,
    ...changes,
  };
}

export const gratuitous: GratuitousConfiguration = {
  masterDelay: 5000,
  masterRepeat: 5,
  masterRefresh: 0,
  masterRefreshRepeat: 1,
  lowerPriorityDelay: 5000,
  lowerPriorityRepeat: 5,
  arpInterval: 0,
  naInterval: 0,
};

export function address(text: string, interfaceName = 'eth0', prefixLength?: number): VirtualAddress {
  const family = text.includes(':') ? 'inet6' : 'inet';
  return {
    address: text,
    family,
    prefixLength: prefixLength ?? (family === 'inet' ? 32 : 128),
    interface: interfaceName,
    scope: 0,
    noPrefixRoute: false,
    noDad: true,
    home: false,
    deprecated: false,
    track: true,
    at,
  };
}

export function instance(changes: Partial<VrrpInstanceConfiguration> = {}): VrrpInstanceConfiguration {
  const family = changes.family ?? 'inet';
  return {
    name: 'VI_1',
    initialState: 'BACKUP',
    interface: 'eth0',
    virtualRouterId: 51,
    version: family === 'inet' ? 2 : 3,
    family,
    priority: 100,
    advertisementInterval: 1000,
    downTimerAdvertisements: 3,
    virtualAddresses: family === 'inet' ? [address('192.0.2.51')] : [address('fe80::51')],
    excludedVirtualAddresses: [],
    multicastGroup: family === 'inet' ? '224.0.0.18' : 'ff02::12',
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
    gratuitous,
    notify: { notifyDeleted: false, smtpAlert: false },
    debugLevel: 0,
    at,
    ...changes,
  };
}

export function syncGroup(
  name: string,
  members: readonly string[],
  changes: Partial<VrrpSyncGroupConfiguration> = {},
): VrrpSyncGroupConfiguration {
  return {
    name,
    members,
    trackInterfaces: [],
    trackScripts: [],
    trackFiles: [],
    globalTracking: false,
    trackingWeight: false,
    notify: { notifyDeleted: false, smtpAlert: false },
    at,
    ...changes,
  };
}

export function script(name: string, changes: Partial<VrrpScript> = {}): VrrpScript {
  return {
    name,
    command: { argv: ['/bin/true'] },
    interval: 1000,
    timeout: 1000,
    weight: 0,
    reverse: false,
    rise: 1,
    fall: 1,
    initFail: false,
    at,
    ...changes,
  };
}

export function vrrpConfiguration(changes: Partial<VrrpConfiguration> = {}): VrrpConfiguration {
  return { instances: [], syncGroups: [], scripts: [], trackFiles: [], staticAddresses: [], ...changes };
}

/** IFF_UP | IFF_BROADCAST | IFF_RUNNING | IFF_MULTICAST */
const FLAGS_UP = 0x1043;

/** eth0 has index 2, eth1 index 3... */
export function link(name: string, up = true, machine = 1): Link {
  const number = Number.parseInt(name.replace(/\D/g, ''), 10);
  return {
    index: number + 2,
    name,
    flags: up ? FLAGS_UP : 0x1002,
    mtu: 1500,
    hardwareType: 1,
    hardwareAddress: Uint8Array.of(2, 0, 0, 0, number, machine),
    up,
  };
}

export function kernelAddress(text: string, interfaceIndex: number, prefixLength = 24): KernelAddress {
  return {
    interfaceIndex,
    family: text.includes(':') ? 'inet6' : 'inet',
    address: text,
    prefixLength,
    scope: 0,
    flags: 0x80,
  };
}
